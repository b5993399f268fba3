"""When help is offered, until when the light is watched, and what came of it."""

from datetime import date, timedelta

from sextant.engines.schedule import week_of
from sextant.engines.values import Light, Problem
from sextant.tracking.contracts.help import NOTE_LENGTH, PackOutcome

YELLOW_WEEKS = 2
"""Weeks not green after which help is offered (requirement T4)."""
ANSWER_DAYS = 7
"""Days in which the manager is expected to choose."""
WATCH_WEEKS = 2
LONGEST_WATCH = 8


def is_due(*, light: Light, trouble: tuple[date, int] | None, as_of: date) -> bool:
    """Whether help is offered now: the light is yellow, at the end of YELLOW_WEEKS weeks it was not green, and these
    weeks are over. A red light has its own conversation, to which the same help belongs.

    Yellow on two Sundays; on the Saturday between it is not yet due, on the second Sunday it is.

    >>> sunday = date(2026, 3, 8)
    >>> is_due(light=Light.YELLOW, trouble=(sunday, 2), as_of=date(2026, 3, 14))
    False
    >>> is_due(light=Light.YELLOW, trouble=(sunday, 2), as_of=date(2026, 3, 15))
    True
    """
    if light is not Light.YELLOW or trouble is None:
        return False
    first, weeks = trouble
    return weeks >= YELLOW_WEEKS and as_of >= first + timedelta(weeks=YELLOW_WEEKS - 1)


def watch_end(today: date, *, weeks: int, goal_until_on: date) -> date:
    """The last day of a watch: the Sunday `weeks` whole weeks after this one, or the goal's last day before that.

    >>> watch_end(date(2026, 3, 11), weeks=2, goal_until_on=date(2026, 7, 1))
    datetime.date(2026, 3, 29)
    """
    sunday = week_of(today).sunday + timedelta(weeks=weeks)
    return min(sunday, goal_until_on - timedelta(days=1))


def decide_outcome(before: Light, after: Light) -> PackOutcome:
    """What a watch that began at the light `before` ended with.

    >>> decide_outcome(Light.RED, Light.YELLOW), decide_outcome(Light.YELLOW, Light.RED)
    (<PackOutcome.SAME: 'same'>, <PackOutcome.WORSE: 'worse'>)
    """
    if after is Light.NONE:
        return PackOutcome.UNKNOWN
    if after is Light.GREEN:
        return PackOutcome.TURNED
    return PackOutcome.WORSE if after.severity > before.severity else PackOutcome.SAME


def check_act(*, text: str, due_on: date | None, today: date, most: int) -> list[Problem]:
    """What is wrong with something chosen: help.text_missing, help.text_long, help.due_missing, help.due_past."""
    problems = check_words(text, field="text", most=most)
    if due_on is None:
        problems.append(Problem("help.due_missing", {"field": "due_on"}))
    elif due_on < today:
        problems.append(Problem("help.due_past", {"field": "due_on"}))
    return problems


def check_words(text: str, *, field: str, most: int = NOTE_LENGTH) -> list[Problem]:
    """What is wrong with something written that must not be empty: help.FIELD_missing, help.text_long."""
    if not text.strip():
        return [Problem(f"help.{field}_missing", {"field": field})]
    if len(text.strip()) > most:
        return [Problem("help.text_long", {"field": field, "most": most})]
    return []
