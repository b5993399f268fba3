"""What a goal says: the terms two sides agree on, as values, and as JSON that is the same wherever it is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from sextant.engines.agreement.form import canonical_text, hash_of, plain_value


@dataclass(frozen=True, slots=True)
class StepTerms:
    """A milestone, its points counting on completion; or a line of an action list, with the number of a `person`."""

    title: str
    points: Decimal = Decimal(0)
    due_on: date | None = None
    person: str = ""


@dataclass(frozen=True, slots=True)
class GoalTerms:
    """The text of a goal. "" and None mean: not filled in.

    `kind` and `curve` are codes, `metric` the metric's code, `collaborators` employee numbers: a signed text must be
    readable without the database that wrote it. What the goal supports is no part of it: that changes without a promise
    changing. `weight` is per cent of the plan; of a bonus, a penalty or a veto `base` holds the points. `from_on` and
    `until_on` are the days the goal lives, half-open; None: its cycle's.
    """

    title: str
    kind: str
    dimension: str = ""
    description: str = ""
    deliverable: str = ""
    metric: str = ""
    base: Decimal | None = None
    stretch: Decimal | None = None
    start: Decimal | None = None
    range_low: Decimal | None = None
    range_high: Decimal | None = None
    tolerance: Decimal | None = None
    curve: str = "parallel"
    weight: Decimal = Decimal(0)
    due_on: date | None = None
    from_on: date | None = None
    until_on: date | None = None
    collaborators: tuple[str, ...] = ()
    milestones: tuple[StepTerms, ...] = ()
    actions: tuple[StepTerms, ...] = ()


def plain(terms: GoalTerms) -> dict[str, object]:
    """The terms as JSON holds them: decimals as text without empty places, days as ISO, blanks cut at both ends.

    >>> plain(GoalTerms("回款 ", "kpi", base=Decimal("420.00")))["base"]
    '420'
    """
    return {field.name: plain_value(getattr(terms, field.name)) for field in fields(terms)}


def canonical(terms: GoalTerms) -> str:
    """The one JSON text of these terms: keys sorted, no blanks between, UTF-8. Equal terms give equal text.

    >>> canonical(GoalTerms("a", "kpi", base=Decimal("1.0"))) == canonical(GoalTerms("a", "kpi", base=Decimal(1)))
    True
    """
    return canonical_text(plain(terms))


def digest(terms: GoalTerms) -> str:
    """SHA-256 of `canonical`, in hex."""
    return hash_of(canonical(terms))


def read_terms(stored: Mapping[str, Any]) -> GoalTerms:
    """The terms behind `plain`: the way back from JSON. Keys of a later version are passed over.

    >>> terms = GoalTerms("a", "milestone", due_on=date(2026, 12, 1), milestones=(StepTerms("x", Decimal(40)),))
    >>> read_terms(plain(terms)) == terms
    True
    """
    readers: dict[str, Callable[[Any], Any]] = dict.fromkeys(
        ("base", "stretch", "start", "range_low", "range_high", "tolerance", "weight"), _number
    )
    readers |= dict.fromkeys(("due_on", "from_on", "until_on"), _day)
    readers |= {"collaborators": tuple, "milestones": _steps, "actions": _steps}
    known = {field.name for field in fields(GoalTerms)}
    return GoalTerms(**{name: readers.get(name, str)(value) for name, value in stored.items() if name in known})


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _steps(value: Any) -> tuple[StepTerms, ...]:
    return tuple(
        StepTerms(one["title"], Decimal(one["points"]), _day(one["due_on"]), one.get("person", "")) for one in value
    )
