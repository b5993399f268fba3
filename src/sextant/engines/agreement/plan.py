"""What two sides sign: the whole text of a plan, goals in order, with the support that was promised for it."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from sextant.engines.agreement.difference import FieldChange
from sextant.engines.agreement.form import canonical_text, hash_of, plain_value
from sextant.engines.agreement.terms import GoalTerms, plain


@dataclass(frozen=True, slots=True)
class Party:
    """One side: an employee number, or the code of a unit, and the name."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class GoalText:
    """A goal of the plan: its code, its terms, and what a reader needs to read its figures."""

    code: str
    terms: GoalTerms
    metric_name: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SupportText:
    """Support the owner asked for and what the company answered. `goal` is a goal's code, "" for the whole plan;
    `is_promised` False: refused, and `answer` says why."""

    kind: str
    ask: str
    is_promised: bool
    answer: str
    responsible: str = ""
    due_on: date | None = None
    goal: str = ""


@dataclass(frozen=True, slots=True)
class AdjustmentText:
    """A change of a goal agreed while it ran: from which day (None: from the day both have signed), what of it, and
    why. `exceptions` are the codes of what it was let pass beyond, () for none."""

    goal: str
    from_on: date | None
    changes: tuple[FieldChange, ...]
    reason: str
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanText:
    """Everything both sign. Days are half-open; shares are per cent of a goal's score. `adjustments` are all so far,
    the oldest first."""

    owner: Party
    counterpart: Party
    cycle: str
    cycle_name: str
    from_on: date
    until_on: date
    template: str
    template_version: int
    base_share: Decimal
    stretch_share: Decimal
    goals: tuple[GoalText, ...]
    support: tuple[SupportText, ...] = ()
    adjustments: tuple[AdjustmentText, ...] = ()


def plain_plan(text: PlanText) -> dict[str, object]:
    """The text as JSON holds it. Order of goals and support is part of it: it is the order on paper. A plan that was
    never adjusted does not speak of adjustments: its text is what it was before there were any."""
    goals = [
        {"code": one.code, "metric_name": one.metric_name, "unit": one.unit, "terms": plain(one.terms)}
        for one in text.goals
    ]
    told = {field.name: plain_value(getattr(text, field.name)) for field in fields(text)} | {"goals": goals}
    if not text.adjustments:
        del told["adjustments"]
    return told


def plan_digest(text: PlanText) -> str:
    """SHA-256 of the canonical form of the whole text, in hex: what a signature names.

    >>> one = PlanText(Party("7", "沈亦舟"), Party("3", "林清越"), "2026Q4", "第四季度", date(2026, 10, 1),
    ...     date(2027, 1, 1), "sales", 1, Decimal(60), Decimal(40), (GoalText("a", GoalTerms("回款", "kpi")),))
    >>> from dataclasses import replace
    >>> plan_digest(one) == plan_digest(replace(one, base_share=Decimal("60.00")))
    True
    >>> plan_digest(one) == plan_digest(replace(one, goals=()))
    False
    """
    return hash_of(canonical_text(plain_plan(text)))
