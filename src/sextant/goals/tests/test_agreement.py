"""From two texts that say the same to a contract nobody can change: signatures, support, comments."""

import json
import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from sextant.engines.agreement import check_contract
from sextant.foundation.access.contracts import AccessDenied
from sextant.foundation.accounts.models import SignInAttempt
from sextant.goals.actions.comments import add_comment
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plans import return_to_discussion
from sextant.goals.actions.positions import drop_goal, save_goal_position
from sextant.goals.actions.support import ask_support, judge_support, promise_support, refuse_support
from sextant.goals.contracts import GoalState, PlanState, RevisionIsStale, SupportAnswer, SupportKind
from sextant.goals.models import Contract, Goal, Plan, Signature
from sextant.goals.queries.contracts import list_contracts
from sextant.goals.queries.negotiation import list_comments, list_support
from sextant.goals.queries.plans import list_plan_goals
from sextant.goals.tests.agreement_makers import at, make_proposed, make_signed, propose, read, sign
from sextant.goals.tests.plan_makers import NOW, Pair, employee, kpi, make_pair, task

DUE = date(2026, 2, 1)


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def pair(db: None) -> Pair:
    return make_proposed()


def codes(refused) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_two_signatures_make_one_contract_and_the_plan_runs(pair):
    assert sign(pair, employee(pair.owner)).contract_id is None
    assert Plan.objects.get(id=pair.plan.id).state == PlanState.PROPOSED
    with pytest.raises(GoalRefused) as refused:
        sign(pair, employee(pair.owner))
    assert codes(refused) == ["sign.already"]
    reading = read(pair)
    signed = sign(pair, employee(pair.manager), typed_name=" 林 清越 ")
    contract = list_contracts(pair.plan.id)[0]
    assert (contract.id, contract.number, contract.version) == (signed.contract_id, "SX-2026Q1-0001", 1)
    assert Plan.objects.get(id=pair.plan.id).state == PlanState.RUNNING
    assert set(Goal.objects.values_list("state", flat=True)) == {GoalState.RUNNING}

    checked = check_contract(contract.content, digest=contract.digest).value
    assert checked is not None
    assert [(one["side"], one["typed_name"], one["device"], one["at"]) for one in checked["signatures"]] == [
        ("owner", "沈亦舟", "Chrome · Windows", "2026-01-12T02:00:00+00:00"),
        ("counterpart", "林 清越", "Chrome · Windows", "2026-01-12T02:00:00+00:00"),
    ]
    assert {(one["revision"], one["digest"]) for one in checked["signatures"]} == {(reading.revision, reading.digest)}
    goal = checked["plan"]["goals"][0]
    assert (goal["terms"]["base"], goal["metric_name"], goal["unit"]) == ("420", "回款额", "万元")
    with pytest.raises(GoalRefused) as refused:
        sign(pair, employee(pair.owner))
    assert codes(refused) == ["plan.state"]


def test_what_was_signed_can_be_neither_changed_nor_removed(db):
    pair = make_signed()
    contract = Contract.objects.get(plan=pair.plan)
    forbidden = [
        lambda: Contract.objects.filter(id=contract.id).update(number="X"),
        lambda: Contract.objects.filter(id=contract.id).delete(),
        lambda: Signature.objects.filter(plan=pair.plan).update(typed_name="王外人"),
        lambda: Signature.objects.filter(plan=pair.plan).delete(),
        # a contract whose text is not what its digest says never gets in
        lambda: Contract.objects.create(**_fields(contract) | {"content": contract.content + " "}),
        lambda: Contract.objects.create(**_fields(contract) | {"version": 1}),
    ]
    for write in forbidden:
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            write()
    assert json.loads(Contract.objects.get(plan=pair.plan).content)["number"] == contract.number


def _fields(contract: Contract) -> dict[str, object]:
    names = [field.attname for field in Contract._meta.concrete_fields if field.attname != "id"]
    return {name: getattr(contract, name) for name in names} | {"version": 2, "serial": 9, "revision": 99}


