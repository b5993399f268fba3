"""How goals are written: checked one by one, plan by plan, unit by unit. Whoever edits a goal asks `assess_terms`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from sextant.engines.agreement import GoalTerms
from sextant.engines.evaluation import Aggregation, Direction
from sextant.engines.goal_quality import Assessment, Draft, PlanQuality, Reach, Shape, check_plan
from sextant.engines.values import round_half_up
from sextant.goals.contracts import GoalKind, GoalState
from sextant.goals.models import Goal
from sextant.metrics import queries as metrics
from sextant.metrics.contracts import MetricRow
from sextant.people.models import Post

SHAPES: Mapping[GoalKind, Shape] = {
    GoalKind.OBJECTIVE: Shape.DIRECTION,
    GoalKind.KEY_RESULT: Shape.MEASURED,
    GoalKind.KPI: Shape.MEASURED,
    GoalKind.GS: Shape.DELIVERED,
    GoalKind.MILESTONE: Shape.DELIVERED,
    GoalKind.ACTION: Shape.DELIVERED,
    GoalKind.BEHAVIOUR: Shape.STANDARD,
    GoalKind.BONUS: Shape.STANDARD,
    GoalKind.PENALTY: Shape.STANDARD,
    GoalKind.VETO: Shape.STANDARD,
}
"""What makes a goal of each kind decidable."""

_COLUMNS = (
    *("id", "title", "kind", "description", "deliverable", "due_on", "from_on", "until_on", "weight", "cycle_id"),
    *("base", "start", "range_low", "range_high", "owner_person_id", "owner_unit_id", "metric_id"),
    *("owner_person__name", "owner_unit__name", "results", "milestones_n", "actions_n", "member_of"),
)


@dataclass(frozen=True, slots=True)
class OwnerQuality:
    """The goals of one owner in one cycle. `unit_id` is the owner itself or where they sit; None = between two posts.
    `titles` of the goals by id."""

    name: str
    person_id: int | None
    unit_id: int | None
    quality: PlanQuality
    titles: Mapping[int, str]


def assess_goals(goals: QuerySet[Goal]) -> list[OwnerQuality]:
    """`goals` by owner and cycle, the worst first. Five queries, however many goals."""
    rows = _rows(goals)
    known = metrics.metric_map({row["metric_id"] for row in rows if row["metric_id"]})
    reach = _reach(rows)
    plans: defaultdict[tuple[object, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        plans[row["owner_person_id"], row["owner_unit_id"], row["cycle_id"]].append(row)
    assessed = [_assess(listed, known, reach) for listed in plans.values()]
    return sorted(assessed, key=lambda one: (one.quality.score or Decimal(0), one.name))


def assess_terms(
    texts: Sequence[tuple[int, GoalTerms]],
    *,
    owner: str,
    last_on: date,
    results: Collection[int] = (),
    known: Mapping[str, MetricRow] | None = None,
) -> list[Assessment]:
    """The goals of one plan as they are being written, in their order: for the editor and the negotiation page.

    `texts` are the goals by id, the one being edited with its unsaved text; `last_on` is the last day of the cycle;
    `results` the objectives that have key results below them; `known` metrics by code. One query, none where they are
    at hand.
    """
    if known is None:
        codes = {terms.metric for _, terms in texts if terms.metric}
        known = {metric.code: metric for metric in metrics.list_metrics(codes=codes)} if codes else {}
    drafts = [
        _draft(
            key,
            {name: getattr(terms, name) for name in _WORDS_AND_NUMBERS},
            metric=known.get(terms.metric),
            owner=owner,
            last_on=last_on if terms.until_on is None else terms.until_on - timedelta(days=1),
            results=int(key in results),
            steps=len(terms.milestones) + len(terms.actions),
        )
        for key, terms in texts
    ]
    return list(check_plan(drafts).goals)


def with_results(goal_ids: Collection[int]) -> frozenset[int]:
    """Those of these goals that have key results below them. One query, none without goals."""
    below = Goal.objects.filter(parent_id__in=goal_ids).exclude(state=GoalState.DROPPED)
    return frozenset(one for one in below.values_list("parent_id", flat=True) if one is not None)


_WORDS_AND_NUMBERS = (
    *("title", "kind", "description", "deliverable", "due_on", "weight", "base", "start", "range_low", "range_high"),
)
_MOST_EARLIER = 4_000
"""Earlier goals looked at for what was ever reached, the latest first: bounds the cost in an old company."""

_Line = tuple[int, int]
"""Metric and length of the period in days: values are comparable along one."""


def _assess(
    rows: Sequence[dict[str, Any]], known: Mapping[int, MetricRow], reach: Mapping[int, Reach | None]
) -> OwnerQuality:
    first = rows[0]
    drafts = [
        _draft(
            row["id"],
            row,
            metric=known.get(row["metric_id"]),
            owner=row["owner_person__name"] or row["owner_unit__name"] or "",
            last_on=row["until_on"] - timedelta(days=1),
            results=row["results"],
            steps=row["milestones_n"] + row["actions_n"],
            reach=reach.get(row["id"]),
        )
        for row in rows
    ]
    return OwnerQuality(
        name=drafts[0].owner,
        person_id=first["owner_person_id"],
        unit_id=first["owner_unit_id"] or first["member_of"],
        quality=check_plan(drafts),
        titles={row["id"]: row["title"] for row in rows},
    )


def _draft(
    key: int,
    told: Mapping[str, Any],
    *,
    metric: MetricRow | None,
    owner: str,
    last_on: date,
    results: int,
    steps: int,
    reach: Reach | None = None,
) -> Draft:
    shape = SHAPES[GoalKind(told["kind"])]
    return Draft(
        **{name: told[name] for name in _WORDS_AND_NUMBERS if name != "kind"},
        key=key,
        shape=shape,
        owner=owner,
        metric=metric.name if metric else "",
        unit=_unit(metric) if metric else "",
        direction=Direction(metric.direction) if metric else Direction.HIGHER,
        last_on=last_on,
        results=results,
        steps=steps,
        reach=_shown(reach, metric.decimals) if reach and metric else None,
    )


def _shown(reach: Reach, decimals: int) -> Reach:
    """What was reached, as the metric is shown: nobody sets a target of 90.355330."""
    own, best = (None if one is None else round_half_up(one, decimals) for one in (reach.own, reach.best))
    return Reach(own, best, reach.peers, reach.limit)


def _unit(metric: MetricRow) -> str:
    # the library leaves the unit of a ratio empty, because values are kept as 0.87 and shown as 87 %
    return metric.unit_label or ("%" if metric.aggregation == Aggregation.RATIO else "")


def _rows(goals: QuerySet[Goal]) -> list[dict[str, Any]]:
    post = Post.objects.filter(person_id=OuterRef("owner_person_id"), is_primary=True).order_by("-valid_from")
    counted = goals.order_by("id").annotate(
        results=Count("children", distinct=True),
        milestones_n=Count("milestones", filter=Q(milestones__due_on__isnull=False), distinct=True),
        actions_n=Count("action_items", filter=Q(action_items__due_on__isnull=False), distinct=True),
        member_of=Subquery(post.values("unit_id")[:1]),
    )
    return list(counted.values(*_COLUMNS))


def _reach(rows: Sequence[Mapping[str, Any]]) -> dict[int, Reach | None]:
    """What earlier goals of the same metric and length reached in the end, by goal: the owner's own best, everybody's.

    A goal whose last run was before its end says nothing: half a quarter is no quarter.
    """
    asked = [row for row in rows if row["metric_id"]]
    if not asked:
        return {}
    begins = max(row["from_on"] for row in asked)
    earlier = Goal.objects.filter(metric_id__in={row["metric_id"] for row in asked}, until_on__lte=begins)
    columns = ("id", "metric_id", "metric__direction", "owner_person_id", "owner_unit_id", "from_on", "until_on")
    found = list(earlier.order_by("-until_on", "-id").values(*columns)[:_MOST_EARLIER])
    standings = metrics.standings_of([one["id"] for one in found])
    reached: defaultdict[_Line, list[tuple[tuple[object, object], Decimal]]] = defaultdict(list)
    lower = {one["metric_id"] for one in found if one["metric__direction"] == Direction.LOWER}
    for one in found:
        standing = standings.get(one["id"])
        if standing is not None and standing.value is not None and standing.elapsed >= 1:
            reached[_line(one)].append(((one["owner_person_id"], one["owner_unit_id"]), standing.value))
    return {row["id"]: _best(row, reached[_line(row)], is_lower=row["metric_id"] in lower) for row in asked}


def _line(row: Mapping[str, Any]) -> _Line:
    # quarters have 90 to 92 days: to the nearest ten they are one length
    return row["metric_id"], round((row["until_on"] - row["from_on"]).days / 10)


def _best(
    row: Mapping[str, Any], values: Iterable[tuple[tuple[object, object], Decimal]], *, is_lower: bool
) -> Reach | None:
    everyone = list(values)
    if not everyone:
        return None
    choose = min if is_lower else max
    owner = (row["owner_person_id"], row["owner_unit_id"])
    own = [value for who, value in everyone if who == owner]
    peers = len({who for who, _ in everyone})
    return Reach(choose(own) if own else None, choose(value for _, value in everyone), peers)
