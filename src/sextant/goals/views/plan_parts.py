"""What the pages of a plan share: who asks, what each goal says, what is still to do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sextant.engines.agreement import FieldChange, GoalTerms, diff
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.access.http import actor_of
from sextant.foundation.clock import company_day, now
from sextant.goals.access import Sight, side_of, sight_of
from sextant.goals.actions import GoalRefused
from sextant.goals.contracts import (
    GoalKind,
    GoalState,
    PlanGoal,
    PlanRow,
    PlanState,
    RevisionIsStale,
    RevisionRow,
    Side,
)
from sextant.goals.messages.agreement import CURVES
from sextant.goals.messages.goals import KINDS, name_of_cycle
from sextant.goals.messages.plans import FIELDS, STATES, say_plan, say_value
from sextant.goals.models import Plan
from sextant.goals.plan_definition import EXTRA_KINDS, PlanDefinition
from sextant.goals.policy.plan_checks import (
    CheckedGoal,
    WeightSum,
    decide_goal_problems,
    decide_plan_problems,
    sum_weights,
)
from sextant.goals.policy.plan_states import PlanAct, decide_act
from sextant.goals.queries.plans import checked_goals, definition_in_force, plan_row
from sextant.metrics.contracts import MetricRow


@dataclass(frozen=True, slots=True)
class AskedPlan:
    """Who asks about which plan, for which side they speak (None: only reads), and when."""

    actor: Actor
    plan: Plan
    side: Side | None
    moment: datetime
    today: date
    sight: Sight

    @property
    def view_side(self) -> Side:
        """Whose text is shown: one's own; to a reader the owner's."""
        return self.side or Side.OWNER

    @property
    def row(self) -> PlanRow:
        """The plan as a row."""
        return plan_row(self.plan)

    @property
    def definition(self) -> PlanDefinition:
        """What the plan stands on."""
        return definition_in_force(self.plan)

    @property
    def cycle_name(self) -> str:
        """The cycle in the reader's language."""
        return name_of_cycle(self.plan.cycle.code, self.plan.cycle.name)

    def may(self, act: PlanAct) -> bool:
        """Whether the reader could do this now."""
        return not decide_act(act, state=PlanState(self.plan.state), side=self.side)


def ask_plan(request: HttpRequest, plan_id: int) -> AskedPlan:
    """The plan as far as the reader sees it: out of sight does not exist. At most four queries."""
    actor, moment = actor_of(request), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    try:
        sight = sight_of(actor, on=today)
        plan = sight.access_plan(plan_id)
    except AccessDenied as error:
        raise Http404 from error
    return AskedPlan(actor, plan, side_of(actor, plan, on=today), moment, today, sight)


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """What an action on a plan refuses, as messages of the next page; what is not the reader's to do is a 403."""
    try:
        yield
    except AccessDenied as error:
        raise PermissionDenied from error
    except RevisionIsStale:
        messages.error(request, _("对方刚刚改过，这里已是最新的内容。看过之后再做一次。"))
    except GoalRefused as error:
        for text in sentences(error.problems):
            messages.error(request, text)


