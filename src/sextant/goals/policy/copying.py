"""Last cycle's goals as drafts of the next: what of a goal's text goes along, and what a percentage does to it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sextant.engines.agreement import GoalTerms, StepTerms
from sextant.engines.values import Period, round_half_up

FULL = Decimal(100)
MOST_PERCENT = Decimal(1000)
_SCALED = ("base", "stretch", "range_low", "range_high", "tolerance")
_MOST_PLACES = 6


def copied_terms(
    terms: GoalTerms, *, percent: Decimal, decimals: int, is_cumulative: bool, former: Period, period: Period
) -> GoalTerms:
    """The text of a goal for the cycle `period`, written for `former`. What adds up over time is scaled by `percent`,
    half up to the places the target or its metric has; a rate or a level stays: 110 % of a rate of 95 % is no target.
    Days keep their distance from the beginning, and fall away where that leads beyond the cycle.

    >>> was, now = Period(date(2026, 1, 1), date(2026, 4, 1)), Period(date(2026, 4, 1), date(2026, 7, 1))
    >>> copied_terms(GoalTerms("回款", "kpi", base=Decimal(425), due_on=date(2026, 3, 18)), percent=Decimal(110),
    ...     decimals=0, is_cumulative=True, former=was, period=now).base
    Decimal('468')
    """
    scaled: dict[str, Any] = {}
    if is_cumulative and percent != FULL:
        scaled = {name: _scaled(getattr(terms, name), percent, decimals) for name in _SCALED}
    return replace(
        terms,
        **scaled,
        due_on=_moved(terms.due_on, former, period),
        from_on=None,
        until_on=None,
        milestones=tuple(_step(one, former, period) for one in terms.milestones),
        actions=tuple(_step(one, former, period) for one in terms.actions),
    )


def _scaled(value: Decimal | None, percent: Decimal, decimals: int) -> Decimal | None:
    if value is None:
        return None
    places = max(decimals, -int(value.normalize().as_tuple().exponent), 0)
    return round_half_up(value * percent / FULL, min(places, _MOST_PLACES))


def _step(step: StepTerms, former: Period, period: Period) -> StepTerms:
    return replace(step, due_on=_moved(step.due_on, former, period))


def _moved(day: date | None, former: Period, period: Period) -> date | None:
    moved = None if day is None else period.from_on + (day - former.from_on)
    return moved if moved is not None and period.from_on <= moved < period.until_on else None
