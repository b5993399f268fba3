"""The page of a red light's conversation, and its paper."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from sextant.engines.values import Light
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.lowcode.registry_calendar import company_calendar
from sextant.metrics.messages.metrics import say_reason
from sextant.metrics.queries import row_of_metric, standings_of
from sextant.tracking.actions.case_analysis import begin_analysis
from sextant.tracking.contracts.cases import CaseOutcome
from sextant.tracking.forms.cases import MeasureForm, MeetingForm, RestrictionForm
from sextant.tracking.messages.cases import OUTCOMES, ROLES
from sextant.tracking.models import TalkMeasure, TalkRestriction
from sextant.tracking.queries.cases import list_marks, minutes_of
from sextant.tracking.views.case_accounts import list_accounts, list_held
from sextant.tracking.views.case_asking import AskedCase, ask_case, back_to, refusals_told
from sextant.tracking.views.case_parts import (
    outcome_of,
    proposed_at,
    shown_days,
    shown_seats,
    shown_stations,
    split_by_weeks,
    strip_of,
)
from sextant.tracking.views.case_split import ADDS_UP

MEASURE_DAYS = 7


@needs(Permission.TRACKING_READ)
@require_safe
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """The page of a case: to act in for the three, to read for the others."""
    return render(request, "tracking/cases/page.html", _context(ask_case(request, case_id)))


@needs(Permission.TRACKING_READ)
@require_safe
def case_print(request: HttpRequest, case_id: int) -> HttpResponse:
    """Minutes, measures and outcome as a paper: what the browser prints."""
    return render(request, "tracking/cases/print.html", _context(ask_case(request, case_id)))


@needs(Permission.TRACKING_ACT)
@require_POST
def case_analysis(request: HttpRequest, case_id: int) -> HttpResponse:
    """To the sheet of the reader's own account, made when it is not there yet."""
    asked = ask_case(request, case_id)
    with refusals_told(request):
        return redirect("lowcode:sheet", begin_analysis(case_id, **asked.who))
    return back_to(case_id, place="analysis")


def _context(asked: AskedCase) -> dict[str, object]:
    case = asked.case
    goal = case.goal
    standing = standings_of([goal.pk]).get(goal.pk)
    metric = row_of_metric(goal.metric) if goal.metric else None
    measures = list(TalkMeasure.objects.filter(case=case).select_related("person").order_by("due_on", "id"))
    marks = list_marks(case.pk)
    is_sum = metric is not None and metric.aggregation in ADDS_UP and metric.direction == "higher"
    return {
        "asked": asked,
        "case": case,
        "goal": goal,
        "metric": metric,
        "standing": standing,
        "light": standing.light if standing else Light.NONE,
        "before": Light(case.light_before) if case.light_before else None,
        "reason": say_reason(case.reason_code, case.reason_params) if case.reason_code else "",
        "strip": strip_of(standing),
        "stations": shown_stations(asked, measures),
        "split": split_by_weeks(standing, is_sum=is_sum, ratio=case.out_ratio),
        "accounts": list_accounts(asked),
        "seats": shown_seats(asked),
        "minutes": minutes_of(case),
        "signed": [one for one in asked.seen.seats if one.agreed_at],
        "measures": measures,
        "measures_done": sum(one.done_on is not None for one in measures),
        "held": list_held(TalkRestriction.objects.filter(case=case).order_by("id")),
        "result": outcome_of(asked, marks),
        "marks": marks,
        "outcome": OUTCOMES[CaseOutcome(case.outcome)] if case.outcome else "",
        "lasted": (case.closed_at - case.opened_at).days if case.closed_at else None,
        "today": asked.today,
        **_writing(asked),
    }


def _writing(asked: AskedCase) -> dict[str, object]:
    """The forms, and the days that may be chosen, for who may use them. One query while the meeting is open."""
    found: dict[str, object] = {}
    if asked.is_unsettled:
        calendar = company_calendar()
        found["days"] = shown_days(asked, calendar)
        found["can_agree"] = asked.case.meets_at is not None and asked.case.meets_at <= asked.moment
        if asked.may_lead:
            initial = {"meets_at": proposed_at(asked, calendar), "place": asked.case.place}
            found["meeting_form"] = MeetingForm(initial=initial, auto_id="meet-%s")
    if asked.may_write:
        people = [(one.person_id, f"{one.person.name} · {ROLES[one.role]}") for one in asked.seen.seats]  # type: ignore[index]
        due_on = asked.today + timedelta(days=MEASURE_DAYS)
        found["measure_form"] = MeasureForm(people=people, initial={"due_on": due_on}, auto_id="measure-%s")
    if asked.may_restrict:
        found["restriction_form"] = RestrictionForm(auto_id="restriction-%s")
    return found
