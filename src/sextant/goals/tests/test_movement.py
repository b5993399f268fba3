"""人员异动: who is found, what one step does to goals, plans, links and standings, and that nothing is lost."""

import json
import re
import threading
import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from sextant.engines import movement as engine
from sextant.engines.movement import Cause, Decision
from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.goals import policy
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.movement import move_goals
from sextant.goals.contracts import GoalState, PlanState, Side
from sextant.goals.contracts.movement import GoalChoice, MoveOrder
from sextant.goals.messages.bulk import SENTENCES as BULK
from sextant.goals.messages.movement import REASONS, SENTENCES, say_movement
from sextant.goals.models import Alignment, Goal, MovedGoal, Movement, Plan, Suspension
from sextant.goals.queries.move_case import read_case
from sextant.goals.queries.movements import find_moved
from sextant.goals.queries.plans import list_plan_goals
from sextant.goals.tests.agreement_makers import make_signed, read, sign
from sextant.goals.tests.makers import make_goal, make_standing
from sextant.goals.tests.plan_makers import NOW, Pair, employee
from sextant.metrics.models import Standing
from sextant.people.models import Person, Post, ReportingLine
from sextant.people.tests.makers import make_line, make_person, make_post

ON = date(2026, 2, 2)
LATER = NOW + timedelta(days=28)  # 9 February
THEN = date(2026, 2, 9)
HR = Actor(None, None, frozenset({Role.HR}), "HR")
KEEP, CLOSE, PAUSE = (GoalChoice(one) for one in (Decision.KEEP, Decision.CLOSE, Decision.PAUSE))


def move_to(person: Person, unit, manager: Person, *, on: date = ON) -> None:
    """As an import would: the old post and line end, new ones begin."""
    Post.objects.filter(person=person, valid_until=None).update(valid_until=on)
    ReportingLine.objects.filter(person=person, valid_until=None).update(valid_until=on)
    make_post(person, unit, title="客户经理", valid_from=on)
    make_line(person, manager, valid_from=on)


def order_of(person: Person, choices, *, cause=Cause.UNIT, on=ON, today=THEN, **changes) -> MoveOrder:
    case = read_case(person.pk, cause=cause, on=on, today=today)
    values = {"fingerprint": case.fingerprint, "last_id": case.last_id, **changes}
    return MoveOrder(person.pk, cause, on, choices, **values)


def decide(person: Person, choices, *, actor=HR, now=LATER, **changes):
    return move_goals(order_of(person, choices, **changes), actor=actor, now=now)


@pytest.fixture
def pair(db) -> Pair:
    return make_signed()


def goals_of(pair: Pair) -> tuple[Goal, Goal]:
    figure, work = Goal.objects.filter(plan=pair.plan).order_by("id")
    return figure, work


