"""What an evaluation run changed: the goals whose light became another one, from green to red first."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.access import sight_of
from sextant.goals.contracts import GoalRow
from sextant.goals.queries import list_rows
from sextant.goals.views.cards import owner_of
from sextant.metrics.queries.light_changes import LightChangeRow, count_changes_of_run, list_changes_of_run
from sextant.metrics.queries.run_records import find_run_record
from sextant.metrics.queries.runs import get_run

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class _ChangedGoal:
    change: LightChangeRow
    goal: GoalRow
    owner: object


@needs(Permission.GOAL_READ)
@require_GET
def changes(request: HttpRequest, run_id: int) -> HttpResponse:
    """The changes of a run among the goals the reader may see, page by page."""
    if find_run_record(run_id) is None:
        raise Http404
    visible = sight_of(actor_of(request), on=company_day(now(), settings.SEXTANT_ZONE)).goals
    ids = visible.order_by().values("id")
    total = count_changes_of_run(run_id, goal_ids=ids)
    pages = max(1, -(-total // PER_PAGE))
    asked = request.GET.get("page", "1")
    number = min(max(int(asked) if asked.isdecimal() and len(asked) < 9 else 1, 1), pages)
    found = list_changes_of_run(run_id, goal_ids=ids, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    goals = {row.id: row for row in list_rows(visible.filter(id__in=[change.goal_id for change in found]))}
    context = {
        "run": get_run(run_id),
        "changed": [
            _ChangedGoal(change, goals[change.goal_id], owner_of(goals[change.goal_id]))
            for change in found
            if change.goal_id in goals
        ],
        "number": number,
        "pages": pages,
        "total": total,
    }
    return render(request, "goals/changes.html", context)