def test_a_signature_without_name_password_or_standing_is_refused(pair):
    owner = employee(pair.owner)
    with pytest.raises(GoalRefused) as refused:
        sign(pair, owner, typed_name="沈亦周")
    assert codes(refused) == ["sign.name"]
    with pytest.raises(AccessDenied):
        sign(pair, employee(pair.stranger))
    with pytest.raises(AccessDenied):
        sign(pair, replace(owner, user_id=None))
    for _try in range(5):
        with pytest.raises(GoalRefused) as refused:
            sign(pair, owner, password="wrong")
    assert codes(refused) == ["sign.locked"]
    assert SignInAttempt.objects.filter(succeeded=False).count() == 5, "a wrong try stays counted"
    with pytest.raises(GoalRefused) as refused:
        sign(pair, owner)  # the right password does not open a locked door
    assert codes(refused) == ["sign.locked"]
    assert not Signature.objects.exists()


def test_a_plan_that_moved_is_not_signed_unread(pair):
    reading, owner = read(pair), employee(pair.owner)
    sign(pair, employee(pair.manager), reading=reading)
    return_to_discussion(pair.plan.id, revision=reading.revision, actor=owner, now=NOW)
    goal = list_plan_goals(pair.plan.id)[0]
    changed = kpi(pair.metric, base=Decimal(400))
    save_goal_position(pair.plan.id, goal_id=goal.id, terms=changed, revision=at(pair), actor=owner, now=NOW)
    propose(pair)
    with pytest.raises(RevisionIsStale) as stale:
        sign(pair, owner, reading=reading)
    changes = [change for one in stale.value.since for change in one.changes if change["field"] == "base"]
    assert changes[0] == {"goal": goal.id, "field": "base", "old": "420", "new": "400"}
    # the manager's signature was under the former text, and is void
    assert sign(pair, owner).contract_id is None
    assert sign(pair, employee(pair.manager)).contract_id is not None
    assert Goal.objects.get(id=goal.id).base == 400


def test_support_is_asked_answered_signed_and_judged(db):
    pair = make_pair()
    plan_id, owner, manager = pair.plan.id, pair.as_owner, pair.as_manager
    asked = {
        kind: ask_support(plan_id, kind=kind, ask=f"要{kind.value}", actor=owner, now=NOW)
        for kind in (SupportKind.TRAINING, SupportKind.BUDGET)
    }
    for refused_write, code in (
        (lambda: ask_support(plan_id, kind=SupportKind.OTHER, ask="x", actor=manager, now=NOW), "support.owner_asks"),
        (lambda: ask_support(plan_id, kind=SupportKind.OTHER, ask=" ", actor=owner, now=NOW), "words.missing"),
        (lambda: _promise(plan_id, asked[SupportKind.TRAINING], owner), "support.company_answers"),
        (lambda: _promise(plan_id, asked[SupportKind.TRAINING], manager, due_on=None), "support.due_missing"),
        (lambda: refuse_support(plan_id, item_id=asked[SupportKind.BUDGET], reason=" ", actor=manager, now=NOW),
         "support.reason_missing"),
        (lambda: judge_support(plan_id, item_id=asked[SupportKind.TRAINING], is_kept=True, actor=owner, now=NOW),
         "plan.state"),
    ):  # fmt: skip
        with pytest.raises(GoalRefused) as refused:
            refused_write()
        assert codes(refused) == [code]
    _promise(plan_id, asked[SupportKind.TRAINING], manager)
    with pytest.raises(AccessDenied):
        ask_support(plan_id, kind=SupportKind.OTHER, ask="x", actor=employee(pair.stranger), now=NOW)
    first, second = list_support(plan_id)
    assert (first.answer, first.responsible_name, first.due_on) == (SupportAnswer.PROMISED, "林清越", DUE)
    assert second.answer is SupportAnswer.OPEN


def _promise(plan_id, item_id, actor, due_on: date | None = DUE):
    promise_support(plan_id, item_id=item_id, text="苏州两天", due_on=due_on, actor=actor, now=NOW)


