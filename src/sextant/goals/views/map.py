"""The goal map and its list: what supports what, filtered by what stands in the address."""

from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import company_day, now
from sextant.goals.access import Sight, sight_of
from sextant.goals.contracts import CycleRow, GoalMap, GoalRow
from sextant.goals.messages.goals import KINDS, name_of_cycle, name_of_levels
from sextant.goals.models import Goal
from sextant.goals.queries import (
    find_on_map,
    list_cycles,
    list_rows,
    read_branch,
    read_map,
    worst_first,
)
from sextant.goals.queries.scope import count_lights_and
from sextant.goals.views.cards import Drawing, cards_of, make_branches, make_cards, told_query
from sextant.goals.views.filters import MapFilters
from sextant.lowcode.queries.field_lens import FieldLens, read_lens
from sextant.people.contracts import UnitRow
from sextant.people.queries import list_units, names_of_units
from sextant.ui.marks import word_of

PAGE_ROWS = 40
MOST_COLUMNS = 4
UNIT_OPTIONS = 150
"""More units than this are no list to choose from: deeper ones are reached from their own page."""


class _Scope(NamedTuple):
    """The goals of one request: `visible` of any cycle, `goals` of the chosen one, `narrowed` by all filters but the
    light, `matches` by all."""

    visible: QuerySet[Goal]
    goals: QuerySet[Goal]
    narrowed: QuerySet[Goal]
    matches: QuerySet[Goal]


@needs(Permission.GOAL_READ)
@require_GET
def goal_map(request: HttpRequest) -> HttpResponse:
    """The map, or with ?view=list the list, of the goals the reader may see."""
    actor, today = actor_of(request), company_day(now(), settings.SEXTANT_ZONE)
    cycles = list_cycles()
    # a tree wants width: on a phone the list comes first, and the map is one tap away
    usual = "list" if "Mobi" in request.headers.get("User-Agent", "") else "map"
    filters = MapFilters.of(request.GET, cycles=cycles, today=today, usual_view=usual)
    sight = sight_of(actor, on=today)
    # custom fields are looked through in the list: a map shows ways, and few cells fit on a card
    lens = read_lens("goal", request.GET, actor=actor, now=now(), on=today) if filters.as_list else FieldLens("goal")
    scope = _scope(sight.goals, filters, today, lens)
    counts, matching = count_lights_and(scope.narrowed, scope.matches)
    context = {
        "lens": lens,
        "filters": filters,
        "cycle_name": _cycle_name(filters.cycle),
        "cycle_options": [(one.code, _cycle_name(one)) for one in cycles],
        "unit_options": _unit_options(sight, today),
        "light_options": [(light.value, word_of(light)) for light in Light],
        "kind_options": [(kind.value, name) for kind, name in KINDS.items()],
        "counts": counts,
        # heads of units come to their report from the page of the unit
        "may_see_quality": may(actor, Permission.GOAL_READ_ALL),
        "may_evaluate": may(actor, Permission.RUN_START),
        "may_import": may(actor, Permission.GOAL_IMPORT),
        "here": request.get_full_path(),
        **(_list_of(request, scope, lens, matching) if filters.as_list else _map_of(filters, scope)),
    }
    if request.headers.get("HX-Request"):
        return render(request, "goals/_more_tops.html", context)
    answer = render(request, "goals/map.html", context)
    patch_vary_headers(answer, ["User-Agent"])
    return answer


