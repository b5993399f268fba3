"""What the pages of 共商 show of each goal: what either side says, what differs, and who said what about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sextant.engines.agreement import GoalTerms, diff
from sextant.goals.contracts import CommentRow, GoalKind, PlanGoal, Side
from sextant.goals.messages.agreement import CURVES
from sextant.goals.messages.goals import KINDS
from sextant.goals.messages.plans import FIELDS, say_value
from sextant.goals.plan_definition import EXTRA_KINDS
from sextant.goals.templatetags.plan_amounts import plain_num
from sextant.goals.views.plan_parts import AskedPlan
from sextant.metrics.contracts import MetricRow

_AMOUNTS = ("base", "stretch", "start", "range_low", "range_high", "tolerance")
_SHORT = ("base", "stretch", "weight", "due_on", "deliverable")
"""What stands on the line of a goal both agree on; the rest is a click away."""


@dataclass(frozen=True, slots=True)
class Said:
    """One field as a side has it; `was` is what the other side says instead, "" where both say the same."""

    name: str
    text: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class Negotiated:
    """A goal between two sides. `theirs` None: agreed, one text is enough. `is_new`: the company has not spoken yet."""

    id: int
    tag: str | Promise
    title: str
    href: str
    is_agreed: bool
    is_leaving: bool
    is_new: bool
    owners: tuple[Said, ...]
    companys: tuple[Said, ...]
    differences: int
    may_accept: bool
    may_keep: bool
    comments: tuple[CommentRow, ...]


def negotiated(
    goals: Sequence[PlanGoal],
    *,
    asked: AskedPlan,
    metrics: Mapping[str, MetricRow],
    comments: Sequence[CommentRow],
    is_open: bool,
) -> list[Negotiated]:
    """The goals of a plan with what both sides say, in the order of their making. No query."""
    by_goal: dict[int, list[CommentRow]] = {}
    for one in comments:
        if one.goal_id is not None:
            by_goal.setdefault(one.goal_id, []).append(one)
    return [
        _negotiated(goal, asked, metrics, tuple(by_goal.get(goal.id, ())), is_open)
        for goal in goals
        if goal.terms(Side.OWNER) is not None
    ]


def _negotiated(
    goal: PlanGoal,
    asked: AskedPlan,
    metrics: Mapping[str, MetricRow],
    comments: tuple[CommentRow, ...],
    is_open: bool,
) -> Negotiated:
    owners, companys = goal.terms(Side.OWNER), goal.terms(Side.COUNTERPART)
    assert owners is not None and companys is not None  # what one side has not said, `terms` takes from the other
    both = len(goal.positions) == len(Side)
    changed = {one.field for one in diff(owners, companys)}
    leaves = [goal.wants_dropped(side) for side in Side]
    other = asked.side.other if asked.side else None
    return Negotiated(
        id=goal.id,
        tag=KINDS[GoalKind(owners.kind)],
        title=owners.title,
        href=reverse("goals:plan_goal", args=[asked.plan.pk, goal.id]),
        is_agreed=goal.is_agreed,
        is_leaving=any(leaves),
        is_new=not both,
        owners=tuple(_said(owners, None, changed, metrics)),
        companys=tuple(_said(companys, owners, changed, metrics)),
        differences=len(changed) + (leaves[0] != leaves[1]),
        may_accept=is_open and not goal.is_agreed and other is not None and other in goal.positions,
        # who wants a goal gone may think better of it
        may_keep=is_open and asked.side is not None and goal.wants_dropped(asked.side),
        comments=comments,
    )


def _said(
    terms: GoalTerms, before: GoalTerms | None, changed: set[str], metrics: Mapping[str, MetricRow]
) -> Iterator[Said]:
    for field in fields(GoalTerms):
        name = field.name
        if name not in _SHORT and name not in changed:
            continue
        text = _words(name, terms, metrics)
        was = _words(name, before, metrics) if before is not None and name in changed else ""
        if name in changed or getattr(terms, name) not in (None, "", (), Decimal(0)):
            is_points = name == "base" and GoalKind(terms.kind) in EXTRA_KINDS
            yield Said(_("分值") if is_points else str(FIELDS[name]), text, was)


def _words(name: str, terms: GoalTerms, metrics: Mapping[str, MetricRow]) -> str:
    value = getattr(terms, name)
    metric = metrics.get(terms.metric)
    if name in _AMOUNTS and value is not None:
        unit = metric.unit_label if metric and GoalKind(terms.kind) not in EXTRA_KINDS else ""
        return f"{plain_num(value)} {unit}".strip()
    match name:
        case "weight":
            return f"{plain_num(value)}%"
        case "kind":
            return str(KINDS[GoalKind(value)])
        case "metric":
            return metric.name if metric else say_value(value)
        case "curve":
            return str(CURVES[value])
        case "milestones" | "actions":
            return "；".join(
                " ".join(
                    part for part in (step.title, plain_num(step.points) if step.points else "", step.person) if part
                )
                for step in value
            ) or say_value("")
        case _:
            return say_value(value)