def test_open_support_keeps_from_signing_and_a_new_answer_voids_a_signature(pair):
    owner, manager, plan_id = employee(pair.owner), employee(pair.manager), pair.plan.id
    item = ask_support(plan_id, kind=SupportKind.AUTHORITY, ask="报价可到 8 折", actor=owner, now=NOW)
    with pytest.raises(GoalRefused) as refused:
        sign(pair, owner)
    assert codes(refused) == ["sign.support_open"]
    refuse_support(plan_id, item_id=item, reason="毛利不够", actor=manager, now=NOW)
    old = read(pair)
    sign(pair, owner)
    _promise(plan_id, item, manager)
    with pytest.raises(GoalRefused) as refused:
        sign(pair, manager, reading=old)
    assert codes(refused) == ["sign.moved"]
    assert sign(pair, manager).contract_id is None, "the owner signed another promise"
    contract_id = sign(pair, owner).contract_id
    content = json.loads(Contract.objects.get(id=contract_id).content)
    assert (
        content["plan"]["support"][0] | {"is_promised": True, "due_on": "2026-02-01"} == content["plan"]["support"][0]
    )
    judge_support(plan_id, item_id=item, is_kept=False, actor=owner, now=NOW + timedelta(days=30))
    assert list_support(plan_id)[0].is_kept is False
    with pytest.raises(GoalRefused):
        ask_support(plan_id, kind=SupportKind.OTHER, ask="晚了", actor=owner, now=NOW)


def test_comments_sit_at_the_goal_they_speak_of(pair):
    goal = list_plan_goals(pair.plan.id)[0]
    add_comment(pair.plan.id, goal_id=goal.id, text=" 420 有依据。 ", actor=employee(pair.manager), now=NOW)
    add_comment(pair.plan.id, goal_id=None, text="总体可以", actor=employee(pair.owner), now=NOW)
    assert [(one.goal_id, one.by_name, one.text) for one in list_comments(pair.plan.id)] == [
        (goal.id, "林清越", "420 有依据。"),
        (None, "沈亦舟", "总体可以"),
    ]
    other = make_other_goal(pair)
    with pytest.raises(AccessDenied):
        add_comment(pair.plan.id, goal_id=other, text="x", actor=employee(pair.owner), now=NOW)
    with pytest.raises(AccessDenied):
        add_comment(pair.plan.id, goal_id=None, text="x", actor=employee(pair.stranger), now=NOW)
    assert at(pair) == read(pair).revision, "words move no revision"


def make_other_goal(pair: Pair) -> int:
    from sextant.goals.tests.makers import make_goal

    return make_goal(owner=pair.stranger, metric=None).id


def test_a_goal_both_want_gone_is_in_no_contract(db):
    pair = make_proposed()
    owner, manager, plan_id = employee(pair.owner), employee(pair.manager), pair.plan.id
    return_to_discussion(plan_id, revision=at(pair), actor=owner, now=NOW)
    extra = save_goal_position(
        plan_id, goal_id=None, terms=task(title="多余"), revision=at(pair), actor=owner, now=NOW
    ).goal_id
    Goal.objects.filter(id=extra).update(state=GoalState.RUNNING)  # agreed once, both want it gone now
    drop_goal(plan_id, goal_id=extra, revision=at(pair), actor=owner, now=NOW)
    propose(pair)
    sign(pair, owner)
    sign(pair, manager)
    assert Goal.objects.get(id=extra).state == GoalState.DROPPED
    assert "多余" not in Contract.objects.get(plan=pair.plan).content


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_at_the_same_instant_make_one_contract():
    pair = make_proposed()
    reading, start, made = read(pair), threading.Barrier(2), []

    def race(actor):
        def run():
            try:
                start.wait(timeout=10)
                made.append(sign(pair, actor, reading=reading).contract_id)
            finally:
                connection.close()

        return run

    threads = [threading.Thread(target=race(employee(person))) for person in (pair.owner, pair.manager)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(made, key=lambda one: one or 0) == [None, Contract.objects.get().id]
    assert Signature.objects.count() == 2
