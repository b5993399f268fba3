"""研讨会: what may be done to a meeting in which state, what stands on its agenda, and how two texts differ."""

from collections.abc import Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import TypeVar

from sextant.engines.values import Problem
from sextant.goals.contracts import Topic, WorkshopKind

MINUTES_LENGTH = 20_000
TEXT_LENGTH = 1000
TITLE_LENGTH = 200
MOST_ITEMS = 40
MOST_STEPS = 30
MOST_MARKS = 60
MOST_FILES = 12
MOST_PEOPLE = 200

Key = TypeVar("Key")

_TOPICS: dict[WorkshopKind, tuple[Topic, ...]] = {
    WorkshopKind.CALIBRATION: (Topic.DECIDE,),
    WorkshopKind.ALIGNMENT: (Topic.DECIDE,),
    WorkshopKind.DIAGNOSIS: (Topic.DRAW, Topic.MARK, Topic.ANSWER),
}


def standing_topics(kind: WorkshopKind) -> tuple[Topic, ...]:
    """What every meeting of this kind ends on, whatever its goals are like.

    >>> [topic.value for topic in standing_topics(WorkshopKind.DIAGNOSIS)]
    ['draw', 'mark', 'answer']
    """
    return _TOPICS[kind]


def goal_topics(kind: WorkshopKind) -> tuple[Topic, ...]:
    """By which conditions goals of the unit come on the agenda of this kind of meeting.

    >>> goal_topics(WorkshopKind.DIAGNOSIS)
    ()
    """
    match kind:
        case WorkshopKind.CALIBRATION:
            return (Topic.ADJUSTMENT, Topic.RED, Topic.YELLOW)
        case WorkshopKind.ALIGNMENT:
            return (Topic.UNALIGNED,)
        case WorkshopKind.DIAGNOSIS:
            return ()


def decide_text(text: str, *, field: str, most: int) -> tuple[Problem, ...]:
    """What forbids these words; () = nothing. Codes: workshop.missing, workshop.long.

    >>> decide_text("  ", field="text", most=200)[0].code
    'workshop.missing'
    """
    if not text.strip():
        return (Problem("workshop.missing", {"field": field}),)
    if len(text.strip()) > most:
        return (Problem("workshop.long", {"field": field, "most": most}),)
    return ()


def decide_closing(*, minutes: str, decisions: int, is_closed: bool) -> tuple[Problem, ...]:
    """What forbids closing a meeting; () = nothing. Codes: workshop.closed, workshop.nothing_written.

    >>> decide_closing(minutes="", decisions=0, is_closed=False)[0].code
    'workshop.nothing_written'
    """
    if is_closed:
        return (Problem("workshop.closed"),)
    if not minutes.strip() and not decisions:
        return (Problem("workshop.nothing_written"),)
    return ()


def decide_answer(*, person_id: int | None, action: str, due_on: date | None, today: date) -> tuple[Problem, ...]:
    """What is missing from the answer to a red mark: who does what until when. Codes: workshop.person_missing,
    workshop.missing, workshop.long, workshop.due_missing, workshop.due_past."""
    problems = list(decide_text(action, field="action", most=300))
    if person_id is None:
        problems.append(Problem("workshop.person_missing", {"field": "person"}))
    if due_on is None:
        problems.append(Problem("workshop.due_missing", {"field": "due_on"}))
    elif due_on < today:
        problems.append(Problem("workshop.due_past", {"field": "due_on"}))
    return tuple(problems)


def moved(keys: Sequence[Key], key: Key, *, by: int) -> list[Key]:
    """`keys` with one of them moved by that many places, at most to an end; as they are where it is not among them.

    >>> moved(["接单", "备货", "发货"], "发货", by=-1)
    ['接单', '发货', '备货']
    >>> moved(["接单", "备货"], "接单", by=-1)
    ['接单', '备货']
    """
    found = list(keys)
    if key not in found:
        return found
    place = found.index(key)
    found.insert(max(0, min(len(found) - 1, place + by)), found.pop(place))
    return found


def changed_lines(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Where two texts differ, line by line: (what `old` says, what `new` says), "" where one of them says nothing.

    >>> changed_lines("讨论回款\\n下次再议", "讨论回款\\n周五再议\\n备好名单")
    (('下次再议', '周五再议'), ('', '备好名单'))
    """
    one, other = old.splitlines(), new.splitlines()
    found: list[tuple[str, str]] = []
    for tag, a_from, a_until, b_from, b_until in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        left, right = one[a_from:a_until], other[b_from:b_until]
        size = max(len(left), len(right))
        padded = zip(left + [""] * (size - len(left)), right + [""] * (size - len(right)), strict=True)
        found += [pair for pair in padded if any(text.strip() for text in pair)]
    return tuple(found)
