"""Two red lights people talk about: one came back, one is in the middle. Made by the same actions everyone uses, on the
days they would have happened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from django.conf import settings
from django.utils.translation import gettext as _

from sextant.demo.cast import names_by_username
from sextant.engines.evaluation import completion_at
from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor, Role
from sextant.goals.models import Goal
from sextant.lowcode.actions.definition_files import import_definitions
from sextant.lowcode.actions.sheets import hand_in_sheet
from sextant.lowcode.queries.definitions import find_definition
from sextant.metrics.contracts import StandingRow
from sextant.metrics.queries import standings_of
from sextant.tracking.actions.case_analysis import begin_analysis
from sextant.tracking.actions.case_measures import add_measure, tick_measure
from sextant.tracking.actions.case_meeting import agree_minutes, answer_meeting, save_minutes, set_meeting
from sextant.tracking.actions.case_opening import open_case
from sextant.tracking.actions.case_review import review_cases
from sextant.tracking.actions.shipped import FOLDER
from sextant.tracking.contracts.cases import MANAGER_FORM, OWN_FORM, SeatAnswer, SeatRole
from sextant.tracking.models import TalkCase, TalkSeat
from sextant.tracking.queries.cases import progress_case

BACK = Decimal("0.7")
COLLECTIONS, VISITS = "sales.collections", "sales.visits"
"""What the two talks are about: their words speak of payments and of visits."""
SYSTEM = Actor.system("demo")
FORMS_SINCE = timedelta(days=80)


@dataclass(frozen=True, slots=True)
class Turned:
    """A goal, and the end of the week in which it stood red."""

    goal: Goal
    red_on: date


def load_red_cases(cycle_id: int, *, now: datetime) -> None:
    """Nothing where no light of the running quarter is red: the demo may begin in the first days of one, or where
    there are cases already."""
    if TalkCase.objects.exists():
        return
    _publish_forms(now=now)
    goals = list(
        Goal.objects.filter(cycle_id=cycle_id, owner_person__isnull=False, metric__isnull=False, state="running")
        .select_related("owner_person", "metric")
        .order_by("id")
    )
    standings = standings_of([one.pk for one in goals])
    came_back = _first(goals, standings, _came_back, code=COLLECTIONS)
    if came_back is not None:
        _talk_that_helped(came_back, as_of=standings[came_back.goal.pk].as_of)
    still_red = _first(goals, standings, _is_red, code=VISITS)
    if still_red is not None:
        _talk_under_way(still_red, now=now)


def _publish_forms(*, now: datetime) -> None:
    """The forms of the analysis, in force since the quarter began."""
    paths = [FOLDER / f"{code}.yaml" for code in (OWN_FORM, MANAGER_FORM) if find_definition("form", code) is None]
    if paths:
        import_definitions(paths, reason=_("随产品提供"), actor=SYSTEM, now=now - FORMS_SINCE)


def _first(
    goals: list[Goal],
    standings: dict[int, StandingRow],
    turned: Callable[[Goal, StandingRow], Turned | None],
    *,
    code: str,
) -> Turned | None:
    """Of goals on this metric the one that people who sign in have something to do with, else the first; None where the
    quarter is too young for any."""
    goals = [one for one in goals if one.metric is not None and one.metric.code == code]
    known = set(names_by_username().values())
    found = [one for goal in goals if goal.pk in standings and (one := turned(goal, standings[goal.pk]))]
    return min(found, key=lambda one: (_strangeness(one.goal, known), one.goal.pk), default=None)


def _strangeness(goal: Goal, known: set[str]) -> int:
    """0: their own; 1: their manager signs in; 2: neither."""
    assert goal.owner_person is not None
    if goal.owner_person.name in known:
        return 0
    managers = goal.owner_person.lines_up.filter(kind="solid", valid_until=None).values_list("manager__name", flat=True)
    return 1 if known & set(managers) else 2


def _came_back(goal: Goal, standing: StandingRow) -> Turned | None:
    """Red in a week, and good in the second and third week after it: a talk in between has helped."""
    case, weeks = progress_case(goal), standing.weeks
    if case is None or standing.light is Light.RED:
        return None
    shares = [completion_at(one.value, one.expected, case=case, start=goal.start) for one in weeks]
    for place in range(len(weeks) - 3):
        red, later = shares[place], shares[place + 2 : place + 4]
        was_red = weeks[place].light is Light.RED and red is not None and red < BACK
        if was_red and all(one is not None and one >= BACK for one in later):
            return Turned(goal, weeks[place].ends_on)
    return None


def _is_red(goal: Goal, standing: StandingRow) -> Turned | None:
    return Turned(goal, standing.as_of) if standing.light is Light.RED else None


def _talk_that_helped(turned: Turned, *, as_of: date) -> None:
    """Red on Sunday, both wrote by Tuesday, met on Wednesday; two good weeks ended it."""
    monday = _at(turned.red_on + timedelta(days=1), 9)
    case_id = open_case(turned.goal.pk, red_on=turned.red_on, before=Light.YELLOW, actor=SYSTEM, now=monday)
    if case_id is None:
        return
    seats = _actors(case_id)
    owner, lead = seats[SeatRole.OWNER], seats.get(SeatRole.MANAGER, seats[SeatRole.OWNER])
    _write(case_id, owner, _("前两周在等两家客户的付款审批，月底才批下来。"), reasons=["access"], now=monday)
    if lead is not owner:
        tuesday = monday + timedelta(days=1)
        _write(case_id, lead, _("审批慢是真的，合同里没有写付款节点。"), reasons=["access", "method"], now=tuesday)
    wednesday = monday + timedelta(days=2)
    set_meeting(case_id, meets_at=wednesday, place_text=_("三楼小会议室"), actor=lead, now=monday)
    for actor in seats.values():
        if actor is not lead:
            answer_meeting(case_id, answer=SeatAnswer.YES, actor=actor, now=monday)
    after = wednesday + timedelta(hours=1)
    due_on = turned.red_on + timedelta(days=8)
    add = partial(add_measure, case_id, due_on=due_on, actor=lead, now=after)
    first = add(text=_("一起去一次客户财务，问清审批节点"), person_id=_person(lead))
    second = add(text=_("把在途款列成表，每周一更新"), person_id=_person(owner))
    text = _("卡点在客户的付款审批。\n主管陪访一次，之后每周一看在途款。")
    number = save_minutes(case_id, text=text, number=0, actor=owner, now=after).number
    for actor in seats.values():
        agree_minutes(case_id, number=number, actor=actor, now=after)
    for measure_id, actor in ((first, lead), (second, owner)):
        tick_measure(case_id, measure_id=measure_id, is_done=True, actor=actor, now=_at(due_on, 17))
    last = turned.red_on + timedelta(weeks=3)
    review_cases(as_of=min(last, as_of), actor=SYSTEM, now=_at(last + timedelta(days=1), 7))


def _talk_under_way(turned: Turned, *, now: datetime) -> None:
    """The owner has written, the meeting is named, one measure is agreed; the manager's account is awaited."""
    begun = min(_at(turned.red_on + timedelta(days=1), 9), now)
    case_id = open_case(turned.goal.pk, red_on=turned.red_on, before=Light.YELLOW, actor=SYSTEM, now=begun)
    if case_id is None:
        return
    case, seats = TalkCase.objects.get(id=case_id), _actors(case_id)
    owner, lead = seats[SeatRole.OWNER], seats.get(SeatRole.MANAGER)
    text = _("10 月底接手两家新医院，住院部要预约才能进，三周里有 9 次到了没见到人。签到做了，CRM 没补记录。")
    _write(case_id, owner, text, reasons=["access", "records"], now=min(begun + timedelta(days=1), now))
    if lead is None:
        return
    meets_at = max(_at(case.meet_due_on, 15), now + timedelta(hours=2))
    if meets_at.astimezone(settings.SEXTANT_ZONE).date() <= case.meet_due_on:
        set_meeting(case_id, meets_at=meets_at, place_text=_("三楼小会议室"), actor=lead, now=now)
        answer_meeting(case_id, answer=SeatAnswer.YES, actor=owner, now=now)
    due_on = max(case.meet_due_on, now.astimezone(settings.SEXTANT_ZONE).date()) + timedelta(days=2)
    add = partial(add_measure, case_id, due_on=due_on, actor=lead, now=now)
    add(text=_("陪访市一院、附属医院各一次"), person_id=_person(lead))
    add(text=_("补录 5 次拜访，附签到记录"), person_id=_person(owner))


def _write(case_id: int, actor: Actor, text: str, *, reasons: list[str], now: datetime) -> None:
    sheet_id = begin_analysis(case_id, actor=actor, now=now)
    hand_in_sheet(sheet_id, given={"reasons": reasons, "account": text}, revision=0, actor=actor, now=now)


def _actors(case_id: int) -> dict[SeatRole, Actor]:
    """Everyone at the table as they sign in."""
    rows = TalkSeat.objects.filter(case_id=case_id).select_related("person").order_by("id")
    roles = {SeatRole.HRBP: {Role.EMPLOYEE, Role.HR}}
    return {
        SeatRole(one.role): Actor(
            one.person.user_id,
            one.person_id,
            frozenset(roles.get(SeatRole(one.role), {Role.EMPLOYEE})),
            one.person.name,
        )
        for one in rows
    }


def _person(actor: Actor) -> int:
    assert actor.person_id is not None  # seats are people's
    return actor.person_id


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), settings.SEXTANT_ZONE)
