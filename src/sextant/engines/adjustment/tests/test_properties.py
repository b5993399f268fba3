"""What holds for every adjustment."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.adjustment import (
    Facts,
    Reading,
    Target,
    by_days,
    list_windows,
    make_card,
    rescaled,
    split,
    target_on,
    use_of,
    window_from,
)
from sextant.engines.adjustment.windows import list_quarters
from sextant.engines.values import Period

START = date(2026, 1, 1)
amounts = st.decimals(min_value=1, max_value=10**9, places=2)
cycles = st.builds(
    lambda after, days: Period(START + timedelta(days=after), START + timedelta(days=after + days)),
    st.integers(0, 800),
    st.integers(1, 800),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Target]:
    """A goal of 92 days with up to four targets."""
    end = START + timedelta(days=92)
    days = draw(st.lists(st.integers(1, 91), max_size=3))
    begins = [START, *(START + timedelta(days=day) for day in sorted(days))]
    return [Target(day, end, draw(amounts)) for day in begins]


@given(cycles, st.integers(1, 52), st.integers(1, 60), st.integers(0, 900))
def test_windows_lie_in_their_quarters_and_never_overlap(cycle: Period, week: int, days: int, after: int) -> None:
    quarters = list_quarters(cycle)
    assert quarters[0].from_on == cycle.from_on and quarters[-1].until_on == cycle.until_on
    assert all(one.until_on == other.from_on for one, other in itertools.pairwise(quarters))
    windows = list_windows(cycle, week=week, days=days)
    assert all(any(one.overlap(quarter) == one for quarter in quarters) for one in windows)
    assert all(one.until_on <= other.from_on for one, other in itertools.pairwise(windows))
    today = START + timedelta(days=after)
    coming = window_from(windows, today)
    assert coming is None or (today < coming.until_on and coming in windows)


@given(amounts, st.lists(amounts, min_size=1, max_size=5))
def test_many_steps_cost_at_least_what_one_step_costs(base: Decimal, steps: list[Decimal]) -> None:
    signed = Target(START, START + timedelta(days=92), base)
    way = [signed, *(replace(signed, base=step) for step in steps)]
    cost = sum((use_of(one, other, signed=signed) for one, other in itertools.pairwise(way)), Decimal(0))
    # each share is rounded once
    assert cost + Decimal("0.000001") * len(steps) >= use_of(signed, way[-1], signed=signed)
    assert use_of(way[-1], way[-1], signed=signed) == 0


@given(histories())
def test_the_whole_by_days_lies_between_its_targets(targets: list[Target]) -> None:
    whole, bases = by_days(targets), [one.base for one in targets if one.base is not None]
    assert whole is not None
    assert min(bases) - Decimal("0.000001") <= whole <= max(bases) + Decimal("0.000001")
    day = targets[-1].from_on
    assert target_on(targets, day) == targets[-1]
    assert target_on(targets, START - timedelta(days=1)) == targets[0]


@given(histories(), st.lists(amounts, min_size=4, max_size=4))
def test_parts_add_up_to_the_whole(targets: list[Target], values: list[Decimal]) -> None:
    last = targets[-1].until_on - timedelta(days=1)
    ends = sorted({one.from_on - timedelta(days=1) for one in targets[1:]} | {last})
    readings = {end: Reading(value, None) for end, value in zip(ends, sorted(values), strict=False)}
    parts = split(targets, on=last, readings=readings, is_cumulative=True)
    whole, due = by_days(targets), [part.due for part in parts]
    assert whole is not None and abs(sum(one for one in due if one is not None) - whole) <= Decimal("0.00001")
    brought = sum(part.actual for part in parts if part.actual is not None)
    assert brought == readings[last].value


@given(amounts, amounts, st.decimals(0, 1, places=4))
def test_an_expectation_scaled_there_and_back_is_itself(one: Decimal, other: Decimal, share: Decimal) -> None:
    now, then = Target(START, START + timedelta(days=92), one), Target(START, START + timedelta(days=92), other)
    there = rescaled(one * share, now=now, then=then)
    back = rescaled(there, now=then, then=now)
    # each way is rounded at six places; the way back magnifies the first rounding by the ratio of the targets
    assert back is not None and abs(back - one * share) <= Decimal("0.000001") * (1 + one / other)


@given(st.lists(amounts, max_size=4), st.none() | amounts, st.none() | st.decimals("-0.5", 1, places=3))
def test_the_card_lies_between_its_ways(past: list[Decimal], forecast: Decimal | None, growth: Decimal | None) -> None:
    card = make_card(Facts(Decimal(1), tuple(past), forecast, Decimal(1), Decimal(2), growth=growth, decimals=2)).value
    if card is None:
        assert forecast is None and (growth is None or not past)
        return
    values = [one.value for one in card.ways]
    assert min(values) * Decimal("0.99") - 1 <= card.base <= max(values) * Decimal("1.01") + 1
    assert (card.low is None) == (len(past) < 3)
