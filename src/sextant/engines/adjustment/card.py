"""建议卡: what the data would set, argued in up to three ways, and their median."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from statistics import median

from sextant.engines.adjustment.codes import Code, problem, step
from sextant.engines.evaluation import Direction
from sextant.engines.values import Outcome, Problem, Step, ratio, round_half_up

LEAST_PAST = 3
"""Past periods below which no interval is shown: the spread of two is an accident."""
DIGITS = 3
"""Digits of the suggested number: 1,732 is said as 1,730, since nobody knows it better."""


class Way(StrEnum):
    """From where a number is argued."""

    HISTORY = "history"
    REGION = "region"
    INDUSTRY = "industry"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when a card is made, amounts over a period of the goal's length. `past` are the owner's own such
    periods, oldest first. `forecast`, `low`, `high`, `coverage` and `method` are the forecast's from the owner's own
    history alone. `peers` are (the period before last, the last) of others with the same metric; None: not measured.
    `growth` is the industry's over the period as a ratio. `base` is the target in force."""

    base: Decimal | None
    past: tuple[Decimal, ...] = ()
    forecast: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    coverage: Decimal = Decimal("0.8")
    method: str = ""
    peers: tuple[tuple[Decimal | None, Decimal | None], ...] = ()
    growth: Decimal | None = None
    direction: Direction = Direction.HIGHER
    decimals: int = 0
    is_amount: bool = True


@dataclass(frozen=True, slots=True)
class WayFound:
    """One way and the number it leads to."""

    way: Way
    value: Decimal


@dataclass(frozen=True, slots=True)
class Card:
    """`base` is the median of `ways`, at three digits. `low` and `high` are None where too little is known."""

    base: Decimal
    low: Decimal | None
    high: Decimal | None
    coverage: Decimal
    ways: tuple[WayFound, ...]


def make_card(facts: Facts) -> Outcome[Card]:
    """The median of what the owner's history, the others around them, and the industry lead to.

    History is the forecast of the owner's own past. The region is the owner's last period times the growth of the
    others' sum from their period before last to their last; an owner without a past gets the others' mean. A level
    (a rate, a mean) is compared with the others' mean in any case: rates do not grow by each other's rates. The
    industry is the last period times the growth somebody stated. A way without data is left out; of two the median is
    their middle. With fewer than three past periods there is no interval. Codes: `codes.Code`.

    >>> past = (Decimal(1310), Decimal(1480), Decimal(1602))
    >>> others = ((Decimal(4000), Decimal(4324)), (Decimal(6000), Decimal(6486)))
    >>> facts = Facts(Decimal(1860), past, Decimal(1756), Decimal(1640), Decimal(1810), peers=others,
    ...     growth=Decimal("0.064"))
    >>> card = make_card(facts).value
    >>> card.base, [(one.way.value, str(one.value)) for one in card.ways]
    (Decimal('1730'), [('history', '1756'), ('region', '1732'), ('industry', '1705')])
    """
    told = list(_ways(facts))
    ways = tuple(found for found, _ in told)
    if not ways:
        return Outcome(None, (problem(Code.NOTHING_KNOWN),))
    middle = median([one.value for one in ways])
    has_interval = facts.low is not None and facts.high is not None and len(facts.past) >= LEAST_PAST
    low, high = (facts.low, facts.high) if has_interval else (None, None)
    card = Card(three_digits(middle, facts.decimals), low, high, facts.coverage, ways)
    last = step("adjust.median", card.base, ways=len(ways), low=low, high=high, coverage=facts.coverage)
    return Outcome(card, tuple(_doubts(facts, card)), (*(one for _, one in told), last))


def is_inside(value: Decimal | None, *, low: Decimal | None, high: Decimal | None) -> bool | None:
    """Whether an amount lies in the interval, its ends included; None without an amount or an interval."""
    if value is None or low is None or high is None:
        return None
    return low <= value <= high


def three_digits(value: Decimal, decimals: int) -> Decimal:
    """`value` at three digits, never finer than the metric is written.

    >>> three_digits(Decimal("1732"), 0), three_digits(Decimal("51.974"), 2), three_digits(Decimal("4.4"), 0)
    (Decimal('1730'), Decimal('52.0'), Decimal('4'))
    """
    if not value:
        return round_half_up(value, decimals)
    places = min(decimals, DIGITS - 1 - value.adjusted())
    return Decimal(f"{round_half_up(value, places):f}")


def _ways(facts: Facts) -> Iterator[tuple[WayFound, Step]]:
    if facts.forecast is not None:
        value = round_half_up(facts.forecast, facts.decimals)
        yield WayFound(Way.HISTORY, value), step("adjust.history", value, past=facts.past, method=facts.method)
    if (region := _region(facts)) is not None:
        yield region
    if facts.growth is not None and facts.past:
        value = round_half_up(facts.past[-1] * (1 + facts.growth), facts.decimals)
        why = step("adjust.industry", value, last=facts.past[-1], growth=facts.growth)
        yield WayFound(Way.INDUSTRY, value), why


def _region(facts: Facts) -> tuple[WayFound, Step] | None:
    both = [(one, other) for one, other in facts.peers if one is not None and other is not None]
    if facts.is_amount and facts.past and both:
        before, after = (sum(found, Decimal(0)) for found in zip(*both, strict=True))
        growth = ratio(after - before, before)
        if growth is not None:
            value = round_half_up(facts.past[-1] * (1 + growth), facts.decimals)
            why = step("adjust.region_growth", value, last=facts.past[-1], growth=growth, peers=len(both))
            return WayFound(Way.REGION, value), why
    lasts = [last for _, last in facts.peers if last is not None]
    if not lasts:
        return None
    mean = round_half_up(sum(lasts, Decimal(0)) / len(lasts), facts.decimals)
    return WayFound(Way.REGION, mean), step("adjust.region_mean", mean, peers=len(lasts))


def _doubts(facts: Facts, card: Card) -> Iterator[Problem]:
    if card.low is None:
        yield problem(Code.NO_INTERVAL, known=len(facts.past), needed=LEAST_PAST)
    if len(card.ways) == 1:
        yield problem(Code.ONE_WAY, way=card.ways[0].way.value)
    if facts.base is None or not facts.past or facts.direction is Direction.RANGE:
        return
    sign = 1 if facts.direction is Direction.HIGHER else -1
    best = max(facts.past) if sign > 0 else min(facts.past)
    if sign * facts.base > sign * best:
        beyond = ratio(abs(facts.base - best), abs(best))
        yield problem(Code.NEVER_REACHED, base=facts.base, best=best, beyond=beyond)
