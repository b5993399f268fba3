"""One complete way to write a goal, from its own fields; what is not there is filled with a hint, marked as such."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sextant.engines.evaluation import Direction
from sextant.engines.goal_quality.draft import Draft, Reach, Shape
from sextant.engines.goal_quality.hints import Hint, hint_for
from sextant.engines.goal_quality.written import find_numbers


class Pattern(StrEnum):
    """The shape of a sentence. Slots of each are in `SLOTS`."""

    RAISE = "raise"
    LOWER = "lower"
    REACH = "reach"
    KEEP_BELOW = "keep_below"
    KEEP_BETWEEN = "keep_between"
    DELIVER = "deliver"
    RESULTS = "results"
    STANDARD = "standard"


SLOTS: Mapping[Pattern, tuple[str, ...]] = {
    Pattern.RAISE: ("due", "owner", "measure", "start", "number", "unit"),
    Pattern.LOWER: ("due", "owner", "measure", "start", "number", "unit"),
    Pattern.REACH: ("due", "owner", "measure", "number", "unit"),
    Pattern.KEEP_BELOW: ("due", "owner", "measure", "number", "unit"),
    Pattern.KEEP_BETWEEN: ("due", "owner", "measure", "low", "high", "unit"),
    Pattern.DELIVER: ("due", "owner", "deliverable"),
    Pattern.RESULTS: ("due", "title", "measure", "number", "unit"),
    Pattern.STANDARD: ("due", "owner", "title"),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """What stands in one place of the sentence. `value` is text, number or day; None = blank, to be filled in. `hint`
    is the key of a word the sentence-maker knows. `is_own` says that it comes from the goal itself; everything else is
    an example and shown in brackets."""

    value: str | Decimal | date | None = None
    hint: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A proposal: a pattern with all its slots."""

    pattern: Pattern
    slots: Mapping[str, Slot]


def propose(draft: Draft) -> Rewrite:
    """How the goal could be written so that nothing but the brackets is left to decide.

    >>> from datetime import date
    >>> goal = Draft(1, Shape.MEASURED, "提升部门协同", owner="林清越", last_on=date(2026, 12, 31))
    >>> told = propose(goal)
    >>> told.pattern.value, told.slots["measure"].hint, told.slots["number"].value
    ('reach', 'collaboration', Decimal('90'))
    """
    hint = hint_for(draft.text)
    pattern = _pattern(draft, hint)
    return Rewrite(pattern, {name: _slot(name, draft, hint) for name in SLOTS[pattern]})


def _pattern(draft: Draft, hint: Hint) -> Pattern:
    if draft.shape is Shape.DELIVERED:
        return Pattern.DELIVER
    if draft.shape is Shape.DIRECTION:
        return Pattern.RESULTS
    if draft.shape is Shape.STANDARD:
        return Pattern.STANDARD
    direction = draft.direction if draft.metric else hint.direction
    if direction is Direction.RANGE:
        return Pattern.KEEP_BETWEEN
    is_lower = direction is Direction.LOWER
    if draft.start is not None:
        return Pattern.LOWER if is_lower else Pattern.RAISE
    return Pattern.KEEP_BELOW if is_lower else Pattern.REACH


def _slot(name: str, draft: Draft, hint: Hint) -> Slot:
    match name:
        case "due":
            return _own(draft.due_on or draft.last_on, blank="date")
        case "measure":
            return _own(draft.metric, blank=hint.measure)
        case "number":
            return _number(draft, hint)
        case "unit":
            if draft.metric:
                return Slot(draft.unit, is_own=True)
            return Slot(hint=hint.unit)
        case "deliverable":
            return _own(draft.deliverable, blank="deliverable")
        case "low" | "high":
            return _own(draft.range_low if name == "low" else draft.range_high, blank="number")
        case _:
            return _own(getattr(draft, name), blank=name)


def _own(value: str | Decimal | date | None, *, blank: str) -> Slot:
    return Slot(hint=blank) if value is None or value == "" else Slot(value, is_own=True)


def _number(draft: Draft, hint: Hint) -> Slot:
    """The goal's own target where it can be reached; else the best there was, or the limit; else the last number in the
    text; else what is usual."""
    reachable = _reachable(draft)
    if reachable is not None:
        return Slot(reachable)
    if draft.base is not None:
        return Slot(draft.base, is_own=True)
    if draft.reach is not None and draft.reach.best is not None:
        return Slot(draft.reach.best)
    written = [one.value for one in find_numbers(draft.text) if one.value is not None]
    if written:
        return Slot(written[-1], is_own=True)
    if draft.metric or hint.usual is None:
        return Slot(hint="number")
    return Slot(hint.usual)


def _reachable(draft: Draft) -> Decimal | None:
    """What to put in the place of a target out of reach; None for one within."""
    reach, base = draft.reach or Reach(), draft.base
    if base is None or draft.direction is Direction.RANGE:
        return None
    bounds = [bound for bound in (reach.limit, reach.best) if bound is not None]
    sign = 1 if draft.direction is Direction.HIGHER else -1
    nearest = min((sign * bound for bound in bounds), default=sign * base)
    return sign * nearest if sign * base > nearest else None
