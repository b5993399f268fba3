"""A red light opens a conversation: once for a goal and a red period, with the three who sit at it, and their days."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor, Permission, Role
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.events.actions import publish
from sextant.goals.models import Goal
from sextant.goals.queries.scope import in_force
from sextant.goals.queries.suspension import find_suspension
from sextant.lowcode.registry_calendar import company_calendar
from sextant.metrics.queries import standings_of
from sextant.tracking.access import SeenCase
from sextant.tracking.actions.case_work import find_persons, refresh_work, tell
from sextant.tracking.contracts.cases import CASE, SeatRole, Stage
from sextant.tracking.models import TalkCase, TalkSeat
from sextant.tracking.policy.case_stations import deadlines_from

OPENED = "red_case.opened"


def open_case(goal_id: int, *, red_on: date, before: Light, actor: Actor, now: datetime) -> int | None:
    """Open the conversation about a goal whose light turned red on that day; its id, or None where there is none to
    open: the goal is a unit's, a draft, suspended or closed, or one is open about it already.

    For rules and workers: the light decides, not a person. However many hear of the same light, one opens.
    """
    require(actor, Permission.RUN_START)
    goals = in_force(Goal.objects.filter(id=goal_id, owner_person__isnull=False))
    with transaction.atomic():
        goal = goals.select_related("owner_person").first()
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


def _insert(goal: Goal, *, red_on: date, before: Light, now: datetime) -> TalkCase | None:
    """The case with what the evaluation said; None where somebody else was first: the index keeps one."""
    standing = standings_of([goal.pk]).get(goal.pk)
    due = deadlines_from(red_on, calendar=company_calendar())
    case = TalkCase(
        goal=goal,
        owner=goal.owner_person,
        red_on=red_on,
        light_before=before.value,
        value=standing.value if standing else None,
        expected=standing.expected if standing else None,
        completion=standing.completion if standing else None,
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
