"""团队目标: the people below, what each has promised, and how it stands."""

from datetime import date

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.access import Sight, sight_of
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.messages.plans import STATES
from sextant.goals.queries import choose_current_cycle, list_cycles
from sextant.goals.queries.team import read_team
from sextant.people.contracts import PersonRow
from sextant.people.queries import list_persons, list_subtree_ids, list_units

PAGE_PEOPLE = 30
MOST_PEOPLE = 2000
UNIT_OPTIONS = 150
SEARCH_LENGTH = 100


@needs(Permission.GOAL_READ)
@require_GET
def team(request: HttpRequest) -> HttpResponse:
    """The matrix of one cycle, thirty people at a time; who reads everyone chooses a unit."""
    actor, today = actor_of(request), company_day(now(), settings.SEXTANT_ZONE)
    sight = sight_of(actor, on=today)
    cycles = list_cycles()
    cycle = next((one for one in cycles if one.code == request.GET.get("cycle")), None)
    cycle = cycle or choose_current_cycle(cycles, on=today)
    unit = request.GET.get("unit", "")
    units = _units(sight, today)
    unit_id = int(unit) if unit.isdecimal() and int(unit) in dict(units) else None
    search = request.GET.get("q", "").replace("\0", "").strip()[:SEARCH_LENGTH]
    people = _people(actor, sight, unit_id=unit_id, search=search, on=today)
    page = Paginator(people, PAGE_PEOPLE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    matrix = (
        read_team(sight.goals, sight.plans, person_ids=[one.id for one in shown], cycle_id=cycle.id)
        if cycle and shown
        else None
    )
    context = {
        "cycle": cycle,
        "cycle_name": name_of_cycle(cycle.code, cycle.name) if cycle else "",
        "cycle_options": [(one.code, name_of_cycle(one.code, one.name)) for one in cycles],
        "unit_options": units,
        "unit_id": unit_id,
        "search": search,
        "page": page,
        "matrix": matrix,
        "rows": [
            (person, row, STATES[row.plan_state] if row.plan_state else "")
            for person, row in zip(shown, matrix.rows if matrix else (), strict=True)
        ]
        if matrix
        else [],
    }
    return render(request, "goals/plans/team.html", context)


def _people(actor: Actor, sight: Sight, *, unit_id: int | None, search: str, on: date) -> list[PersonRow]:
    """Everyone in sight but the reader, by name, or those of a unit and what is below it, or those a search finds."""
    ids = None if sight.person_ids is None else sight.person_ids - {actor.person_id}
    within = None if unit_id is None else list_subtree_ids([unit_id], on=on)
    found = list_persons(on=on, ids=ids, unit_ids=within, search=search, limit=MOST_PEOPLE)
    return [one for one in found if one.id != actor.person_id]


def _units(sight: Sight, on: date) -> list[tuple[int, str]]:
    """Units to choose from, indented by depth: for who reads everyone."""
    if sight.unit_ids is not None:
        return []
    units = list_units(on=on)[:UNIT_OPTIONS]
    return [(one.id, f"{'　' * max(one.depth - 1, 0)}{one.name}") for one in units]