def read_id(text: str | None) -> int | None:
    """A number from an address or a form; None for anything else."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def ask_to_write(request: HttpRequest, plan_id: int) -> AskedPlan:
    """As `ask_plan`, for who speaks for a side: PermissionDenied for who only reads."""
    asked = ask_plan(request, plan_id)
    if asked.side is None:
        raise PermissionDenied
    return asked


@dataclass(frozen=True, slots=True)
class Todo:
    """Something to mend, and where; `href` "" for the plan as a whole."""

    text: str
    goal: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Checks:
    """How the plan stands against its template. `bars` are the weights of single goals, for the bar."""

    total: Decimal
    sums: tuple[WeightSum, ...]
    bars: tuple[tuple[str, Decimal], ...]
    todos: tuple[Todo, ...]

    @property
    def is_full(self) -> bool:
        """Whether the weights sum to 100."""
        return self.total == 100


def make_checks(goals: Sequence[PlanGoal], *, asked: AskedPlan, metrics: Iterable[MetricRow] | None = None) -> Checks:
    """Everything still to do, goal by goal and for the plan. One query, none where `metrics` are at hand."""
    definition = asked.definition
    checked = checked_goals(goals, side=asked.view_side, metrics=metrics)
    weighted = [one for one in checked if one.kind not in EXTRA_KINDS]
    return Checks(
        total=sum((one.terms.weight for one in weighted), Decimal(0)),
        sums=sum_weights(checked, definition=definition),
        bars=tuple((one.terms.title, one.terms.weight) for one in weighted if one.terms.weight),
        todos=tuple(_todos(checked, asked.plan.id, definition)),
    )


def _todos(checked: Sequence[CheckedGoal], plan_id: int, definition: PlanDefinition) -> Iterable[Todo]:
    for one in checked:
        assert one.goal_id is not None  # what is shown was saved
        href = reverse("goals:plan_goal", args=[plan_id, one.goal_id])
        for problem in decide_goal_problems(one, definition=definition):
            yield Todo(say_plan(problem), one.terms.title, href)
    for problem in decide_plan_problems(checked, definition=definition):
        yield Todo(say_plan(problem))


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A goal as the page of its plan lists it. `differences` are fields in which the other side says something else."""

    id: int
    title: str
    tag: str | Promise
    kind: GoalKind
    terms: GoalTerms
    href: str
    is_agreed: bool
    is_running: bool
    is_suspended: bool
    is_leaving: bool
    differences: tuple[str, ...]
    unit: str = ""

    @property
    def has_answer(self) -> bool:
        """Whether both sides have written and differ."""
        return bool(self.differences)


def make_lines(goals: Sequence[PlanGoal], *, asked: AskedPlan, units: dict[str, str]) -> list[PlanLine]:
    """The goals as lines, in the template's order of dimensions. `units` by code of the metric. No query."""
    order = {one.code: place for place, one in enumerate(asked.definition.dimensions)}
    found = [_line(goal, terms, asked, units) for goal in goals if (terms := goal.terms(asked.view_side)) is not None]
    return sorted(found, key=lambda line: (order.get(line.terms.dimension, len(order)), -line.terms.weight, line.id))


def _line(goal: PlanGoal, terms: GoalTerms, asked: AskedPlan, units: dict[str, str]) -> PlanLine:
    kind = GoalKind(terms.kind)
    return PlanLine(
        id=goal.id,
        title=terms.title,
        tag=KINDS[kind],
        kind=kind,
        terms=terms,
        href=reverse("goals:plan_goal", args=[asked.plan.id, goal.id]),
        is_agreed=goal.is_agreed,
        is_running=goal.state is GoalState.RUNNING,
        is_suspended=goal.state is GoalState.SUSPENDED,
        is_leaving=goal.wants_dropped(asked.view_side),
        differences=_differences(goal, asked.view_side),
        unit=units.get(terms.metric, ""),
    )


def _differences(goal: PlanGoal, side: Side) -> tuple[str, ...]:
    if len(goal.positions) < len(Side) or goal.is_agreed:
        return ()
    changes = diff(goal.terms(side), goal.terms(side.other))
    if goal.wants_dropped(side) != goal.wants_dropped(side.other):
        changes = (*changes, FieldChange("wants_dropped", None, None))
    return tuple(str(FIELDS[one.field]) for one in changes)


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a difference, in words."""

    field: str
    old: str
    new: str


Names = Mapping[str, Mapping[str, str]]
"""Names by code, by the field that holds codes: metric, dimension."""


def say_term(field: str, value: object, *, names: Names) -> str:
    """A value of a term in words, also where texts hold a code."""
    text = str(value)
    match field:
        case "kind" if text in tuple(GoalKind):
            return str(KINDS[GoalKind(text)])
        case "curve" if text in CURVES:
            return str(CURVES[text])
        case "state" if text in tuple(PlanState):
            return str(STATES[PlanState(text)])
    return names.get(field, {}).get(text) or say_value(value)


def say_changes(revisions: Iterable[RevisionRow], *, goal_id: int, names: Names | None = None) -> list[Difference]:
    """What these saves changed in one goal, oldest first. Without `names` some codes stay codes."""
    return [
        Difference(
            str(FIELDS.get(str(one["field"]), one["field"])),
            *(say_term(str(one["field"]), one[state], names=names or {}) for state in ("old", "new")),
        )
        for revision in revisions
        for one in revision.changes
        if one["goal"] == goal_id
    ]


def sentences(problems: Iterable[Problem]) -> list[str]:
    """Each problem said."""
    return [say_plan(problem) for problem in problems]
