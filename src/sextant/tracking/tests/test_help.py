"""干预建议包 from the yellow light to the recorded end, through the same actions pages and jobs call."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.events.models import Event
from sextant.foundation.notices.models import Notice
from sextant.goals.models import Cycle, Goal
from sextant.goals.tests.makers import make_cycle, make_goal, make_run, make_standing
from sextant.lowcode.contracts.work import Decision, WorkRefused
from sextant.lowcode.models import WorkItem
from sextant.lowcode.registry_rules import RuleSubject, list_rule_actions
from sextant.lowcode.registry_work import find_work
from sextant.metrics.models import Metric, Standing
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person, Unit
from sextant.people.tests.makers import make_person, make_unit
from sextant.tracking.actions.help_acts import (
    Choice,
    answer_request,
    assume_cause,
    choose_act,
    drop_act,
    finish_act,
    watch_goal,
)
from sextant.tracking.actions.help_endings import close_due_packs
from sextant.tracking.actions.help_packs import open_due_packs
from sextant.tracking.actions.scripts import offer_help, save_script
from sextant.tracking.contracts.help import (
    ACT_WORK,
    PACK_WORK,
    REQUEST_WORK,
    ActKind,
    ActState,
    Cause,
    HelpRefused,
    PackOutcome,
    PackState,
)
from sextant.tracking.contracts.help_rows import HelpSide
from sextant.tracking.models import HelpAct, HelpPack
from sextant.tracking.queries.help import find_help
from sextant.tracking.queries.scripts import find_script

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
NOW = datetime(2026, 2, 15, 6, 0, tzinfo=UTC)  # a Sunday
SUNDAY = date(2026, 2, 15)


def actor_of(person: Person, *roles: Role) -> Actor:
    return Actor(None, person.pk, frozenset({Role.EMPLOYEE, *roles}), person.name)


def stand(goal: Goal, letters: str, shares: list[str], *, until: date = SUNDAY) -> Standing:
    """Weeks up to `until`, oldest first, each with its light and completion; the last also as the standing's own."""
    lights = {"g": Light.GREEN, "y": Light.YELLOW, "r": Light.RED, "n": Light.NONE}
    count = len(letters)
    told = [Decimal(one) for one in shares]
    Standing.objects.filter(goal_id=goal.pk).delete()
    return make_standing(
        goal,
        lights[letters[-1]],
        run=make_run(),
        as_of=until,
        completion=told[-1],
        week_ends=[until - timedelta(days=7 * back) for back in range(count - 1, -1, -1)],
        week_values=[100 * one for one in told],
        week_expected=[Decimal(100)] * count,
        week_lights=letters,
    )


@dataclass
class Company:
    manager: Person
    owner: Person
    peer: Person
    stranger: Person
    hr: Person
    metric: Metric
    cycle: Cycle
    before: Cycle
    other_unit: Unit
    goal: Goal


@pytest.fixture
def company() -> Company:
    """A manager with two people; a stranger of another unit; the owner's goal yellow for two weeks."""
    root = make_unit("公司")
    own, other = make_unit("一组", root), make_unit("二组", root)
    manager = make_person("林经理", own, is_head=True)
    owner, peer = make_person("沈一", own, manager), make_person("许二", own, manager)
    head = make_person("二组长", other, is_head=True)
    stranger, hr = make_person("王外", other, head), make_person("人力", root)
    metric = make_metric("有效拜访", aggregation="mean")
    cycle = make_cycle("2026Q1")
    before = make_cycle("2025Q4", from_on=date(2025, 10, 1), until_on=date(2026, 1, 1))
    goal = make_goal(owner=owner, metric=metric, cycle=cycle)
    stand(goal, "gggyy", ["1.0", "0.9", "0.85", "0.68", "0.65"])
    return Company(manager, owner, peer, stranger, hr, metric, cycle, before, other, goal)


def past(company: Company, person: Person, letters: str, shares: list[str]) -> Goal:
    goal = make_goal(owner=person, metric=company.metric, cycle=company.before)
    stand(goal, letters, shares, until=date(2025, 12, 28))
    return goal


