"""Adjustments: asking, answering, signing, and what counts from then on."""

import json
from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from sextant.engines.agreement import check_contract
from sextant.engines.values import Period
from sextant.foundation.access.contracts import AccessDenied
from sextant.foundation.notices.models import Notice
from sextant.goals.access import visible_adjustments
from sextant.goals.actions import evaluate_goals
from sextant.goals.actions.adjustment_effect import expire_adjustments, take_due_effect
from sextant.goals.actions.adjustment_evidence import attach_evidence
from sextant.goals.actions.adjustment_signing import approve_adjustment, decline_adjustment
from sextant.goals.actions.adjustments import (
    ask_adjustment,
    counter_adjustment,
    refuse_adjustment,
    withdraw_adjustment,
)
from sextant.goals.actions.contracts import remember_copy
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.importing import import_goals
from sextant.goals.contracts import AdjustmentMoved, AdjustmentState, GoalState
from sextant.goals.documents.typesetting import make_pdf
from sextant.goals.documents.verifying import compare, verify_file
from sextant.goals.models import AdjustmentRequest, AdjustmentStep, Contract, Goal, GoalPosition, GoalTarget, Plan
from sextant.goals.policy.adjustment import Wish
from sextant.goals.queries.adjustments import list_evidence
from sextant.goals.queries.contracts import contract_row
from sextant.goals.queries.specs import spec_on
from sextant.goals.queries.standings import list_standings
from sextant.goals.queries.targets import elasticity_used, list_targets
from sextant.goals.tests.adjustment_makers import (
    WEEK_10,
    Adjusted,
    ask,
    day,
    later,
    lower,
    make_adjustable,
    read_offer,
    row_of,
    sign,
)
from sextant.goals.tests.makers import make_goal
from sextant.goals.tests.plan_makers import SYSTEM, employee
from sextant.lowcode.queries.work import count_open
from sextant.metrics.queries import explain, standings_of
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.tests.makers import make_person
from tests.at_once import at_once

QUARTER = Period(date(2026, 1, 1), date(2026, 4, 1))


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def made(db: None) -> Adjusted:
    return make_adjustable()


def codes(refused) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def measure(made: Adjusted) -> None:
    """210 of 420 by the day before the request, 8 more on it."""
    ingest_rows(made.pair.metric, [(made.pair.owner, day(-20), 210), (made.pair.owner, day(), 8)])
    evaluate_goals(actor=SYSTEM, now=WEEK_10, as_of=day(-1))
    evaluate_goals(actor=SYSTEM, now=WEEK_10, as_of=day())


def test_a_counter_that_both_sign_counts_from_its_day_on_everywhere(made):
    measure(made)
    goal_id = made.goal.id
    was = standings_of([goal_id])[goal_id]
    request_id = ask(made, base=370)
    assert (count_open(made.pair.manager.id), count_open(made.pair.owner.id)) == (1, 0)
    assert row_of(request_id).exceptions == ()

    with pytest.raises(GoalRefused) as refused:
        counter_adjustment(request_id, wish=lower(378), read=1, actor=made.as_owner, now=WEEK_10)
    assert codes(refused) == ["adjust.own_offer"]
    counter_adjustment(request_id, wish=lower(378, 432), read=1, actor=made.as_manager, now=WEEK_10)
    assert (count_open(made.pair.manager.id), count_open(made.pair.owner.id)) == (0, 1)
    assert sign(request_id, made.as_owner) is AdjustmentState.COUNTERED
    assert Goal.objects.get(id=goal_id).base == 420
    assert (count_open(made.pair.manager.id), count_open(made.pair.owner.id)) == (1, 0)
    assert sign(request_id, made.as_manager) is AdjustmentState.IN_FORCE
    assert count_open(made.pair.manager.id) == 0

    # the row, both positions and the standing say it at once; yesterday says what it said
    goal = Goal.objects.get(id=goal_id)
    assert (goal.base, goal.stretch) == (378, 432)
    assert {one.terms["base"] for one in GoalPosition.objects.filter(goal=goal)} == {"378"}
    now = standings_of([goal_id])[goal_id]
    assert (was.attainment, now.attainment) == (Decimal("0.519048"), Decimal("0.576720"))
    assert now.value == was.value
    assert [(str(one.from_on), one.base) for one in list_targets([goal_id])[goal_id]] == [
        ("2026-01-01", 420),
        ("2026-03-04", 378),
    ]
    assert [spec_on(goal, day(n)).base for n in (-1, 0)] == [420, 378]
    assert explain(spec_on(goal, day()), as_of=day()).is_reproduced
    before = next(one for one in list_standings(as_of=day(-1)) if one.goal == goal.code)
    assert before.attainment == Decimal("0.5")
    # a run over everything gives what the single goal gave
    run = evaluate_goals(actor=SYSTEM, now=WEEK_10, as_of=day(), whole=True)
    assert standings_of([goal_id])[goal_id].attainment == now.attainment and run.goals == 1
    assert elasticity_used([goal_id], quarter=QUARTER) == {goal_id: Decimal("0.1")}

    # the contract has a second version, which names the change; the first still verifies
    first, second = Contract.objects.order_by("version")
    assert (second.number, second.version) == (first.number, 2)
    assert all(check_contract(one.content, digest=one.digest).value for one in (first, second))
    (told,) = json.loads(second.content)["plan"]["adjustments"]
    assert "adjustments" not in json.loads(first.content)["plan"]
    assert [(one["field"], one["old"], one["new"]) for one in told["changes"]] == [
        ("base", "420", "378"),
        ("stretch", "480", "432"),
    ]
    assert Notice.objects.filter(code="goals.adjust_agreed").count() == 2
    for contract in (first, second):
        pdf = make_pdf(contract_row(contract))
        remember_copy(contract.pk, sha256=sha256(pdf).hexdigest(), now=WEEK_10)
        assert compare(verify_file(pdf)).problems == ()
    with pytest.raises(DatabaseError), transaction.atomic():
        AdjustmentStep.objects.filter(request_id=request_id).update(note="")
    with pytest.raises(DatabaseError), transaction.atomic():
        GoalTarget.objects.filter(goal=goal).delete()


