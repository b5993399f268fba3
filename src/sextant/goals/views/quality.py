"""目标质量报告: how the goals of a unit are written, which to talk about first, and how they could be written."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from sextant.engines.goal_quality import Assessment, score_unit
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.access import Sight, sight_of
from sextant.goals.contracts import GoalState
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.messages.quality import WORDS, say_quality, write_rewrite
from sextant.goals.queries import list_cycles, within_units
from sextant.goals.queries.quality import OwnerQuality, assess_goals
from sextant.goals.views.filters import MapFilters
from sextant.people.contracts import UnitRow
from sextant.people.queries import list_unit_pairs, list_units

PLANS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ToldGoal:
    """A goal with something to mend. `findings` are (word, sentence)."""

    title: str
    href: str
    score: Decimal
    findings: tuple[tuple[str, str], ...]
    rewrite: str


@dataclass(frozen=True, slots=True)
class ToldPlan:
    """An owner whose goals have something to mend."""

    name: str
    href: str
    score: Decimal | None
    count: int
    goals: tuple[ToldGoal, ...]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit below the one looked at. `clean` is the share of goals with nothing to mend."""

    id: int
    name: str
    score: Decimal | None
    goals: int
    clean: Decimal | None


@needs(Permission.GOAL_READ)
@require_GET
def quality(request: HttpRequest) -> HttpResponse:
    """The report of a unit and everything below it: any unit for readers of all goals, else those one heads."""
    actor, today = actor_of(request), company_day(now(), settings.SEXTANT_ZONE)
    sight = sight_of(actor, on=today)
    units = list_units(on=today)
    offered = _offered(sight, units, actor.person_id)
    cycles = list_cycles()
    filters = MapFilters.of(request.GET, cycles=cycles, today=today)
    chosen = next((one for one in offered if one.id == filters.unit_id), offered[0])
    below = list_unit_pairs([chosen.id, *(one.id for one in units if one.parent_id == chosen.id)])
    inside = [unit for top, unit in below if top == chosen.id]
    goals = sight.goals.filter(cycle_id=filters.cycle.id) if filters.cycle else sight.goals.none()
    goals = goals.exclude(state__in=[GoalState.DROPPED, GoalState.CLOSED])
    plans = assess_goals(within_units(goals, inside, on=today))
    page = Paginator([one for one in plans if _to_mend(one)], PLANS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "cycle_code": filters.cycle.code if filters.cycle else "",
        "cycle_options": [(one.code, name_of_cycle(one.code, one.name)) for one in cycles],
        "unit": chosen,
        "unit_options": [(one.id, f"{'　' * max(one.depth - offered[0].depth, 0)}{one.name}") for one in offered],
        "whole": _line(chosen, plans),
        "plan_count": len(plans),
        "lines": _lines(units, chosen, plans, below),
        "words": _words(plans),
        "plans": [_told(one) for one in page],
        "page": page,
    }
    return render(request, "goals/quality/report.html", context)


def _offered(sight: Sight, units: Sequence[UnitRow], person_id: int | None) -> list[UnitRow]:
    """Units to choose from, in tree order. Whoever heads none has no report to read."""
    if sight.unit_ids is None:
        offered = list(units)
    else:
        headed = {one.id for one in units if person_id is not None and one.head_id == person_id}
        inside = {unit for _, unit in list_unit_pairs(headed)} if headed else set()
        offered = [one for one in units if one.id in inside]
    if not offered:
        raise PermissionDenied
    return offered


def _to_mend(plan: OwnerQuality) -> bool:
    return any(goal.findings for goal in plan.quality.goals)


def _line(unit: UnitRow, plans: Sequence[OwnerQuality]) -> UnitLine:
    goals = [goal for plan in plans for goal in plan.quality.goals]
    clean = sum(1 for goal in goals if not goal.findings)
    share = Decimal(clean) / len(goals) if goals else None
    return UnitLine(unit.id, unit.name, score_unit(plan.quality.score for plan in plans), len(goals), share)


def _lines(
    units: Sequence[UnitRow], chosen: UnitRow, plans: Sequence[OwnerQuality], below: Iterable[tuple[int, int]]
) -> list[UnitLine]:
    """The units right below, those with most to mend first; units without goals are left out."""
    top_of = {unit: top for top, unit in below if top != chosen.id}
    by_top: dict[int, list[OwnerQuality]] = {}
    for plan in plans:
        if plan.unit_id in top_of:
            by_top.setdefault(top_of[plan.unit_id], []).append(plan)
    lines = [_line(one, by_top[one.id]) for one in units if one.id in by_top]
    return sorted(lines, key=lambda line: (line.score or Decimal(0), line.name))


def _words(plans: Iterable[OwnerQuality]) -> list[tuple[str, int]]:
    """How many goals have which fault, the commonest first."""
    counts: Counter[str] = Counter()
    for plan in plans:
        for goal in plan.quality.goals:
            counts.update({str(WORDS[one.code]) for one in goal.findings})
    return counts.most_common()


def _told(plan: OwnerQuality) -> ToldPlan:
    goals = tuple(_told_goal(one, plan.titles) for one in plan.quality.goals if one.findings)
    name = "web:person" if plan.person_id is not None else "web:unit"
    key = plan.person_id if plan.person_id is not None else plan.unit_id
    return ToldPlan(plan.name, reverse(name, args=[key]), plan.quality.score, len(plan.quality.goals), goals)


def _told_goal(goal: Assessment, titles: Mapping[int, str]) -> ToldGoal:
    said = tuple((str(WORDS[one.code]), say_quality(one, titles)) for one in goal.findings)
    rewrite = write_rewrite(goal.rewrite) if goal.rewrite else ""
    return ToldGoal(titles[goal.key], reverse("goals:detail", args=[goal.key]), goal.score, said, rewrite)