def open_one(company: Company) -> HelpPack:
    open_due_packs(actor=SYSTEM, now=NOW)
    return HelpPack.objects.get(goal=company.goal)


def test_two_yellow_weeks_open_one_pack_for_the_manager_and_none_again(company: Company) -> None:
    assert (open_due_packs(actor=SYSTEM, now=NOW), open_due_packs(actor=SYSTEM, now=NOW)) == (1, 0)
    pack = HelpPack.objects.get()
    assert (pack.keeper, pack.person, pack.weeks, pack.trouble_on) == (
        company.manager,
        company.owner,
        2,
        date(2026, 2, 8),
    )
    assert (pack.light_before, pack.completion_before) == ("yellow", Decimal("0.65"))
    item = WorkItem.objects.get(kind=PACK_WORK)
    assert (item.person_id, item.params["owner"], item.params["weeks"]) == (company.manager.pk, "沈一", 2)
    assert Notice.objects.filter(person_id=company.manager.pk, code="tracking.help_opened").count() == 1
    assert [one.params for one in Event.objects.filter(code="help.opened")] == [
        {"pack_id": pack.pk, "goal_id": company.goal.pk}
    ]
    # the next weeks of the same trouble open nothing; once the pack is closed, a new stretch does
    stand(company.goal, "gggyyy", ["1", "1", "1", "0.68", "0.65", "0.6"], until=SUNDAY + timedelta(days=7))
    assert open_due_packs(actor=SYSTEM, now=NOW + timedelta(days=7)) == 0
    close_due_packs(actor=SYSTEM, now=NOW + timedelta(days=7))
    stand(company.goal, "yyygyy", ["0.6", "0.6", "0.6", "1", "0.7", "0.7"], until=SUNDAY + timedelta(days=21))
    later = NOW + timedelta(days=21)
    assert open_due_packs(actor=SYSTEM, now=later) == 0  # the first one still lives, and serves what comes
    HelpPack.objects.update(state="closed", outcome="same", closed_at=later)
    assert open_due_packs(actor=SYSTEM, now=later) == 1


def test_a_rule_offers_help_earlier_and_never_twice(company: Company) -> None:
    stand(company.goal, "ggggr", ["1", "1", "1", "0.9", "0.5"])
    action = list_rule_actions("goal")["tracking.open_help"]
    given = {"params": {}, "values": {}, "actor": SYSTEM, "now": NOW}
    found = action.run(RuleSubject(company.goal.pk, "目标", company.owner.pk), **given)  # type: ignore[arg-type]
    assert found == {"pack": HelpPack.objects.get().pk}
    assert action.run(RuleSubject(company.goal.pk, "目标", company.owner.pk), **given) == {}  # type: ignore[arg-type]
    assert WorkItem.objects.filter(kind=PACK_WORK).count() == 1


@pytest.mark.parametrize(
    ("letters", "until"),
    [("ggggy", SUNDAY), ("gggyr", SUNDAY), ("gggyy", SUNDAY - timedelta(days=1)), ("gyyyg", SUNDAY), ("ggyyn", SUNDAY)],
    ids=["one week", "red", "second week not over", "green again", "unknown now"],
)
def test_no_pack_while_it_is_not_two_weeks_of_yellow(company: Company, letters: str, until: date) -> None:
    standing = stand(company.goal, letters, ["1", "1", "0.8", "0.7", "0.7"])
    standing.as_of = until
    standing.week_ends[-1] = until
    standing.week_ends[-2] = SUNDAY - timedelta(days=7)
    standing.save()
    assert open_due_packs(actor=SYSTEM, now=NOW) == 0