def test_each_refuses_what_is_not_theirs_and_a_stale_answer_is_told_what_came_between(made):
    request_id = ask(made)
    with pytest.raises(GoalRefused) as refused:
        ask(made, base=400)
    assert codes(refused) == ["adjust.under_way"]
    stranger = employee(made.pair.stranger)
    for act in (
        lambda: ask_adjustment(made.goal.id, wish=lower(400), actor=stranger, now=WEEK_10),
        lambda: refuse_adjustment(request_id, reason="不", read=1, actor=stranger, now=WEEK_10),
        # HR reads it, and speaks for neither side
        lambda: refuse_adjustment(request_id, reason="不", read=1, actor=made.approver, now=WEEK_10),
        lambda: sign(request_id, stranger),
    ):
        with pytest.raises(AccessDenied):
            act()
    with pytest.raises(GoalRefused) as refused:
        refuse_adjustment(request_id, reason="", read=1, actor=made.as_manager, now=WEEK_10)
    assert codes(refused) == ["adjust.reason"]
    with pytest.raises(GoalRefused) as refused:
        withdraw_adjustment(request_id, read=1, actor=made.as_manager, now=WEEK_10)
    assert codes(refused) == ["adjust.not_asked_by_you"]
    counter_adjustment(request_id, wish=lower(400), read=1, actor=made.as_manager, now=WEEK_10)
    with pytest.raises(AdjustmentMoved) as moved:
        withdraw_adjustment(request_id, read=1, actor=made.as_owner, now=WEEK_10)
    assert [(one.by_name, one.terms["base"]) for one in moved.value.since] == [("林清越", "400")]
    refuse_adjustment(request_id, reason="缺口没有出处", read=2, actor=made.as_owner, now=WEEK_10)
    with pytest.raises(GoalRefused) as refused:
        counter_adjustment(request_id, wish=lower(390), read=3, actor=made.as_manager, now=WEEK_10)
    assert codes(refused) == ["adjust.done"]
    assert (Goal.objects.get(id=made.goal.id).base, Contract.objects.count()) == (420, 1)
    # and a new one may be asked, by the manager as well
    again = ask_adjustment(made.goal.id, wish=lower(441, 500), actor=made.as_manager, now=WEEK_10)
    withdraw_adjustment(again, read=1, reason="算错了", actor=made.as_manager, now=WEEK_10)
    assert count_open(made.pair.owner.id) == 0
    seen = {who: visible_adjustments(actor, on=day()).count() for who, actor in _readers(made).items()}
    assert seen == {"owner": 2, "manager": 2, "hr": 2, "stranger": 0}


