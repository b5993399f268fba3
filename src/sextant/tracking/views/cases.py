"""过程跟踪: the list of red lights' conversations, mine and my team's; and the line on the page of a goal."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.views.asking import ask_goal
from sextant.goals.views.plan_parts import read_id
from sextant.tracking.access import case_sight
from sextant.tracking.contracts.cases import CaseOutcome, CaseRow, Stage
from sextant.tracking.messages.cases import OUTCOMES, STAGES
from sextant.tracking.policy.case_stations import is_late
from sextant.tracking.queries.cases import count_stages, find_case_of_goal, list_cases

SHOWN = 50
TONES = {Stage.ANALYSIS: "acc", Stage.MEETING: "acc", Stage.WATCH: "", Stage.DECIDE: "warn", Stage.CLOSED: ""}


@needs(Permission.TRACKING_READ)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The cases in sight: `whose` narrows to the reader's own or those of others, `stage` to one stage; all that are
    open, unless it says otherwise."""
    actor, today = actor_of(request), company_day(now(), settings.SEXTANT_ZONE)
    sight = case_sight(actor, on=today)
    whose, asked = request.GET.get("whose", ""), request.GET.get("stage", "")
    found = sight.cases
    if whose == "mine":
        found = found.filter(owner_id=actor.person_id)
    elif whose == "team":
        found = sight.team
    counts = count_stages(found)
    stage = Stage(asked) if asked in set(Stage) else None
    chosen = found.exclude(stage=Stage.CLOSED) if stage is None else found.filter(stage=stage)
    total = sum(counts[one] for one in Stage if one is not Stage.CLOSED) if stage is None else counts[stage]
    page = max(read_id(request.GET.get("page")) or 1, 1)
    rows = list_cases(chosen, limit=SHOWN, offset=(page - 1) * SHOWN)
    context = {
        "rows": [_line(one, today=today) for one in rows],
        "stages": [(one.value, STAGES[one], counts[one]) for one in Stage],
        "open_count": sum(counts[one] for one in Stage if one is not Stage.CLOSED),
        "whose": whose if whose in {"mine", "team"} else "",
        "stage": stage.value if stage else "",
        "has_team": sight.below is None or bool(sight.below),
        "total": total,
        "page": page,
        "pages": max(-(-total // SHOWN), 1),
        "today": today,
    }
    return render(request, "tracking/cases/list.html", context)


@needs(Permission.GOAL_READ)
@require_safe
def goal_case(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The line on the page of a goal that leads to its case; nothing where there is none in sight."""
    asked = ask_goal(request, goal_id)
    row = find_case_of_goal(case_sight(asked.actor, on=asked.today).cases, goal_id)
    context = {"line": _line(row, today=asked.today) if row else None}
    return render(request, "tracking/cases/_of_goal.html", context)


def _line(row: CaseRow, *, today: object) -> dict[str, object]:
    """A case with its words."""
    outcome = OUTCOMES[CaseOutcome(row.outcome)] if row.outcome else ""
    return {
        "row": row,
        "stage": STAGES[row.stage],
        "tone": "good" if row.outcome is CaseOutcome.RECOVERED else TONES[row.stage],
        "outcome": outcome,
        "is_late": is_late(row.due_on, today=today),  # type: ignore[arg-type]
    }