def test_similar_cases_tell_what_happened_then_to_those_who_may_see_them(company: Company) -> None:
    recovered = past(company, company.peer, "gggyyygg", ["1", "1", "0.9", "0.7", "0.56", "0.6", "0.8", "0.81"])
    lost = past(company, company.owner, "ggggyyrr", ["1", "1", "1", "0.9", "0.7", "0.64", "0.4", "0.3"])
    hidden = past(company, company.stranger, "gggyyygg", ["1", "1", "0.9", "0.7", "0.65", "0.6", "0.8", "0.9"])
    found = find_help(company.goal.pk, actor=actor_of(company.manager), now=NOW)
    assert found is not None and found.side is HelpSide.CHOOSES
    told = {one.goal_id: (one.has_recovered, one.low, one.high, one.weeks) for one in found.cases}
    assert told == {
        recovered.pk: (True, Decimal("0.56"), Decimal("0.8"), 2),
        lost.pk: (False, Decimal("0.64"), None, None),
    }
    assert found.cases[0].goal_id == lost.pk  # 0.64 beside 0.65, falling likewise
    # one alone is no group of five; HR sees everybody by name
    assert found.groups == () and hidden.pk not in told
    for_hr = find_help(company.goal.pk, actor=actor_of(company.hr, Role.HR), now=NOW)
    assert for_hr is not None and {one.goal_id for one in for_hr.cases} == {recovered.pk, lost.pk, hidden.pk}


def test_cases_out_of_sight_are_counted_from_five_on(company: Company) -> None:
    people = [make_person(f"外{n}", company.other_unit) for n in range(6)]
    for number, person in enumerate(people[:5]):
        low = f"0.{50 + 2 * number}"
        past(company, person, "ggyygg", ["1", "1", "0.7", low, "0.9", "1"])
    (group,) = find_help(company.goal.pk, actor=actor_of(company.manager), now=NOW).groups  # type: ignore[union-attr]
    assert (group.people, group.recovered, group.low, group.high, group.weeks) == (
        5,
        5,
        Decimal("0.54"),
        Decimal("0.90"),
        Decimal(1),
    )
    # a sixth who did not recover changes the count; with fewer than five who did, no mean is told
    past(company, people[5], "ggyyrr", ["1", "1", "0.7", "0.5", "0.4", "0.3"])
    (group,) = find_help(company.goal.pk, actor=actor_of(company.manager), now=NOW).groups  # type: ignore[union-attr]
    assert (group.people, group.recovered) == (6, 5)


def test_helpers_are_steadily_green_and_in_sight_or_willing(company: Company) -> None:
    for person, letters in ((company.peer, "ygggg"), (company.stranger, "ygggg"), (company.hr, "ggygg")):
        goal = make_goal(owner=person, metric=company.metric, cycle=company.cycle)
        stand(goal, letters, ["0.9", "1", "1", "1", "1.1"])
    asker = actor_of(company.manager)
    found = find_help(company.goal.pk, actor=asker, now=NOW)
    assert found is not None and [one.name for one in found.helpers] == ["许二"]
    offer_help(company.metric.pk, is_offered=True, actor=actor_of(company.stranger), now=NOW)
    found = find_help(company.goal.pk, actor=asker, now=NOW)
    assert found is not None and [(one.name, one.is_offered) for one in found.helpers] == [
        ("许二", False),
        ("王外", True),
    ]
    offer_help(company.metric.pk, is_offered=False, actor=actor_of(company.stranger), now=NOW)
    assert len(find_help(company.goal.pk, actor=asker, now=NOW).helpers) == 1  # type: ignore[union-attr]


def test_teams_of_five_of_which_most_are_green_are_named_with_their_head(company: Company) -> None:
    for number in range(5):
        person = make_person(f"队{number}", company.other_unit)
        goal = make_goal(owner=person, metric=company.metric, cycle=company.cycle)
        stand(goal, "gggg" if number < 3 else "yyyy", ["1", "1", "1", "1"])
    (team,) = find_help(company.goal.pk, actor=actor_of(company.manager), now=NOW).teams  # type: ignore[union-attr]
    assert (team.name, team.head_name, team.people, team.green) == ("二组", "二组长", 5, 3)
    choice = Choice(ActKind.REQUEST, "派人带一次", SUNDAY + timedelta(days=7), unit_id=team.unit_id)
    act = HelpAct.objects.get(id=choose_act(company.goal.pk, choice, actor=actor_of(company.manager), now=NOW))
    assert act.person_id == team.head_id