def test_a_mover_keeps_the_part_before_and_the_successor_gets_the_rest(pair: Pair) -> None:
    figure, work = goals_of(pair)
    north, heir = make_person("赵新任", is_head=True, unit=pair.unit), make_person("周接手", unit=pair.unit)
    child = make_goal(owner=heir, metric=None, parent=figure, title="拜访三家医院")
    Alignment.objects.filter(child=child).update(how="每家一次", contribution=Decimal(40))
    unit = Post.objects.get(person=pair.stranger).unit
    move_to(pair.owner, unit, north)
    (found,) = find_moved(on=THEN, within=None)
    assert (found.person_id, found.cause, found.on) == (pair.owner.pk, Cause.UNIT, ON)
    make_standing(figure, Light.RED, as_of=THEN)

    case = read_case(pair.owner.pk, cause=Cause.UNIT, on=ON, today=THEN)
    told = {one.id: one.proposal for one in case.goals}
    assert told[figure.pk].decision is Decision.SPLIT and told[work.pk].decision is Decision.KEEP
    assert all(one.reason in REASONS for one in told.values())
    choices = {figure.pk: GoalChoice(Decision.SPLIT, heir.pk), work.pk: KEEP}
    done = decide(pair.owner, choices)
    assert done.days == (ON - timedelta(1), THEN)

    figure.refresh_from_db()
    (line,) = MovedGoal.objects.exclude(successor=None)
    rest = line.successor
    assert rest is not None and (rest.owner_person_id, rest.state) == (heir.pk, GoalState.RUNNING)
    # 22 of 64 working days lie before the second of February
    assert (figure.base, rest.base) == (Decimal(144), Decimal(276)) and figure.base + rest.base == 420
    assert figure.stretch + rest.stretch == 480
    assert (figure.from_on, figure.until_on, rest.from_on, rest.until_on) == (
        pair.cycle.from_on,
        ON,
        ON,
        pair.cycle.until_on,
    )
    assert figure.state == GoalState.RUNNING, "an evaluation of its last day still looks at it"
    assert not Standing.objects.filter(goal_id=figure.pk).exists(), "it was looked at as of a later day"
    # what supported it supports the successor, with what was said of it
    child.refresh_from_db()
    link = Alignment.objects.get(child=child)
    assert child.parent_id == link.parent_id == rest.pk
    assert (link.how, link.contribution, link.is_primary) == ("每家一次", Decimal(40), True)

    plan = Plan.objects.get(id=pair.plan.pk)
    # weights still sum to 100: the new manager and the mover only have to sign
    assert (plan.state, plan.counterpart_id) == (PlanState.PROPOSED, north.pk)
    assert all(goal.is_agreed for goal in list_plan_goals(plan.pk))
    assert list_plan_goals(plan.pk)[0].terms(Side.OWNER).base == 144
    (movement,) = Movement.objects.all()
    paper = json.loads(movement.content)
    assert paper["contracts"] == [["SX-2026Q1-0001", 1, plan.contracts.get().digest]]
    assert [one["decision"] for one in paper["goals"]] == ["split", "keep"]
    assert paper["goals"][0]["rest"]["base"] == "276" and paper["goals"][0]["successor"]["name"] == "周接手"
    assert AuditEntry.objects.filter(verb="move_goals", object_kind="person").exists()
    for change in (movement.delete, line.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    assert find_moved(on=THEN, within=None) == []
    # the new contract is the second version; the first stays as it was signed
    north.user = pair.manager.user
    pair.manager.user = None
    pair.manager.save()
    north.save()
    sign(pair, employee(pair.owner))
    sign(pair, employee(north), reading=read(pair))
    plan.refresh_from_db()
    assert plan.state == PlanState.RUNNING and sorted(plan.contracts.values_list("version", flat=True)) == [1, 2]


def test_a_leaver_hands_over_and_the_plan_is_closed(pair: Pair) -> None:
    figure, work = goals_of(pair)
    Person.objects.filter(id=pair.owner.pk).update(left_on=ON)
    ReportingLine.objects.filter(person=pair.owner).update(valid_until=ON)
    assert [(one.cause, one.on) for one in find_moved(on=THEN, within=None)] == [(Cause.LEFT, ON)]
    make_standing(figure, Light.RED, as_of=ON - timedelta(7))
    taken = {figure.pk: GoalChoice(Decision.HAND_OVER, pair.manager.pk), work.pk: CLOSE}
    with pytest.raises(AccessDenied):
        decide(pair.owner, taken, cause=Cause.LEFT, actor=employee(pair.stranger))
    # the line to the manager is cut, but who answered for the plan may still do it
    decide(pair.owner, taken, cause=Cause.LEFT, actor=employee(pair.manager))
    figure.refresh_from_db()
    work.refresh_from_db()
    rest = MovedGoal.objects.get(goal=figure).successor
    assert rest is not None and (figure.state, figure.base) == (GoalState.DROPPED, 420)
    assert (rest.owner_person_id, rest.base, rest.plan_id) == (pair.manager.pk, 276, None)
    assert not Standing.objects.filter(goal_id=figure.pk).exists(), "nobody is judged by what they handed over"
    assert (work.state, work.until_on) == (GoalState.RUNNING, ON)
    assert Plan.objects.get(id=pair.plan.pk).state == PlanState.CLOSED
    assert find_moved(on=THEN, within=None) == []


def test_a_leave_pauses_goals_and_a_new_manager_only_changes_the_counterpart(pair: Pair) -> None:
    figure, work = goals_of(pair)
    back = date(2026, 3, 2)
    leave = {"cause": Cause.LEAVE, "on": THEN, "until_on": back, "note": "产假"}
    decide(pair.owner, {figure.pk: PAUSE, work.pk: KEEP}, **leave)
    figure.refresh_from_db()
    assert figure.state == GoalState.SUSPENDED
    assert Suspension.objects.filter(goal=figure, until_on=back, reason="产假", ended_on=None).exists()
    assert Plan.objects.get(id=pair.plan.pk).state == PlanState.RUNNING

    boss = make_person("钱新主管", unit=pair.unit)
    ReportingLine.objects.filter(person=pair.owner).update(valid_until=THEN)
    make_line(pair.owner, boss, valid_from=THEN)
    (found,) = find_moved(on=THEN, within=[pair.owner.pk])
    assert (found.cause, found.on) == (Cause.MANAGER, THEN)
    decide(pair.owner, {figure.pk: KEEP, work.pk: KEEP}, cause=Cause.MANAGER, on=THEN)
    plan = Plan.objects.get(id=pair.plan.pk)
    assert (plan.state, plan.counterpart_id, plan.contracts.count()) == (PlanState.RUNNING, boss.pk, 1)
    assert plan.revisions.order_by("-number")[0].changes == [
        {"goal": None, "field": "counterpart", "old": "林清越", "new": "钱新主管"}
    ]
    assert find_moved(on=THEN, within=None) == []


def test_what_is_refused_says_what_to_do_and_changes_nothing(pair: Pair) -> None:
    figure, work = goals_of(pair)
    heir = make_person("周接手", unit=pair.unit)
    gone = make_person("吴离职", unit=pair.unit, left_on=ON)
    make_goal(owner=heir, metric=pair.metric, cycle=pair.cycle, from_on=ON)

    def refused(choices, **changes) -> str:
        with pytest.raises(GoalRefused) as told:
            decide(pair.owner, choices, **changes)
        assert "%(" not in say_movement(told.value.problems[0])
        return told.value.problems[0].code

    split = Decision.SPLIT
    assert refused({figure.pk: KEEP}) == "movement.undecided"
    assert refused({figure.pk: PAUSE, work.pk: KEEP}) == "movement.not_offered"
    assert refused({figure.pk: GoalChoice(split), work.pk: KEEP}) == "movement.successor_missing"
    assert refused({figure.pk: GoalChoice(split, pair.owner.pk), work.pk: KEEP}) == "movement.successor_own"
    assert refused({figure.pk: GoalChoice(split, gone.pk), work.pk: KEEP}) == "movement.successor_unable"
    assert refused({figure.pk: GoalChoice(split, heir.pk), work.pk: KEEP}) == "movement.has_goal"
    both = {figure.pk: KEEP, work.pk: KEEP}
    assert refused(both, on=date(2027, 2, 2), today=THEN) == "movement.day"
    assert refused(both, cause=Cause.LEAVE, on=THEN) == "movement.leave_days"
    assert refused(both, fingerprint="old") == "movement.changed"
    with pytest.raises(AccessDenied):
        decide(pair.owner, both, actor=employee(pair.owner))
    assert not Movement.objects.exists() and Plan.objects.get(id=pair.plan.pk).state == PlanState.RUNNING


def test_every_reason_and_refusal_is_a_sentence() -> None:
    cases = Path(engine.__file__).parent / "tests" / "cases" / "movers.toml"
    told = {f"movement.{one['reason']}" for one in tomllib.loads(cases.read_text(encoding="utf-8"))["proposal"]}
    assert told | {"movement.whole"} == set(REASONS)
    rooms = Path(policy.__file__).parents[1]
    sources = [*rooms.glob("policy/movement.py"), *rooms.glob("actions/move*.py"), *rooms.glob("policy/copying.py")]
    sources += [rooms / "actions" / "copying.py", Path(engine.__file__).parent / "split.py"]
    codes = {code for one in sources for code in re.findall(r'Problem\("(\w+\.\w+)"', one.read_text(encoding="utf-8"))}
    assert codes == {*SENTENCES, *BULK}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told_who_was_first() -> None:
    pair = make_signed()
    figure, work = goals_of(pair)
    heir = make_person("周接手", unit=pair.unit, manager=pair.manager)
    start, found = threading.Barrier(2), []
    orders = [
        order_of(pair.owner, {figure.pk: GoalChoice(Decision.SPLIT, heir.pk), work.pk: KEEP}),
        order_of(pair.owner, {figure.pk: CLOSE, work.pk: GoalChoice(Decision.HAND_OVER, heir.pk)}),
    ]

    def run(order: MoveOrder, actor: Actor) -> None:
        try:
            start.wait()
            found.append(move_goals(order, actor=actor, now=LATER))
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=pair_of) for pair_of in zip(orders, (HR, employee(pair.manager)), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (refused,) = [one for one in found if isinstance(one, GoalRefused)]
    assert refused.problems[0].code == "movement.done" and refused.problems[0].params["by"] in {"HR", "林清越"}
    assert Movement.objects.count() == 1 and MovedGoal.objects.exclude(successor=None).count() == 1
