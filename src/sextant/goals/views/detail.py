"""One goal: where it stands, why, what carries it and what it carries."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sextant.engines.evaluation import Child, find_riskiest
from sextant.engines.schedule import list_weeks
from sextant.engines.values import Light, Period
from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.access import sight_of
from sextant.goals.actions.progress import told_parts
from sextant.goals.contracts import ChainLink, GoalRow, GoalState, LightCounts
from sextant.goals.messages.goals import name_of_cycle, name_of_level, say
from sextant.goals.models import Goal
from sextant.goals.policy import decide_weight_problems
from sextant.goals.queries import count_below, list_chain, list_rows, worst_first
from sextant.goals.queries.rows import row_of
from sextant.goals.queries.specs import spec_from
from sextant.goals.queries.targets import list_targets, targets_of
from sextant.goals.views.cards import Card, make_card, owner_of, told_query
from sextant.goals.views.figures import Judged, make_figures
from sextant.goals.views.trend import Trend, make_trend
from sextant.metrics import queries as metrics
from sextant.metrics.contracts import MetricRow, StandingRow
from sextant.metrics.queries.light_changes import list_light_changes

CHILDREN_SHOWN = 12
PLAN_SHOWN = 12
LIGHT_CHANGES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class _Around:
    """The goals around one goal: the way down to it, those below, the owner's others in the cycle."""

    chain: list[ChainLink]
    children: list[GoalRow]
    plan: list[GoalRow]


@needs(Permission.GOAL_READ)
@require_GET
def detail(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The page of a goal."""
    actor, today = actor_of(request), company_day(now(), settings.SEXTANT_ZONE)
    sight = sight_of(actor, on=today)
    try:
        goal = sight.access(goal_id)
    except AccessDenied as error:
        raise Http404 from error
    visible = sight.goals
    row = row_of(goal)
    children, below = count_below(visible, [goal_id]).get(goal_id, (0, None))
    row = replace(row, children=children)
    around = _around(row, visible)
    rows = (row, *around.children, *around.plan)
    standings = metrics.standings_of([one.id for one in rows])
    return render(request, "goals/detail.html", _context(goal, row, around, standings, below=below, today=today))


def _around(row: GoalRow, visible: QuerySet[Goal]) -> _Around:
    below = worst_first(visible.filter(parent_id=row.id))
    plan = visible.filter(cycle_id=row.cycle_id)
    plan = plan.filter(owner_person_id=row.owner_person_id, owner_unit_id=row.owner_unit_id)
    return _Around(
        chain=list_chain(row, visible=visible),
        children=list_rows(below[:CHILDREN_SHOWN]) if row.children else [],
        plan=list_rows(plan.order_by("-weight", "id")[:PLAN_SHOWN]),
    )


def _context(
    goal: Goal,
    row: GoalRow,
    around: _Around,
    standings: dict[int, StandingRow],
    *,
    below: LightCounts | None,
    today: date,
) -> dict[str, object]:
    standing = standings.get(row.id)
    metric = metrics.row_of_metric(goal.metric) if goal.metric else None
    children = [make_card(child, standings.get(child.id)) for child in around.children]
    return {
        "goal": row,
        "card": (card := make_card(row, standing)),
        "is_told": bool(told_parts(goal)) and goal.state != GoalState.DRAFT,
        "owner": owner_of(row),
        "standing": standing,
        "metric": metric,
        "cycle_name": name_of_cycle(goal.cycle.code, goal.cycle.name),
        "week": _week(row, standing.as_of) if standing else None,
        "last_on": Period(row.from_on, row.until_on).last_on,
        "figures": _figures(goal, row, metric, standing),
        "trend": _trend(goal, row, standing) if standing and metric else None,
        "links": [(link.goal, name_of_level(link.goal) if link.goal else "") for link in around.chain],
        "children": children,
        "riskiest": _riskiest(children, standings),
        "below": below,
        "light_changes": list_light_changes(row.id, limit=LIGHT_CHANGES_SHOWN) if standing else [],
        "plan": (plan := [make_card(one, standings.get(one.id)) for one in around.plan]),
        # statuses of goals without a metric come once the page stands, with the reason of this one
        "told": told_query([card, *children, *plan], why=row.id),
        "plan_note": _plan_note(around.plan),
        "today": today,
    }


def _trend(goal: Goal, row: GoalRow, standing: StandingRow) -> Trend | None:
    """The trend against the targets that held. One query."""
    return make_trend(row, standing, targets=targets_of(goal, list_targets([row.id]).get(row.id, [])))


def _figures(goal: Goal, row: GoalRow, metric: MetricRow | None, standing: StandingRow | None) -> list[object]:
    spec = spec_from(goal)
    if standing is None or metric is None or spec is None:
        return []
    return list(make_figures(Judged(row, spec, metric, standing)))


def _week(row: GoalRow, on: date) -> dict[str, int]:
    """Which week of how many the day lies in."""
    period = Period(row.from_on, row.until_on)
    return {"n": len(list_weeks(period, on=on)), "of": len(list_weeks(period, on=period.last_on))}


def _riskiest(children: list[Card], standings: dict[int, StandingRow]) -> Card | None:
    """The measured child that endangers the goal most; None when none is yellow or red."""
    known = {child.goal.id: child for child in children if child.light in (Light.RED, Light.YELLOW)}
    worst = find_riskiest(Child(id_, child.light, standings[id_].completion) for id_, child in known.items())
    return known[worst.goal_id] if worst else None


def _plan_note(plan: list[GoalRow]) -> str:
    """What the weights of the owner's goals sum to, when that is not 100."""
    if len(plan) == PLAN_SHOWN:
        return ""  # a list that was cut says nothing about its sum
    problems = decide_weight_problems(Decimal(one.weight) for one in plan)
    return say(problems[0]) if problems else ""