def test_the_owner_sees_what_was_chosen_and_nobody_elses_trouble(company: Company) -> None:
    past(company, company.peer, "gggyyygg", ["1", "1", "0.9", "0.7", "0.46", "0.6", "0.8", "0.81"])
    open_one(company)
    seen = find_help(company.goal.pk, actor=actor_of(company.owner), now=NOW)
    assert seen is not None and seen.side is HelpSide.OWNS and seen.pack is not None and seen.is_empty
    assert find_help(company.goal.pk, actor=actor_of(company.peer), now=NOW) is None
    choice = Choice(ActKind.OWN, "给自己", SUNDAY)
    for person in (company.owner, company.peer, company.stranger):
        with pytest.raises(AccessDenied):
            choose_act(company.goal.pk, choice, actor=actor_of(person), now=NOW)


def test_from_choice_to_an_end_that_the_metric_engine_tells(company: Company) -> None:
    manager, owner = actor_of(company.manager), actor_of(company.owner)
    script_id = save_script(
        None, title="首访话术", text="先问预约", metric_id=company.metric.pk, cause=Cause.METHOD, actor=manager, now=NOW
    )
    pack = open_one(company)
    assume_cause(company.goal.pk, cause=Cause.METHOD, note="首访不熟", actor=manager, now=NOW)
    offered = find_help(company.goal.pk, actor=manager, now=NOW)
    assert offered is not None and [(one.id, one.fits, one.uses) for one in offered.scripts] == [(script_id, True, 0)]
    due = SUNDAY + timedelta(days=7)
    used = choose_act(
        company.goal.pk, Choice(ActKind.SCRIPT, "首访话术", due, script_id=script_id), actor=manager, now=NOW
    )
    asked = choose_act(
        company.goal.pk, Choice(ActKind.REQUEST, "带一次", due, person_id=company.stranger.pk), actor=manager, now=NOW
    )
    pack.refresh_from_db()
    assert (pack.state, pack.watch_until) == (PackState.WATCHED, SUNDAY + timedelta(days=14))
    assert not WorkItem.objects.filter(kind=PACK_WORK, closed_at=None).exists()
    helper = actor_of(company.stranger)
    spec, item = find_work(REQUEST_WORK), WorkItem.objects.get(kind=REQUEST_WORK)
    assert item.person_id == company.stranger.pk and "沈一" not in str(item.params)
    assert spec is not None and spec.complete is not None
    with pytest.raises(WorkRefused):  # declining needs a reason
        spec.complete(item.row(), decision=Decision.RETURN, note=" ", actor=helper, now=NOW)
    spec.complete(item.row(), decision=Decision.AGREE, note="", actor=helper, now=NOW)
    assert Notice.objects.filter(person_id=company.manager.pk, code="tracking.help_answered").count() == 1
    finish_act(asked, actor=helper, now=NOW)
    finish_act(used, actor=owner, now=NOW)
    assert not WorkItem.objects.filter(kind__in=(ACT_WORK, REQUEST_WORK), closed_at=None).exists()
    # before the last day of the watch was evaluated nothing is recorded, however late it is
    end = SUNDAY + timedelta(days=14)
    stand(company.goal, "gyyyg", ["1", "0.7", "0.65", "0.7", "0.9"], until=end - timedelta(days=1))
    assert close_due_packs(actor=SYSTEM, now=NOW + timedelta(days=20)) == 0
    # a run that came a week late does not change what the light showed when the watch ended
    stand(company.goal, "yyygr", ["0.68", "0.65", "0.7", "0.96", "0.2"], until=end + timedelta(days=7))
    assert close_due_packs(actor=SYSTEM, now=NOW + timedelta(days=22)) == 1
    assert close_due_packs(actor=SYSTEM, now=NOW + timedelta(days=22)) == 0
    pack.refresh_from_db()
    assert (pack.outcome, pack.light_after, pack.completion_after, pack.after_on) == (
        PackOutcome.TURNED,
        "green",
        Decimal("0.96"),
        end,
    )
    row = find_script(script_id)
    assert row is not None and (row.uses, row.ended, row.turned) == (1, 1, 1)
    told = Notice.objects.filter(code="tracking.help_closed").values_list("person_id", flat=True)
    assert set(told) == {company.manager.pk, company.owner.pk}
    assert Event.objects.get(code="help.closed").params["outcome"] == "turned"
    with pytest.raises(HelpRefused):
        watch_goal(make_goal(owner=company.peer, metric=company.metric).pk, weeks=2, actor=manager, now=NOW)


