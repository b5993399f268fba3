"""When the plans of a cycle may be closed: what comes in late is waited for, and then nothing changes any more."""

from datetime import date, timedelta

from sextant.engines.values import Problem
from sextant.goals.contracts.plans import PlanState

DEFAULT_DAYS = 10
MOST_DAYS = 30
CLOSABLE = (PlanState.SIGNED, PlanState.RUNNING)
"""What was never signed is not closed: there is nothing agreed that could be over."""


def closes_on(until_on: date, *, days: int) -> date:
    """The first day plans may be closed on: `days` whole days are left after the cycle for what comes in late.

    >>> closes_on(date(2026, 4, 1), days=10)
    datetime.date(2026, 4, 11)
    """
    return until_on + timedelta(days=days)


def decide_closing(until_on: date, *, days: int, today: date) -> tuple[Problem, ...]:
    """closing.too_early, with the first day `on`, while the cycle or the days after it last; () = it may be done."""
    first = closes_on(until_on, days=days)
    return (Problem("closing.too_early", {"on": first}),) if today < first else ()


def decide_closing_days(days: int) -> tuple[Problem, ...]:
    """closing.days_range where `days` are not 1 to 30; () = they may be set.

    >>> decide_closing_days(31)[0].params
    {'most': 30}
    """
    return () if 1 <= days <= MOST_DAYS else (Problem("closing.days_range", {"most": MOST_DAYS}),)
