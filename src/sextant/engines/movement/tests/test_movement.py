"""Movers as a manager would describe them, and what holds for any of them."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.movement import Cause, Figures, GoalCase, Nature, propose, split_figures
from sextant.engines.schedule import FIVE_DAY_WEEK, Season, SeasonalCalendar
from sextant.engines.values import Period

TOLD = tomllib.loads((Path(__file__).parent / "cases" / "movers.toml").read_text(encoding="utf-8"))
PACES = {
    "working_days": FIVE_DAY_WEEK,
    "december": SeasonalCalendar(FIVE_DAY_WEEK, Season((Decimal(1),) * 11 + (Decimal(3),))),
}


def period_of(told: list[date]) -> Period:
    return Period(*told)


def figures_of(told: dict[str, Any]) -> Figures:
    return Figures(**{name: Decimal(value) for name, value in told.items()})


@pytest.mark.parametrize("case", TOLD["proposal"], ids=lambda one: one["name"])
def test_what_is_proposed(case: dict[str, Any]) -> None:
    flags = {name: case[name] for name in ("is_draft", "is_paused") if name in case}
    told = GoalCase(Nature(case["nature"]), Cause(case["cause"]), period_of(case["period"]), case["on"], **flags)
    found = propose(told)
    assert (found.decision.value, found.reason) == (case["decision"], f"movement.{case['reason']}")


@pytest.mark.parametrize("case", TOLD["split"], ids=lambda one: one["name"])
def test_how_figures_are_split(case: dict[str, Any]) -> None:
    outcome = split_figures(
        figures_of(case["figures"]),
        period_of(case["period"]),
        case["on"],
        is_cumulative=case.get("is_cumulative", True),
        decimals=case.get("decimals", 0),
        pace=PACES[case.get("pace", "working_days")],
    )
    assert [one.code for one in outcome.problems] == [f"movement.{code}" for code in case.get("problems", [])]
    if "before" in case:
        assert outcome.value is not None
        assert outcome.value.before.figures == figures_of(case["before"])
        assert outcome.value.after.figures == figures_of(case["after"])
        assert outcome.value.before.period.until_on == outcome.value.after.period.from_on == case["on"]


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
MONEY = st.decimals(0, Decimal("99999999.99"), places=2)


@given(
    first=DAYS,
    length=st.integers(2, 400),
    place=st.integers(1, 399),
    base=MONEY,
    more=MONEY,
    start=st.none() | MONEY,
    decimals=st.integers(0, 6),
    pace=st.sampled_from(sorted(PACES)),
)
def test_two_parts_sum_to_the_whole_and_a_stretch_stays_beyond_its_base(
    first: date, length: int, place: int, base: Decimal, more: Decimal, start: Decimal | None, decimals: int, pace: str
) -> None:
    whole = Figures(base=base, stretch=base + more, start=start)
    period, on = Period(first, first + timedelta(length)), first + timedelta(min(place, length - 1))
    outcome = split_figures(whole, period, on, is_cumulative=True, decimals=decimals, pace=PACES[pace])
    if outcome.value is None:
        assert outcome.problems[0].code == "movement.nothing_in_part"
        return
    before, after = outcome.value.before.figures, outcome.value.after.figures
    for name in ("base", "stretch", "start"):
        parts = (getattr(before, name), getattr(after, name))
        assert (None if None in parts else sum(parts)) == getattr(whole, name)
    for one in (before, after):
        assert one.base is not None and one.stretch is not None and 0 <= one.base <= one.stretch


@given(on=st.integers(1, 60), later=st.integers(1, 28), base=st.integers(1000, 10**9))
def test_who_moves_twice_is_promised_the_same_whichever_day_is_decided_first(on: int, later: int, base: int) -> None:
    """Three holders of one goal: both orders of splitting sum to the whole, and differ by the rounding alone."""
    quarter = Period(date(2026, 1, 1), date(2026, 4, 1))
    one, two = quarter.from_on + timedelta(on), quarter.from_on + timedelta(on + later)

    def cut(figures: Figures, period: Period, day: date) -> tuple[Any, Any]:
        found = split_figures(figures, period, day, is_cumulative=True, decimals=0, pace=FIVE_DAY_WEEK).value
        return (found.before, found.after) if found else (None, None)

    whole = Figures(base=Decimal(base))
    first, rest = cut(whole, quarter, one)
    early, last = cut(whole, quarter, two)
    if not (first and rest and early and last):
        return
    middle, end = cut(rest.figures, rest.period, two)
    start, centre = cut(early.figures, early.period, one)
    if not (middle and end and start and centre):
        return
    for a, b in ((first, start), (middle, centre), (end, last)):
        assert abs(a.figures.base - b.figures.base) <= 1 and a.period == b.period
    assert first.figures.base + middle.figures.base + end.figures.base == base
    assert start.figures.base + centre.figures.base + last.figures.base == base