@pytest.mark.parametrize(
    ("letters", "expected"),
    [("ggyyy", PackOutcome.SAME), ("gyyrr", PackOutcome.WORSE), ("gyynn", PackOutcome.UNKNOWN)],
)
def test_an_end_is_what_the_light_says(company: Company, letters: str, expected: PackOutcome) -> None:
    pack = open_one(company)
    until = watch_goal(company.goal.pk, weeks=2, actor=actor_of(company.manager), now=NOW)
    stand(company.goal, letters, ["1", "0.7", "0.65", "0.6", "0.6"], until=until)
    close_due_packs(actor=SYSTEM, now=NOW + timedelta(days=15))
    pack.refresh_from_db()
    assert pack.outcome == expected


def test_green_again_before_anything_was_chosen_is_not_counted_for_any_help(company: Company) -> None:
    pack = open_one(company)
    stand(company.goal, "yygg", ["0.6", "0.65", "0.9", "1"], until=SUNDAY + timedelta(days=14))
    close_due_packs(actor=SYSTEM, now=NOW + timedelta(days=14))
    pack.refresh_from_db()
    assert pack.outcome == PackOutcome.ALONE
    assert not WorkItem.objects.filter(kind=PACK_WORK, closed_at=None).exists()


def test_a_suspended_goal_ends_its_pack_and_takes_requests_back(company: Company) -> None:
    open_one(company)
    choice = Choice(ActKind.REQUEST, "带一次", SUNDAY, person_id=company.peer.pk)
    act_id = choose_act(company.goal.pk, choice, actor=actor_of(company.manager), now=NOW)
    Goal.objects.filter(id=company.goal.pk).update(state="suspended")
    assert close_due_packs(actor=SYSTEM, now=NOW) == 1
    assert HelpAct.objects.get(id=act_id).state == ActState.DROPPED
    assert not WorkItem.objects.filter(kind=REQUEST_WORK, closed_at=None).exists()
    with pytest.raises(HelpRefused, match=r"help\.answered"):
        answer_request(act_id, accepts=True, actor=actor_of(company.peer), now=NOW)


def test_what_is_refused(company: Company) -> None:
    open_one(company)
    manager, due = actor_of(company.manager), SUNDAY
    gone = make_person("走了", left_on=date(2026, 1, 1))
    refused = {
        "help.text_missing": Choice(ActKind.OWN, " ", due),
        "help.due_past": Choice(ActKind.OWN, "做", due - timedelta(days=1)),
        "help.due_missing": Choice(ActKind.OWN, "做", None),
        "help.own_help": Choice(ActKind.REQUEST, "帮", due, person_id=company.owner.pk),
        "help.person_missing": Choice(ActKind.REQUEST, "帮", due),
        "help.person_left": Choice(ActKind.REQUEST, "帮", due, person_id=gone.pk),
        "help.nobody_heads": Choice(ActKind.REQUEST, "帮", due, unit_id=0),
        "help.script_unknown": Choice(ActKind.SCRIPT, "话术", due, script_id=0),
        "help.case_unknown": Choice(ActKind.CASE, "照做", due, case_goal_id=0),
    }
    for code, choice in refused.items():
        with pytest.raises(HelpRefused) as error:
            choose_act(company.goal.pk, choice, actor=manager, now=NOW)
        assert error.value.problems[0].code == code
    assert not HelpAct.objects.exists()
    ask = Choice(ActKind.REQUEST, "帮", due, person_id=company.peer.pk)
    act_id = choose_act(company.goal.pk, ask, actor=manager, now=NOW)
    with pytest.raises(HelpRefused, match=r"help\.asked_already"):
        choose_act(company.goal.pk, ask, actor=manager, now=NOW)
    answer_request(act_id, accepts=False, reason="在外出差", actor=actor_of(company.peer), now=NOW)
    assert choose_act(company.goal.pk, ask, actor=manager, now=NOW) != act_id  # declined: may be asked again
    with pytest.raises(AccessDenied):
        drop_act(act_id, actor=actor_of(company.peer), now=NOW)
