"""A red light opens a conversation: once for a goal and a red period, with the three who sit at it, and their days."""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction

from sextant.engines.evaluation import completion_at
from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor, Permission, Role
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.foundation.events.actions import publish
from sextant.goals.models import Goal
from sextant.goals.queries.scope import in_force
from sextant.goals.queries.statuses import statuses_of
from sextant.goals.queries.suspension import find_suspension
from sextant.lowcode.registry_calendar import company_calendar
from sextant.metrics.contracts import StandingRow, WeekPoint
from sextant.metrics.queries import standings_of
from sextant.metrics.queries.light_changes import list_light_changes
from sextant.metrics.queries.standings import marks_of
from sextant.tracking.access import SeenCase
from sextant.tracking.actions.case_work import find_persons, refresh_work, tell
from sextant.tracking.contracts.cases import CASE, SeatRole, Stage
from sextant.tracking.models import TalkCase, TalkSeat
from sextant.tracking.policy.case_stations import deadlines_from
from sextant.tracking.policy.case_weeks import bounded
from sextant.tracking.queries.cases import progress_case

OPENED = "red_case.opened"


def open_case(goal_id: int, *, red_on: date, before: Light, actor: Actor, now: datetime) -> int | None:
    """Open the conversation about a goal whose light turned red on that day; its id, or None where there is none to
    open: the goal is a unit's, a draft, suspended or closed, or one is open about it already.

    For rules and workers: the light decides, not a person. However many hear of the same light, one opens.
    """
    require(actor, Permission.RUN_START)
    goals = in_force(Goal.objects.filter(id=goal_id, owner_person__isnull=False))
    with transaction.atomic():
        goal = goals.select_related("owner_person", "metric").first()
        if goal is None or goal.state != "running" or find_suspension(goal_id) is not None:
            return None
        case = _insert(goal, red_on=red_on, before=before, now=now)
        if case is None:
            return None
        seats = _seat(case, on=red_on)
        seen = SeenCase(case, seats, None, manages=False)
        refresh_work(seen, now=now, by=None)
        tell(seen, "tracking.case_opened", key="opened", now=now, params={"day": case.meet_due_on})
        params = {"case_id": case.pk, "goal_id": goal_id, "person_id": case.owner_id, "red_on": red_on.isoformat()}
        publish(OPENED, subject=(CASE, case.pk), params=params, now=now, actor=actor)
        record("open_red_case", actor=actor, now=now, object_kind=CASE, object_id=case.pk, changes={"goal": goal_id})
    return case.pk


def open_case_of_light(goal_id: int, *, actor: Actor, now: datetime) -> int | None:
    """As `open_case`, of the light the goal shows now, as its last change tells it; None also where it is not red any
    more. One query besides."""
    changes = list_light_changes(goal_id, limit=1)
    today = company_day(now, settings.SEXTANT_ZONE)
    if not changes:
        # a goal without a metric keeps no history: its light was set by people
        status = statuses_of([goal_id], on=today).get(goal_id)
        is_red = status is not None and status.light is Light.RED
        return open_case(goal_id, red_on=today, before=Light.NONE, actor=actor, now=now) if is_red else None
    last = changes[0]
    if last.to_light is not Light.RED:
        return None
    return open_case(goal_id, red_on=last.as_of, before=last.from_light, actor=actor, now=now)


def _insert(goal: Goal, *, red_on: date, before: Light, now: datetime) -> TalkCase | None:
    """The case with what the evaluation said; None where somebody else was first: the index keeps one."""
    standing = standings_of([goal.pk]).get(goal.pk)
    mark = marks_of([goal.pk]).get(goal.pk)
    # a rule may run after a later evaluation: what the light said is what stood on its day
    weeks = [one for one in standing.weeks if one.ends_on <= red_on] if standing else []
    then = weeks[-1] if standing and standing.as_of > red_on and weeks else standing
    due = deadlines_from(company_day(now, settings.SEXTANT_ZONE), calendar=company_calendar())
    case = TalkCase(
        goal=goal,
        owner=goal.owner_person,
        red_on=red_on,
        light_before=before.value,
        value=then.value if then else None,
        expected=then.expected if then else None,
        completion=_completion(then, goal),
        reason_code=mark.reason_code if mark and then is standing else "",
        reason_params=mark.reason_params if mark and then is standing else {},
        opened_at=now,
        stage=Stage.ANALYSIS.value,
        due_on=due.owner_on,
        owner_due_on=due.owner_on,
        manager_due_on=due.manager_on,
        meet_due_on=due.meet_on,
    )
    try:
        # a savepoint of its own: the refusal of the database must not end the caller's transaction
        with transaction.atomic():
            case.save()
    except IntegrityError:
        return None
    return case


def _completion(then: StandingRow | WeekPoint | None, goal: Goal) -> Decimal | None:
    """完成率 on the day of the light."""
    if isinstance(then, StandingRow):
        return bounded(then.completion)
    case = progress_case(goal)
    if then is None or case is None:
        return None
    return bounded(completion_at(then.value, then.expected, case=case, start=goal.start))


def _seat(case: TalkCase, *, on: date) -> tuple[TalkSeat, ...]:
    """Whose goal it is, who leads the talk, and the nearest colleague of HR; nobody sits twice."""
    owner_id = case.owner_id
    leads = (*find_persons("people.line_manager", owner_id, on=on), *find_persons("people.unit_head", owner_id, on=on))
    partners = find_persons("people.hrbp", owner_id, on=on)
    partners += find_persons("people.role", owner_id, on=on, role=Role.HR.value)
    found = {SeatRole.OWNER: owner_id}
    for role, candidates in ((SeatRole.MANAGER, leads), (SeatRole.HRBP, partners)):
        person_id = next((one for one in candidates if one not in found.values()), None)
        if person_id is not None:
            found[role] = person_id
    made = TalkSeat.objects.bulk_create(
        TalkSeat(case=case, role=role.value, person_id=person_id) for role, person_id in found.items()
    )
    return tuple(made)
