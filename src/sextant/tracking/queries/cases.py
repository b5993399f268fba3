"""红灯跟踪: cases as rows, where each stands, what the weeks said."""

from collections.abc import Collection, Iterable

from django.db.models import Count, Q, QuerySet

from sextant.engines.evaluation import Aggregation, Case, Direction, MetricSpec, case_of
from sextant.engines.values import Light
from sextant.goals.models import Goal
from sextant.goals.queries.specs import spec_from
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.models import DefinitionVersion
from sextant.lowcode.queries.definitions import version_row
from sextant.tracking.contracts.cases import CaseOutcome, CaseRow, Minutes, SeatRole, Stage
from sextant.tracking.models import TalkCase, TalkMark, TalkSeat
from sextant.tracking.policy.case_review import WayOut, WeekMark
from sextant.tracking.policy.case_stations import CaseFacts, Deadlines


def facts_of(case: TalkCase, seats: Iterable[TalkSeat], *, measures_open: int = 0) -> CaseFacts:
    """What decides where the case stands. No query."""
    return CaseFacts(
        deadlines=Deadlines(case.owner_due_on, case.manager_due_on, case.meet_due_on),
        has_manager=any(one.role == SeatRole.MANAGER.value for one in seats),
        owner_told=case.owner_told_at is not None,
        manager_told=case.manager_told_at is not None,
        is_settled=case.settled_at is not None,
        is_judged=case.judged_at is not None,
        is_closed=case.closed_at is not None,
        measures_open=measures_open,
        decide_on=case.due_on if case.judged_at is not None else None,
    )


def part_of(seat: TalkSeat) -> str:
    """The part of the case that is the account of whoever sits there now: a draft does not pass on with the seat."""
    return f"{seat.role}.{seat.person_id}"


def way_out_of(case: TalkCase) -> WayOut | None:
    """What the weeks must show; None until the minutes are confirmed."""
    if case.watch_from is None:
        return None
    return WayOut(case.watch_from, case.watch_weeks, case.out_weeks, case.out_ratio)


def list_marks(case_id: int) -> list[WeekMark]:
    """The weeks written down, oldest first. One query."""
    return [mark_of(one) for one in TalkMark.objects.filter(case_id=case_id).order_by("ends_on")]


def mark_of(mark: TalkMark) -> WeekMark:
    """A stored week as the policy reads it."""
    return WeekMark(mark.ends_on, mark.completion, Light(mark.light))


def minutes_of(case: TalkCase) -> Minutes:
    """The minutes as they stand. The writer comes with the case."""
    return Minutes(case.minutes, case.minutes_number, case.minutes_by.name if case.minutes_by else "", case.minutes_at)


def list_cases(cases: QuerySet[TalkCase], *, limit: int, offset: int = 0) -> list[CaseRow]:
    """Cases for a list: open ones first, the most pressing on top, then the latest closed. One query."""
    found = cases.select_related("goal", "owner").order_by("-closed_at", "due_on", "-opened_at", "id")
    return [case_row(one) for one in found[offset : offset + limit]]


def case_row(case: TalkCase) -> CaseRow:
    """A case, read with its goal and owner, as a row."""
    return CaseRow(
        id=case.pk,
        goal_id=case.goal_id,
        goal_title=case.goal.title,
        owner_id=case.owner_id,
        owner_name=case.owner.name,
        red_on=case.red_on,
        completion=case.completion,
        stage=Stage(case.stage),
        due_on=case.due_on,
        meets_at=case.meets_at,
        closed_at=case.closed_at,
        outcome=CaseOutcome(case.outcome) if case.outcome else None,
    )


def count_stages(cases: QuerySet[TalkCase]) -> dict[Stage, int]:
    """How many of the cases stand at each stage. One query."""
    counted = cases.order_by().aggregate(**{one.value: Count("id", filter=Q(stage=one.value)) for one in Stage})
    return {one: counted[one.value] for one in Stage}


def open_seats_of(person_id: int) -> QuerySet[TalkSeat]:
    """The seats of a person in cases that are open: what the navigation counts."""
    return TalkSeat.objects.filter(person_id=person_id, case__closed_at=None)


def find_case_of_goal(cases: QuerySet[TalkCase], goal_id: int) -> CaseRow | None:
    """The open case of a goal among those in sight, else the latest closed one; None where there never was one. One
    query."""
    found = cases.filter(goal_id=goal_id).select_related("goal", "owner")
    latest = found.order_by("-closed_at", "-opened_at").first()
    return case_row(latest) if latest else None


def form_versions(version_ids: Collection[int]) -> dict[int, VersionRow]:
    """These versions of forms by id, whatever their state. One query, none without ids."""
    if not version_ids:
        return {}
    found = DefinitionVersion.objects.filter(id__in=list(version_ids)).select_related("definition")
    return {one.pk: version_row(one) for one in found}


def progress_case(goal: Goal) -> Case | None:
    """How the goal's progress is judged, for a goal read with its metric; None without one. No query."""
    spec, metric = spec_from(goal), goal.metric
    if spec is None or metric is None:
        return None
    return case_of(spec, MetricSpec(metric.pk, Aggregation(metric.aggregation), Direction(metric.direction)))
