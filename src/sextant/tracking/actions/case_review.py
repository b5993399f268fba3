"""复核: each evaluation writes the weeks down; cases whose weeks have spoken end, or ask for a decision."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from sextant.engines.schedule import week_of
from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.clock import company_day
from sextant.goals.contracts import GoalState
from sextant.goals.queries.statuses import statuses_of
from sextant.lowcode.registry_calendar import company_calendar
from sextant.metrics.contracts import StandingRow
from sextant.metrics.queries import standings_of
from sextant.tracking.access import SeenCase
from sextant.tracking.actions.case_ending import close
from sextant.tracking.actions.case_table import CaseTable, note
from sextant.tracking.actions.case_work import refresh_work, tell
from sextant.tracking.contracts.cases import CaseOutcome, Stage
from sextant.tracking.models import TalkCase, TalkMark, TalkSeat
from sextant.tracking.policy.case_review import Review, Verdict, judge
from sextant.tracking.policy.case_stations import DECIDE_DAYS, working_day_after
from sextant.tracking.policy.case_weeks import Stood, StoodWeek, marks_of
from sextant.tracking.queries.cases import list_marks, progress_case, way_out_of

_OVER = frozenset({GoalState.CLOSED.value, GoalState.DROPPED.value})


def review_cases(*, as_of: date, actor: Actor, now: datetime) -> int:
    """Write down where the goals of open cases stand, and judge what has been watched; how many cases ended or now ask
    for a decision. Twice with the same standings is once. Six queries, and those of what moves.

    Raises AccessDenied.
    """
    require(actor, Permission.RUN_START)
    open_ones = list(_open().select_related("goal__metric"))
    _write_marks(open_ones, as_of=as_of)
    moved = 0
    for case in open_ones:
        if case.stage == Stage.WATCH.value or _is_over(case, on=as_of):
            moved += _review(case.pk, as_of=as_of, actor=actor, now=now)
    return moved


def _open() -> QuerySet[TalkCase]:
    return TalkCase.objects.filter(closed_at=None)


def _write_marks(cases: list[TalkCase], *, as_of: date) -> None:
    ids = [case.goal_id for case in cases]
    standings = standings_of(ids)
    told = statuses_of([one for one in ids if one not in standings], on=as_of)
    # a goal may have been looked at since: what came later is a later evaluation's to write down
    last = week_of(as_of).sunday
    sure: list[TalkMark] = []
    spare: list[TalkMark] = []
    for case in cases:
        light = told[case.goal_id].light if case.goal_id in told else None
        stood = _stood(case, standings.get(case.goal_id), light=light, as_of=as_of)
        if stood is not None:
            for rows, marks in zip((sure, spare), marks_of(stood, since=case.red_on), strict=True):
                rows += [
                    TalkMark(case=case, ends_on=one.ends_on, completion=one.completion, light=one.light)
                    for one in marks
                    if one.ends_on <= last
                ]
    TalkMark.objects.bulk_create(
        sure,
        update_conflicts=True,
        unique_fields=["case", "ends_on"],
        update_fields=["completion", "light"],
    )
    TalkMark.objects.bulk_create(spare, ignore_conflicts=True)


def _stood(case: TalkCase, standing: StandingRow | None, *, light: Light | None, as_of: date) -> Stood | None:
    """Where the goal stands: as computed, as told by hand, or not judged at all while it is suspended."""
    if case.goal.state == GoalState.SUSPENDED:
        return Stood(as_of, None, Light.NONE)
    if standing is None:
        return None if light is None else Stood(as_of, None, light)
    return Stood(
        standing.as_of,
        standing.completion,
        standing.light,
        tuple(StoodWeek(one.ends_on, one.value, one.expected, one.light) for one in standing.weeks),
        case=progress_case(case.goal),
        start=case.goal.start,
    )


def _is_over(case: TalkCase, *, on: date) -> bool:
    return case.goal.state in _OVER or case.goal.until_on <= on


def _review(case_id: int, *, as_of: date, actor: Actor, now: datetime) -> bool:
    """Judge one case under its lock; whether it moved."""
    with transaction.atomic():
        case = _open().select_for_update(of=("self",)).select_related("goal", "owner").filter(id=case_id).first()
        if case is None:
            return False
        seats = tuple(TalkSeat.objects.filter(case=case).order_by("id"))
        table = CaseTable(SeenCase(case, seats, None, False), actor, now, company_day(now, settings.SEXTANT_ZONE))
        way = way_out_of(case)
        review = judge(list_marks(case_id), way, on=as_of) if way and case.judged_at is None else None
        if review is not None and review.verdict is Verdict.RECOVERED:
            close(table, CaseOutcome.RECOVERED)
        elif _is_over(case, on=as_of):
            close(table, CaseOutcome.GOAL_OVER)
        elif review is not None and review.verdict is not Verdict.GOING:
            _ask_to_decide(table, review)
        else:
            return False
        return True


def _ask_to_decide(table: CaseTable, review: Review) -> None:
    """The weeks did not turn it, or nobody knows: who runs the talk says what follows."""
    case = table.case
    case.judged_at, case.stage = table.now, Stage.DECIDE.value
    case.due_on = working_day_after(table.today, DECIDE_DAYS, calendar=company_calendar())
    case.save(update_fields=["judged_at", "stage", "due_on"])
    refresh_work(table.seen, now=table.now, by=None)
    key = f"judged:{table.now.isoformat()}"
    tell(table.seen, "tracking.case_judged", key=key, now=table.now, params={"weeks": review.measured})
    note(table, "judge_red_case", {"verdict": review.verdict.value, "good": review.good, "measured": review.measured})