def _readers(made: Adjusted):
    return {
        "owner": made.as_owner,
        "manager": made.as_manager,
        "hr": made.approver,
        "stranger": employee(made.pair.stranger),
    }


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        (lower(420), "adjust.nothing_changed"),
        (lower(0), "goal.base_zero"),
        (lower(400, 390), "goal.stretch_not_beyond_base"),
        (Wish({"weight": Decimal(5)}, "x"), "adjust.field"),
        (lower(400, note=" "), "adjust.reason"),
        (lower(400, effective_on=day(-1)), "adjust.effective"),
        (lower(400, effective_on=date(2026, 4, 1)), "adjust.effective"),
        (Wish({"until_on": date(2026, 4, 2)}, "x"), "adjust.until"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_with_its_reason(made, wish, found):
    with pytest.raises(GoalRefused) as refused:
        ask_adjustment(made.goal.id, wish=wish, actor=made.as_owner, now=WEEK_10)
    assert codes(refused) == [found]


def test_what_is_beyond_window_or_elasticity_needs_a_reason_and_somebody_else(made):
    outside = later(7)
    with pytest.raises(GoalRefused) as refused:
        ask(made, now=outside)
    assert codes(refused) == ["adjust.exception_reason"]
    with pytest.raises(GoalRefused) as refused:
        ask(made, base=350)
    assert codes(refused) == ["adjust.exception_reason"]
    request_id = ask(made, base=350, now=outside, exception_reason="客户破产")
    assert [one.value for one in row_of(request_id).exceptions] == ["window", "budget"]
    sign(request_id, made.as_owner, now=outside)
    assert sign(request_id, made.as_manager, now=outside) is AdjustmentState.WAITING
    assert count_open(made.approver.person_id) == 1 and Goal.objects.get(id=made.goal.id).base == 420
    with pytest.raises(AccessDenied):
        approve_adjustment(request_id, read=3, actor=made.as_manager, now=outside)
    state = approve_adjustment(request_id, read=3, note="已核对", actor=made.approver, now=outside)
    assert state is AdjustmentState.IN_FORCE
    row = row_of(request_id)
    assert (row.approver_name, row.use, str(row.effective_on)) == ("周人力", Decimal("0.166667"), "2026-03-11")
    assert [one.act.value for one in row.steps] == ["ask", "sign", "sign", "approve", "take_effect"]
    # nothing is left of the elasticity: the next step back is an exception again, also within bounds of its own
    again = ask(made, base=355, now=outside, exception_reason="再核一次")
    assert [one.value for one in row_of(again).exceptions] == ["window", "budget"]
    for actor in (made.as_owner, made.as_manager):
        sign(again, actor, now=outside)
    decline_adjustment(again, reason="没有新的事实", read=3, actor=made.approver, now=outside)
    assert row_of(again).state is AdjustmentState.REFUSED and Goal.objects.get(id=made.goal.id).base == 350


def test_a_day_to_come_is_waited_for_and_days_that_pass_end_a_request(made):
    measure(made)
    request_id = ask_adjustment(made.goal.id, wish=lower(378, effective_on=day(5)), actor=made.as_owner, now=WEEK_10)
    sign(request_id, made.as_manager)
    assert sign(request_id, made.as_owner) is AdjustmentState.AGREED
    assert Goal.objects.get(id=made.goal.id).base == 420
    assert take_due_effect(actor=SYSTEM, now=later(4)) == 0
    with pytest.raises(GoalRefused) as refused:
        ask(made, base=400)
    assert codes(refused) == ["adjust.under_way"]
    assert [take_due_effect(actor=SYSTEM, now=later(5)) for _ in range(2)] == [1, 0]
    assert Goal.objects.get(id=made.goal.id).base == 378
    assert row_of(request_id).state is AdjustmentState.IN_FORCE

    waiting = ask(made, base=370, now=later(4), exception_reason="")
    assert [expire_adjustments(actor=SYSTEM, now=later(n)) for n in (10, 11, 11)] == [0, 1, 0]
    assert row_of(waiting).state is AdjustmentState.EXPIRED and count_open(made.pair.manager.id) == 0


def test_a_signature_counts_for_one_text_and_needs_the_right_hand(made):
    request_id = ask(made)
    reading = read_offer(request_id)
    for changes, found in (
        ({"password": "wrong"}, "sign.password"),
        ({"typed_name": "别人"}, "sign.name"),
        ({"reading": type(reading)(reading.step, "0" * 64)}, "sign.moved"),
    ):
        with pytest.raises(GoalRefused) as refused:
            sign(request_id, made.as_manager, **changes)
        assert codes(refused) == [found]
    sign(request_id, made.as_owner)
    with pytest.raises(GoalRefused) as refused:
        sign(request_id, made.as_owner)
    assert codes(refused) == ["sign.already"]
    counter_adjustment(request_id, wish=lower(400), read=2, actor=made.as_manager, now=WEEK_10)
    assert sign(request_id, made.as_manager) is AdjustmentState.COUNTERED  # the owner signed something else
    Goal.objects.filter(id=made.goal.id).update(base=430)
    with pytest.raises(GoalRefused) as refused:
        sign(request_id, made.as_owner)
    assert codes(refused) == ["adjust.goal_changed"]


def test_evidence_is_kept_for_those_who_may_read_the_request(made):
    request_id = ask(made)
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    attach_evidence(
        request_id,
        content=BytesIO(png),
        name="验收暂停.png",
        size=len(png),
        note="180 万元",
        actor=made.as_owner,
        now=WEEK_10,
    )
    (kept,) = list_evidence(request_id)
    assert (kept.name, kept.note, kept.by_name) == ("验收暂停.png", "180 万元", "沈亦舟")
    with pytest.raises(AccessDenied):
        attach_evidence(
            request_id,
            content=BytesIO(png),
            name="x.png",
            size=len(png),
            actor=employee(made.pair.stranger),
            now=WEEK_10,
        )


def test_a_goal_without_a_plan_is_adjusted_with_the_manager(made, tmp_path):
    metric = make_metric("新客户数")
    goal = make_goal(owner=made.pair.owner, metric=metric, cycle=made.pair.cycle, base=Decimal(20), stretch=None)
    request_id = ask_adjustment(goal.id, wish=lower(18), actor=made.as_owner, now=WEEK_10)
    sign(request_id, made.as_manager)
    assert sign(request_id, made.as_owner) is AdjustmentState.IN_FORCE
    assert Goal.objects.get(id=goal.id).base == 18 and Contract.objects.count() == 1
    assert AdjustmentRequest.objects.get(id=request_id).contract is None
    lonely = make_goal(owner=make_person("无上级"), metric=metric, cycle=made.pair.cycle)
    with pytest.raises(GoalRefused) as refused:
        ask_adjustment(lonely.id, wish=lower(90), actor=employee(lonely.owner_person), now=WEEK_10)
    assert codes(refused) == ["adjust.no_counterpart"]
    # a file cannot move it back: evaluations read the agreed target of the day
    file = tmp_path / "goals.csv"
    file.write_text(f"owner,metric,base,period\n{made.pair.owner.number},{metric.code},20,2026Q1\n", encoding="utf-8")
    (rejected,) = import_goals(file, actor=SYSTEM, now=WEEK_10).rejected
    assert (rejected.column, rejected.value) == ("base", "20") and Goal.objects.get(id=goal.id).base == 18
    Goal.objects.filter(id=goal.id).update(state=GoalState.SUSPENDED)
    with pytest.raises(GoalRefused) as refused:
        ask_adjustment(goal.id, wish=lower(17), actor=made.as_manager, now=WEEK_10)
    assert codes(refused) == ["adjust.goal_state"]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_instant_one_wins_and_the_other_is_told():
    made = make_adjustable()
    owner, manager = made.as_owner, made.as_manager
    # both ask
    found = at_once(
        lambda: ask_adjustment(made.goal.id, wish=lower(378), actor=owner, now=WEEK_10),
        lambda: ask_adjustment(made.goal.id, wish=lower(440), actor=manager, now=WEEK_10),
    )
    (refused,) = [one for one in found if isinstance(one, GoalRefused)]
    assert [one.code for one in refused.problems] == ["adjust.under_way"]
    (request_id,) = [one for one in found if isinstance(one, int)]
    asker, other = (owner, manager) if row_of(request_id).asked_by == owner.label else (manager, owner)
    # one withdraws while the other counters
    found = at_once(
        lambda: withdraw_adjustment(request_id, read=1, actor=asker, now=WEEK_10),
        lambda: counter_adjustment(request_id, wish=lower(400), read=1, actor=other, now=WEEK_10),
    )
    assert sum(isinstance(one, AdjustmentMoved) for one in found) == 1 and None in found
    AdjustmentRequest.objects.filter(id=request_id).update(state="withdrawn")
    # both sign: the second is told of the first, and signs what it then reads
    request_id = ask_adjustment(made.goal.id, wish=lower(378), actor=owner, now=WEEK_10)
    reading = read_offer(request_id)
    found = at_once(
        lambda: sign(request_id, owner, reading=reading), lambda: sign(request_id, manager, reading=reading)
    )
    assert sum(isinstance(one, AdjustmentMoved) for one in found) == 1
    late = manager if isinstance(found[1], AdjustmentMoved) else owner
    assert sign(request_id, late) is AdjustmentState.IN_FORCE
    assert Contract.objects.count() == 2 and GoalTarget.objects.count() == 2
    assert Plan.objects.get(id=made.pair.plan.id).state == "running"
