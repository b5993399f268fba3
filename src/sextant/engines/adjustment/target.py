"""What a goal is measured against, from a day on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sextant.engines.values import round_half_up


@dataclass(frozen=True, slots=True)
class Target:
    """What counts from `from_on` until the next one; `until_on` is the end of the goal as agreed from then on. None:
    not agreed, as in a goal."""

    from_on: date
    until_on: date
    base: Decimal | None = None
    stretch: Decimal | None = None
    start: Decimal | None = None
    range_low: Decimal | None = None
    range_high: Decimal | None = None
    tolerance: Decimal | None = None


def target_on(targets: Iterable[Target], day: date) -> Target | None:
    """The target in force at the end of `day`: of those that had begun the last one, of one day the last given; before
    all of them the first. None without any.

    >>> old, new = Target(date(2026, 10, 1), date(2027, 1, 1), Decimal(1000)), Target(
    ...     date(2026, 12, 10), date(2027, 1, 1), Decimal(900))
    >>> [target_on([old, new], date(2026, 12, day)).base for day in (9, 10)]
    [Decimal('1000'), Decimal('900')]
    """
    ordered = in_order(targets)
    begun = [one for one in ordered if one.from_on <= day]
    return begun[-1] if begun else next(iter(ordered), None)


def in_order(targets: Iterable[Target]) -> list[Target]:
    """By the day they begin; of one day in the order given."""
    return sorted(targets, key=lambda one: one.from_on)


def rescaled(expected: Decimal | None, *, now: Target, then: Target) -> Decimal | None:
    """What was expected at a moment by the target of `then`, from what the target of `now` expects at that moment: an
    expectation is the same share of either way from start to base. None where either has none.

    >>> now, then = Target(date(2026, 1, 1), date(2026, 4, 1), Decimal(900)), Target(
    ...     date(2026, 1, 1), date(2026, 4, 1), Decimal(1000))
    >>> rescaled(Decimal(450), now=now, then=then)
    Decimal('500.000000')
    """
    if expected is None or now.base is None or then.base is None:
        return None
    start, before = now.start or Decimal(0), then.start or Decimal(0)
    if now.base == start:
        return None
    return round_half_up(before + (expected - start) * (then.base - before) / (now.base - start))
