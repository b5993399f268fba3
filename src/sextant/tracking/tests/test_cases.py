"""Red lights' conversations: opened once, written by both sides, held, confirmed, watched, ended."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sextant.engines.values import Light, Problem
from sextant.foundation.access.contracts import AccessDenied
from sextant.foundation.events.actions import publish, tell_waiting
from sextant.foundation.events.models import Event
from sextant.foundation.notices.models import Notice
from sextant.foundation.webhooks.actions.endpoints import create_endpoint
from sextant.foundation.webhooks.contracts import EndpointTerms
from sextant.foundation.webhooks.models import Sending
from sextant.foundation.webhooks.queries import Told, told_of
from sextant.goals.contracts import GoalState
from sextant.goals.models import Goal
from sextant.goals.tests.makers import make_run
from sextant.lowcode.actions.definition_files import import_definitions
from sextant.lowcode.actions.rules import run_rules
from sextant.lowcode.actions.sheets import hand_in_sheet, save_sheet
from sextant.lowcode.models import WorkItem
from sextant.lowcode.queries.sheets import list_sheets
from sextant.lowcode.registry_sheets import find_sheet_host
from sextant.metrics.models import LightChange
from sextant.people.queries import names_of_persons
from sextant.tracking.access import access_case, case_sight
from sextant.tracking.actions import case_work
from sextant.tracking.actions.case_analysis import begin_analysis
from sextant.tracking.actions.case_ending import end_case, take_up_plan, watch_again
from sextant.tracking.actions.case_measures import add_measure, remove_measure, tick_measure
from sextant.tracking.actions.case_meeting import agree_minutes, answer_meeting, save_minutes, set_meeting
from sextant.tracking.actions.case_opening import open_case
from sextant.tracking.actions.case_pressing import press_late_cases
from sextant.tracking.actions.case_restrictions import (
    ASKED,
    RESTRICTION,
    confirm_restriction,
    lift_restriction,
    restrict,
)
from sextant.tracking.actions.case_review import review_cases
from sextant.tracking.actions.case_seats import give_seat
from sextant.tracking.contracts.cases import (
    CASE,
    CaseOutcome,
    CaseRefused,
    MinutesClash,
    RestrictionKind,
    SeatAnswer,
    SeatRole,
    Stage,
)
from sextant.tracking.messages.cases import ANSWERS, OUTCOMES, ROLES, SENTENCES, STAGES, say_case
from sextant.tracking.models import TalkCase, TalkRestriction, TalkSeat
from sextant.tracking.tests.case_makers import (
    NOW,
    RED_ON,
    SHIPPED,
    SYSTEM,
    Team,
    as_actor,
    hr_actor,
    make_team,
    meet,
    open_red,
    stand,
    write_account,
)

SUNDAYS = [date(2026, 1, 25) + timedelta(weeks=place) for place in range(8)]
"""Of the observation, which begins on Monday 19 January."""


@pytest.fixture
def team(db, monkeypatch) -> Team:
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    return make_team()


def waits(kind: str) -> list[str]:
    """In whose inbox work of this kind waits."""
    items = WorkItem.objects.filter(kind=kind, closed_at=None).order_by("person_id")
    names = names_of_persons(item.person_id for item in items)
    return [names[item.person_id] for item in items]


def told(code: str) -> set[int]:
    return set(Notice.objects.filter(code=code).values_list("person_id", flat=True))


def refused(call, **kwargs) -> str:
    with pytest.raises(CaseRefused) as error:
        call(**kwargs)
    return error.value.problems[0].code


def test_a_red_light_seats_three_and_tells_them(team: Team) -> None:
    case = open_red(team)
    seats = {one.role: one.person_id for one in case.seats.all()}
    assert seats == {"owner": team.owner.pk, "manager": team.manager.pk, "hrbp": team.partner.pk}
    assert (case.owner_due_on, case.manager_due_on, case.meet_due_on) == (
        date(2026, 1, 14),
        date(2026, 1, 15),
        date(2026, 1, 19),
    )
    assert (case.completion, case.light_before, case.due_on) == (Decimal("0.474000"), "yellow", case.owner_due_on)
    assert told("tracking.case_opened") == set(seats.values())
    assert (waits(case_work.ANALYSIS), waits(case_work.MEET)) == (["林清越", "沈亦舟"], ["林清越"])
    assert Event.objects.get(code="red_case.opened").params["person_id"] == team.owner.pk
    # the same light again, or the next evaluation of the same red period, opens nothing
    assert open_case(team.goal.pk, red_on=RED_ON, before=Light.YELLOW, actor=SYSTEM, now=NOW) is None
    later = RED_ON + timedelta(days=7)
    assert open_case(team.goal.pk, red_on=later, before=Light.YELLOW, actor=SYSTEM, now=NOW) is None
    # a new red period after the talk has ended opens a new one
    end_case(case.pk, outcome=CaseOutcome.ENDED, words="数据更正", actor=as_actor(team.manager), now=NOW)
    assert open_case(team.goal.pk, red_on=later, before=Light.GREEN, actor=SYSTEM, now=NOW) is not None


def test_units_drafts_and_suspended_goals_open_none(team: Team) -> None:
    opened = {"red_on": RED_ON, "before": Light.GREEN, "actor": SYSTEM, "now": NOW}
    Goal.objects.filter(id=team.goal.pk).update(state=GoalState.SUSPENDED)
    assert open_case(team.goal.pk, **opened) is None
    Goal.objects.filter(id=team.goal.pk).update(state=GoalState.DRAFT)
    assert open_case(team.goal.pk, **opened) is None
    unit = team.owner.posts.get().unit
    Goal.objects.filter(id=team.goal.pk).update(state=GoalState.RUNNING, owner_person=None, owner_unit=unit)
    assert open_case(team.goal.pk, **opened) is None
    assert open_case(0, **opened) is None
    with pytest.raises(AccessDenied):
        open_case(team.goal.pk, **{**opened, "actor": as_actor(team.owner)})


def test_who_reads_and_who_does_not(team: Team) -> None:
    case = open_red(team)
    for person in (team.owner, team.manager, team.boss):
        assert access_case(as_actor(person), case_id=case.pk, on=RED_ON).case == case
    assert access_case(hr_actor(team.partner), case_id=case.pk, on=RED_ON).manages
    for person in (team.colleague, team.outsider):
        with pytest.raises(AccessDenied):
            access_case(as_actor(person), case_id=case.pk, on=RED_ON)
    assert list(case_sight(as_actor(team.manager), on=RED_ON).team) == [case]
    assert list(case_sight(as_actor(team.owner), on=RED_ON).team) == []
    # the boss reads, and has no seat to write from
    with pytest.raises(AccessDenied):
        save_minutes(case.pk, text="x", number=0, actor=as_actor(team.boss), now=NOW)


def test_an_account_is_its_writers_until_it_is_handed_in(team: Team) -> None:
    case = open_red(team)
    owner, manager = as_actor(team.owner), as_actor(team.manager)
    sheet_id = write_account(case, team.owner, "住院部要预约才能进。")
    case.refresh_from_db()
    assert (case.stage, case.due_on) == (Stage.ANALYSIS, case.manager_due_on)
    assert waits(case_work.ANALYSIS) == ["林清越"]
    assert told("tracking.account_written") == {team.manager.pk}
    mine = begin_analysis(case.pk, actor=manager, now=NOW)
    save_sheet(mine, given={"account": "预约制是真问题。"}, revision=0, actor=manager, now=NOW)
    host = find_sheet_host(CASE)
    handed, draft = list_sheets((CASE, case.pk))
    assert (handed.id, draft.id) == (sheet_id, mine)
    assert host.viewer(draft, actor=owner) is None and host.viewer(draft, actor=hr_actor(team.partner)) is None
    assert host.viewer(handed, actor=manager).is_reader
    assert host.viewer(handed, actor=as_actor(team.colleague)) is None
    hand_in_sheet(mine, given={"reasons": ["access"]}, revision=1, actor=manager, now=NOW)
    case.refresh_from_db()
    assert (case.stage, case.due_on) == (Stage.MEETING, case.meet_due_on)
    # the colleague from HR writes none
    with pytest.raises(AccessDenied):
        begin_analysis(case.pk, actor=hr_actor(team.partner), now=NOW)


def test_a_meeting_is_named_answered_and_moved(team: Team) -> None:
    case = open_red(team)
    lead, owner, partner = as_actor(team.manager), as_actor(team.owner), hr_actor(team.partner)
    thursday = NOW + timedelta(days=3, hours=5)
    assert refused(answer_meeting, case_id=case.pk, answer=SeatAnswer.YES, actor=owner, now=NOW) == "case.no_time"
    late = NOW + timedelta(days=8)
    assert refused(set_meeting, case_id=case.pk, meets_at=late, actor=lead, now=NOW) == "case.too_late"
    with pytest.raises(AccessDenied):
        set_meeting(case.pk, meets_at=thursday, actor=owner, now=NOW)
    set_meeting(case.pk, meets_at=thursday, place_text=" 三楼 ", actor=lead, now=NOW)
    assert (waits(case_work.ANSWER), waits(case_work.MEET)) == (["沈亦舟", "蒋书白"], [])
    assert told("tracking.case_meeting") == {team.owner.pk, team.partner.pk}
    answer_meeting(case.pk, answer=SeatAnswer.YES, actor=owner, now=NOW)
    assert refused(answer_meeting, case_id=case.pk, answer=SeatAnswer.MOVE, actor=partner, now=NOW) == "case.when"
    friday = thursday + timedelta(days=1)
    answer_meeting(case.pk, answer=SeatAnswer.MOVE, wants_at=friday, actor=partner, now=NOW)
    assert (waits(case_work.ANSWER), waits(case_work.MEET)) == ([], ["林清越"])
    assert told("tracking.case_moved") == {team.manager.pk}
    set_meeting(case.pk, meets_at=friday, actor=lead, now=NOW)
    answers = dict(TalkSeat.objects.filter(case=case).values_list("role", "answer"))
    assert answers == {"owner": "none", "manager": "yes", "hrbp": "none"}
    # HR may name a time as well, and a reader may not
    set_meeting(case.pk, meets_at=thursday, actor=partner, now=NOW)
    with pytest.raises(AccessDenied):
        set_meeting(case.pk, meets_at=thursday, actor=as_actor(team.boss), now=NOW)


def test_minutes_of_all_three_are_put_together_and_confirmed_as_they_stand(team: Team) -> None:
    case = open_red(team)
    lead, owner, partner = as_actor(team.manager), as_actor(team.owner), hr_actor(team.partner)
    case_id = case.pk
    assert save_minutes(case_id, text="原因\n措施\n", number=0, actor=owner, now=NOW).number == 1
    assert save_minutes(case_id, text="原因：预约\n措施\n", number=1, actor=owner, now=NOW).number == 2
    merged = save_minutes(case_id, text="原因\n措施：陪访\n", number=1, actor=lead, now=NOW)
    assert (merged.text, merged.number, merged.by) == ("原因：预约\n措施：陪访", 3, "林清越")
    with pytest.raises(MinutesClash) as clash:
        save_minutes(case_id, text="原因：记录\n措施\n", number=1, actor=partner, now=NOW)
    assert clash.value.stored.number == 3
    assert refused(save_minutes, case_id=case_id, text="x", number=9, actor=owner, now=NOW) == "case.unknown_revision"
    assert refused(agree_minutes, case_id=case_id, number=3, actor=owner, now=NOW) == "case.not_met"
    set_meeting(case_id, meets_at=NOW - timedelta(hours=1), actor=lead, now=NOW)
    assert refused(agree_minutes, case_id=case_id, number=2, actor=owner, now=NOW) == "case.changed"
    assert waits(case_work.AGREE) == ["林清越"]
    assert not agree_minutes(case_id, number=3, watch_weeks=3, actor=lead, now=NOW)
    assert waits(case_work.AGREE) == ["沈亦舟", "蒋书白"]
    # a change asks for every confirmation again
    save_minutes(case_id, text="原因：预约\n措施：陪访两次", number=3, actor=owner, now=NOW)
    assert waits(case_work.AGREE) == ["林清越"]
    agree_minutes(case_id, number=4, actor=owner, now=NOW)
    agree_minutes(case_id, number=4, actor=lead, now=NOW)
    assert agree_minutes(case_id, number=4, actor=partner, now=NOW)
    case.refresh_from_db()
    assert (case.stage, case.watch_from, case.watch_weeks, case.due_on) == (Stage.WATCH, date(2026, 1, 19), 3, None)
    assert refused(save_minutes, case_id=case_id, text="x", number=4, actor=owner, now=NOW) == "case.settled"
    assert not WorkItem.objects.filter(closed_at=None, subject_kind=CASE).exists()


def test_measures_wait_with_who_does_them(team: Team) -> None:
    case = open_red(team)
    lead, owner = as_actor(team.manager), as_actor(team.owner)
    told = {"text": "陪访两次", "person_id": team.owner.pk, "due_on": date(2026, 1, 20), "actor": lead, "now": NOW}
    for wrong, code in (
        ({"text": " "}, "case.missing"),
        ({"person_id": team.colleague.pk}, "case.person"),
        ({"due_on": None}, "case.day"),
        ({"due_on": date(2026, 1, 11)}, "case.day_past"),
    ):
        assert refused(add_measure, case_id=case.pk, **{**told, **wrong}) == code
    measure_id = add_measure(case.pk, **told)
    assert waits(case_work.MEASURE_WORK) == ["沈亦舟"]
    with pytest.raises(AccessDenied):
        tick_measure(case.pk, measure_id=measure_id, is_done=True, actor=hr_actor(team.partner), now=NOW)
    tick_measure(case.pk, measure_id=measure_id, is_done=True, actor=owner, now=NOW)
    assert waits(case_work.MEASURE_WORK) == []
    assert refused(remove_measure, case_id=case.pk, measure_id=measure_id, actor=lead, now=NOW) == "case.settled"
    tick_measure(case.pk, measure_id=measure_id, is_done=False, actor=lead, now=NOW)
    remove_measure(case.pk, measure_id=measure_id, actor=lead, now=NOW)
    assert waits(case_work.MEASURE_WORK) == []


def test_two_good_weeks_end_it_with_the_outcome_on_record(team: Team) -> None:
    case = open_red(team)
    restrict(case.pk, kind=RestrictionKind.NEW_LEADS, actor=as_actor(team.manager), now=NOW)
    meet(team, case)
    stand(team.goal, Light.YELLOW, "0.6", on=SUNDAYS[0], weeks={RED_ON + timedelta(days=6): "0.47", SUNDAYS[0]: "0.72"})
    later = NOW + timedelta(weeks=2)
    assert review_cases(as_of=SUNDAYS[0], actor=SYSTEM, now=later) == 0
    shares = {RED_ON + timedelta(days=6): "0.47", SUNDAYS[0]: "0.704", SUNDAYS[1]: "0.722"}
    stand(team.goal, Light.GREEN, "0.722", on=SUNDAYS[1], weeks=shares)
    monday = SUNDAYS[1] + timedelta(days=1)
    assert review_cases(as_of=SUNDAYS[1], actor=SYSTEM, now=later) == 1
    case.refresh_from_db()
    assert (case.outcome, case.stage, case.closed_by_id) == (CaseOutcome.RECOVERED, Stage.CLOSED, None)
    marks = list(case.marks.order_by("ends_on").values_list("completion", flat=True))
    assert marks == [Decimal("0.47"), Decimal("0.704"), Decimal("0.722")]
    assert Event.objects.get(code="red_case.closed").params["outcome"] == "recovered"
    assert told("tracking.case_closed") == {team.owner.pk, team.manager.pk, team.partner.pk}
    held = TalkRestriction.objects.get()
    assert held.lifted_at == later and Event.objects.filter(code="restriction.lifted").count() == 1
    assert review_cases(as_of=monday, actor=SYSTEM, now=later) == 0


def test_weeks_that_do_not_turn_it_ask_for_a_decision(team: Team) -> None:
    case = open_red(team)
    lead = as_actor(team.manager)
    ended = {"outcome": CaseOutcome.PLAN, "words": "先补基本功", "actor": lead, "now": NOW}
    assert refused(end_case, case_id=case.pk, **ended) == "case.too_early"
    meet(team, case, weeks=2)
    stand(team.goal, Light.RED, "0.4", on=SUNDAYS[1], weeks={SUNDAYS[0]: "0.5", SUNDAYS[1]: "0.4"})
    later = NOW + timedelta(weeks=3)
    assert review_cases(as_of=SUNDAYS[1], actor=SYSTEM, now=later) == 1
    case.refresh_from_db()
    assert (case.stage, case.due_on, waits(case_work.DECIDE)) == (Stage.DECIDE, date(2026, 2, 5), ["林清越"])
    watch_again(case.pk, weeks=2, actor=lead, now=later)
    case.refresh_from_db()
    assert (case.stage, case.watch_from, waits(case_work.DECIDE)) == (Stage.WATCH, date(2026, 2, 9), [])
    stand(team.goal, Light.RED, "0.4", on=SUNDAYS[4], weeks={SUNDAYS[3]: "0.5", SUNDAYS[4]: "0.4"})
    latest = later + timedelta(weeks=3)
    review_cases(as_of=SUNDAYS[4], actor=SYSTEM, now=latest)
    end_case(case.pk, **{**ended, "now": latest})
    case.refresh_from_db()
    assert (case.outcome, case.outcome_note, case.closed_by) == (CaseOutcome.PLAN, "先补基本功", team.manager)
    assert waits(case_work.PLAN) == ["蒋书白"]
    take_up_plan(case.pk, actor=hr_actor(team.partner), now=latest)
    assert waits(case_work.PLAN) == []
    assert refused(end_case, case_id=case.pk, **ended) == "case.closed"


def test_a_goal_that_is_over_ends_its_talk_and_a_suspended_one_waits(team: Team) -> None:
    case = open_red(team)
    Goal.objects.filter(id=team.goal.pk).update(state=GoalState.SUSPENDED)
    far = NOW + timedelta(days=20)
    assert review_cases(as_of=SUNDAYS[0], actor=SYSTEM, now=far) == 0
    assert case.marks.get().light == Light.NONE.value
    assert press_late_cases(actor=SYSTEM, now=far) == 0
    Goal.objects.filter(id=team.goal.pk).update(state=GoalState.CLOSED)
    assert review_cases(as_of=SUNDAYS[0], actor=SYSTEM, now=far) == 1
    case.refresh_from_db()
    assert case.outcome == CaseOutcome.GOAL_OVER


def test_what_is_late_goes_up_once_a_stage(team: Team) -> None:
    case = open_red(team)
    in_time, late = NOW + timedelta(days=2), NOW + timedelta(days=3)
    assert press_late_cases(actor=SYSTEM, now=in_time) == 0
    assert press_late_cases(actor=SYSTEM, now=late) == 1
    assert press_late_cases(actor=SYSTEM, now=late) == 0
    assert waits(case_work.LATE) == ["周以宁", "蒋书白"]
    assert told("tracking.case_late") == {team.owner.pk, team.manager.pk, team.partner.pk, team.boss.pk}
    write_account(case, team.owner, "住院部要预约。", now=late)
    write_account(case, team.manager, "预约制是真问题。", now=late)
    assert waits(case_work.LATE) == []
    assert press_late_cases(actor=SYSTEM, now=NOW + timedelta(days=8)) == 1
    assert waits(case_work.LATE) == ["周以宁", "蒋书白"]


def test_a_restriction_is_the_managers_and_its_confirmation_the_systems(team: Team) -> None:
    case = open_red(team)
    asked = {"kind": RestrictionKind.NEW_LEADS, "now": NOW}
    for actor in (as_actor(team.owner), hr_actor(team.partner), as_actor(team.boss)):
        with pytest.raises(AccessDenied):
            restrict(case.pk, actor=actor, **asked)
    restriction_id = restrict(case.pk, actor=as_actor(team.manager), **asked)
    assert refused(restrict, case_id=case.pk, actor=as_actor(team.manager), **asked) == "case.restricted"
    event = Event.objects.get(code="restriction.asked")
    assert event.params == {
        "restriction_id": restriction_id,
        "case_id": case.pk,
        "goal_id": team.goal.pk,
        "person_id": team.owner.pk,
        "kind": "new_leads",
    }
    for wrong in (None, [], {"type": "other"}, {"type": "restriction.confirmed", "restriction_id": "1"}):
        assert not confirm_restriction(wrong, now=NOW)
    body = {"type": "restriction.confirmed", "restriction_id": restriction_id}
    assert confirm_restriction(body, now=NOW) and not confirm_restriction(body, now=NOW + timedelta(days=1))
    lift_restriction(case.pk, restriction_id=restriction_id, actor=hr_actor(team.partner), now=NOW)
    lift_restriction(case.pk, restriction_id=restriction_id, actor=hr_actor(team.partner), now=NOW)
    assert Event.objects.filter(code="restriction.lifted").count() == 1
    assert TalkRestriction.objects.get().confirmed_at == NOW


def turn(goal: Goal, light: Light, *, on: date, now=NOW) -> None:
    """The light changes in the evaluation of a day, and everybody who listens is told; then rules are run."""
    params = {"goal_id": goal.pk, "person_id": goal.owner_person_id, "unit_id": None, "run_id": None}
    params |= {"before": "yellow", "after": light.value, "day": on.isoformat()}
    LightChange.objects.create(
        goal_id=goal.pk,
        run=make_run(),
        as_of=on,
        from_light="yellow",
        to_light=light.value,
        reason_code="light.no_value",
        reason_params={"on": on.isoformat()},
        at=now,
    )
    publish("light.changed", subject=("goal", goal.pk), params=params, now=now, actor=SYSTEM)
    tell_waiting(now=now)
    run_rules(now=now)


def test_the_shipped_rule_opens_the_talk_and_the_news_of_an_evaluation_ends_it(team: Team) -> None:
    import_definitions([SHIPPED / "red_light.yaml"], reason="随产品提供", actor=SYSTEM, now=NOW - timedelta(days=1))
    turn(team.goal, Light.GREEN, on=RED_ON - timedelta(days=1))
    assert not TalkCase.objects.exists()
    turn(team.goal, Light.RED, on=RED_ON)
    case = TalkCase.objects.get()
    assert (case.red_on, case.light_before) == (RED_ON, "yellow")
    # red in an evaluation, green again before the rule was run: nothing is opened any more
    end_case(case.pk, outcome=CaseOutcome.ENDED, words="数据更正", actor=as_actor(team.manager), now=NOW)
    params = {"goal_id": team.goal.pk, "person_id": team.owner.pk, "unit_id": None, "run_id": None}
    params |= {"before": "yellow", "after": "red", "day": RED_ON.isoformat()}
    publish("light.changed", subject=("goal", team.goal.pk), params=params, now=NOW, actor=SYSTEM)
    turn(team.goal, Light.GREEN, on=RED_ON + timedelta(days=1), now=NOW + timedelta(days=1))
    assert TalkCase.objects.count() == 1
    later = NOW + timedelta(weeks=1)
    turn(team.goal, Light.RED, on=RED_ON + timedelta(weeks=1), now=later)
    second = TalkCase.objects.get(closed_at=None)
    meet(team, second, now=later)
    stand(team.goal, Light.GREEN, "0.8", on=SUNDAYS[2], weeks={SUNDAYS[1]: "0.8", SUNDAYS[2]: "0.8"})
    later = NOW + timedelta(weeks=4)
    told = {"run_id": 1, "as_of": SUNDAYS[2].isoformat()}
    publish("goals.evaluated", subject=("evaluation_run", 1), params=told, now=later, actor=SYSTEM)
    tell_waiting(now=later)
    second.refresh_from_db()
    assert second.outcome == CaseOutcome.RECOVERED


def test_a_restriction_goes_out_signed_and_its_confirmation_comes_in(team: Team, settings) -> None:
    terms = EndpointTerms("CRM", "https://crm.example.com/hooks", codes=("restriction.asked", "restriction.lifted"))
    create_endpoint(terms, actor=SYSTEM, now=NOW)
    case = open_red(team)
    restriction_id = restrict(case.pk, kind=RestrictionKind.NEW_LEADS, actor=as_actor(team.manager), now=NOW)
    asked = {"subject_kind": RESTRICTION, "subject_ids": [restriction_id]}
    assert told_of(ASKED, **asked) == {}
    tell_waiting(now=NOW)
    assert told_of(ASKED, **asked) == {restriction_id: Told(1, 0, None)}
    Sending.objects.update(state="done", finished_at=NOW)
    assert told_of(ASKED, **asked) == {restriction_id: Told(1, 1, NOW)}
    payload = {"type": "restriction.confirmed", "restriction_id": restriction_id}
    told = {"trigger": "crm", "payload": payload}
    publish("webhook.received", subject=("trigger", 1), params=told, now=NOW, actor=SYSTEM)
    tell_waiting(now=NOW)
    assert TalkRestriction.objects.get().confirmed_at == NOW


def test_every_code_has_its_sentence() -> None:
    folder = Path(case_work.__file__).parent
    found = {
        code for path in folder.glob("case_*.py") for code in re.findall(r'Problem\("(case\.\w+)"', path.read_text())
    }
    assert found == set(SENTENCES)
    assert all(say_case(Problem(code, {"most": 1, "least": 1, "day": RED_ON})) for code in found)
    for words, kind in ((STAGES, Stage), (ROLES, SeatRole), (ANSWERS, SeatAnswer), (OUTCOMES, CaseOutcome)):
        assert set(words) == set(kind)


def test_hr_gives_the_seat_of_somebody_who_left_to_somebody_else(team: Team) -> None:
    case, hr = open_red(team), hr_actor(team.partner)
    mine = begin_analysis(case.pk, actor=as_actor(team.manager), now=NOW)
    given = {"role": SeatRole.MANAGER, "actor": hr, "now": NOW}
    with pytest.raises(AccessDenied):
        give_seat(case.pk, person_id=team.boss.pk, **{**given, "actor": as_actor(team.manager)})
    assert refused(give_seat, case_id=case.pk, person_id=team.owner.pk, **given) == "case.seated"
    assert refused(give_seat, case_id=case.pk, person_id=0, **given) == "case.person_gone"
    own = {**given, "role": SeatRole.OWNER}
    assert refused(give_seat, case_id=case.pk, person_id=team.boss.pk, **own) == "case.owner_seat"
    give_seat(case.pk, person_id=team.boss.pk, **given)
    assert (waits(case_work.MEET), waits(case_work.ANALYSIS)) == (["周以宁"], ["周以宁", "沈亦舟"])
    # the draft stays with whoever wrote it, and who left the table writes no more
    assert begin_analysis(case.pk, actor=as_actor(team.boss), now=NOW) != mine
    with pytest.raises(AccessDenied):
        begin_analysis(case.pk, actor=as_actor(team.manager), now=NOW)
    write_account(case, team.boss, "我来带。")
    case.refresh_from_db()
    assert case.manager_told_at == NOW


def test_nobody_above_leaves_the_lead_to_hr(team: Team) -> None:
    chief_goal = Goal.objects.filter(id=team.goal.pk)
    chief_goal.update(owner_person=team.boss)
    case = open_red(team)
    assert set(case.seats.values_list("role", flat=True)) == {SeatRole.OWNER, SeatRole.HRBP}
    assert waits(case_work.MEET) == ["蒋书白"]
    write_account(case, team.boss, "自己看到的。")
    case.refresh_from_db()
    assert case.stage == Stage.MEETING