@needs(Permission.GOAL_READ)
@require_GET
def branch(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The children of one goal, as list items for the map."""
    actor, today = actor_of(request), company_day(now(), settings.SEXTANT_ZONE)
    sight = sight_of(actor, on=today)
    try:
        sight.access(goal_id)
    except AccessDenied as error:
        raise Http404 from error
    filters = MapFilters.of(request.GET, cycles=list_cycles(), today=today)
    goals = filters.of_cycle(sight.goals)
    depth = min(int(request.GET.get("depth", "2")) if request.GET.get("depth", "2").isdecimal() else 2, 20)
    read = read_branch(goal_id, goals, offset=filters.offset)
    cycle = filters.cycle.code if filters.cycle else ""
    branches = make_branches(read.nodes, Drawing(cycle, sight.goals), depth=depth)
    context = {
        "branches": branches,
        "told": told_query(cards_of(branches)),
        "next_href": _next_href(request, read),
    }
    return render(request, "goals/_branches.html", context)


def _scope(visible: QuerySet[Goal], filters: MapFilters, today: date, lens: FieldLens) -> _Scope:
    goals = filters.of_cycle(visible)
    narrowed = filters.narrow(goals, today=today)
    if lens.is_narrow:
        narrowed = narrowed.filter(lens.condition())
    return _Scope(visible, goals, narrowed, filters.by_light(narrowed))


def _map_of(filters: MapFilters, scope: _Scope) -> dict[str, object]:
    if filters.is_narrow:
        found = find_on_map(worst_first(scope.matches), goals=scope.goals, visible=scope.visible, offset=filters.offset)
    else:
        found = read_map(scope.goals, visible=scope.visible, offset=filters.offset)
    cycle = filters.cycle.code if filters.cycle else ""
    drawing = Drawing(cycle, scope.visible, found=filters.is_narrow, highlight=bool(filters.person))
    branches = make_branches(found.nodes, drawing)
    return {
        "branches": branches,
        "told": told_query(cards_of(branches)),
        "next_offset": found.next_offset,
        "columns": _columns(found),
        "chain": _chain(found) if filters.person else None,
    }


def _columns(found: GoalMap) -> list[str]:
    """Heads of the columns, by whose goals stand in each; [] for a tree too deep for columns, which is indented."""
    columns: list[str] = []
    level = list(found.nodes)
    while level:
        columns.append(name_of_levels(node.goal for node in level if node.goal))
        level = [child for node in level for child in node.children]
    return columns if len(columns) <= MOST_COLUMNS else []


def _chain(found: GoalMap) -> list[GoalRow]:
    """The way to the first goal that was found, for the strip above the map; [] when it stands alone."""
    way: list[GoalRow] = []
    nodes = found.nodes
    while nodes:
        node = nodes[0]
        if node.goal is not None:
            way.append(node.goal)
            if node.is_match:
                break
        nodes = node.children
    return way if len(way) > 1 else []


def _list_of(request: HttpRequest, scope: _Scope, lens: FieldLens, matching: int) -> dict[str, object]:
    goals = worst_first(scope.matches, first=lens.order())
    paginator = Paginator(goals, PAGE_ROWS)
    paginator.count = matching  # the statement that counts the lights has counted these too
    page = paginator.get_page(request.GET.get("page"))
    rows = list_rows(page.object_list)  # type: ignore[arg-type]
    cards = make_cards(rows, visible=scope.visible)
    cells = lens.cells([row.id for row in rows], actor=actor_of(request))
    return {
        "cards": cards,
        "rows": [(card, cells.get(card.goal.id, ())) for card in cards],
        "told": told_query(cards),
        "page": page,
    }


def _cycle_name(cycle: CycleRow | None) -> str:
    return name_of_cycle(cycle.code, cycle.name) if cycle else ""


def _unit_options(sight: Sight, today: date) -> list[tuple[int, str]]:
    """Units to choose from, indented by depth; those around the reader, or all for who reads all."""
    if sight.unit_ids is None:
        units = list_units(on=today)
        return [(unit.id, _indented(unit)) for unit in units[:UNIT_OPTIONS] if unit.depth <= 4]
    return sorted(names_of_units(sight.unit_ids).items())[:UNIT_OPTIONS]


def _indented(unit: UnitRow) -> str:
    return f"{'　' * max(unit.depth - 1, 0)}{unit.name}"


def _next_href(request: HttpRequest, read: GoalMap) -> str:
    if read.next_offset is None:
        return ""
    query = request.GET.copy()
    query["from"] = str(read.next_offset)
    return f"{request.path}?{query.urlencode()}"
