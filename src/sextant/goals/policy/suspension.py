"""May a goal be suspended, and until when? (requirement G12: 暂缓考核, 试行观察 n 周)"""

from datetime import date, timedelta

from sextant.engines.values import Period, Problem
from sextant.goals.contracts import GoalState

REASON_LENGTH = 500
MOST_WEEKS = 13


def decide_suspension(*, state: GoalState, period: Period, weeks: int, reason: str, today: date) -> tuple[Problem, ...]:
    """What forbids watching a goal for `weeks` from `today` on without judging it; () = nothing.

    Codes: suspension.state (only a running goal can be suspended), suspension.period (it has not begun, or is over),
    suspension.weeks (1 to 13), suspension.reason, suspension.reason_long.

    >>> quarter = Period(date(2026, 10, 1), date(2027, 1, 1))
    >>> decide_suspension(state=GoalState.RUNNING, period=quarter, weeks=4, reason="换了系统", today=date(2026, 11, 2))
    ()
    """
    problems = []
    if state is not GoalState.RUNNING:
        problems.append(Problem("suspension.state"))
    if not period.from_on <= today < period.until_on:
        problems.append(Problem("suspension.period"))
    if not 1 <= weeks <= MOST_WEEKS:
        problems.append(Problem("suspension.weeks", {"field": "weeks", "value": weeks, "most": MOST_WEEKS}))
    if not reason.strip():
        problems.append(Problem("suspension.reason", {"field": "reason", "value": ""}))
    elif len(reason.strip()) > REASON_LENGTH:
        problems.append(Problem("suspension.reason_long", {"field": "reason", "value": "", "most": REASON_LENGTH}))
    return tuple(problems)


def end_of_suspension(*, period: Period, weeks: int, today: date) -> date:
    """The day on which the goal is judged again: `weeks` from `today`, at the latest the day after the goal's last.

    >>> end_of_suspension(period=Period(date(2026, 10, 1), date(2027, 1, 1)), weeks=4, today=date(2026, 12, 20))
    datetime.date(2027, 1, 1)
    """
    return min(today + timedelta(weeks=weeks), period.until_on)
