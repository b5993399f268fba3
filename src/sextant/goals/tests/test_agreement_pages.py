"""Pages of 共商 over HTTP: one plan from two texts to the contract, at a fixed cost."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from sextant.foundation.clock import now
from sextant.goals.actions.plans import return_to_discussion
from sextant.goals.actions.positions import accept_positions, save_goal_position
from sextant.goals.contracts import PlanState
from sextant.goals.documents.verifying import compare, verify_file
from sextant.goals.models import Comment, Plan, Signature
from sextant.goals.queries.plans import list_plan_goals
from sextant.goals.tests.agreement_makers import PASSWORD, at, make_proposed, propose, read
from sextant.goals.tests.plan_makers import NOW, Pair, employee, kpi, task

MOST_QUERIES = 15
MOST_BYTES = 120 * 1024


@pytest.fixture
def pair(db, settings) -> Pair:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_proposed()


def client_of(person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def address(name: str, pair: Pair, **more: int) -> str:
    return reverse(f"goals:{name}", kwargs={"plan_id": pair.plan.id, **more})


def signature(pair: Pair, person, **changes: object) -> dict[str, object]:
    reading = read(pair)
    known = {"typed_name": person.name, "password": PASSWORD}
    return {**known, "revision": reading.revision, "digest": reading.digest, **changes}


def test_a_plan_is_talked_over_signed_and_handed_out(pair):
    owner, manager = client_of(pair.owner), client_of(pair.manager)
    page = address("negotiate", pair)
    goal = list_plan_goals(pair.plan.id)[0]

    answer = owner.post(address("comment", pair), {"goal": goal.id, "text": "两家医院 12 月下旬验收"})
    assert (answer.status_code, answer["Location"]) == (302, f"{page}#goal-{goal.id}")
    owner.post(address("support", pair), {"kind": "budget", "ask": "科室会 4 场"})
    told = manager.get(page).content.decode()
    assert "两家医院 12 月下旬验收" in told and "科室会 4 场" in told
    assert "还有 1 项支持没有答复。" in told and 'name="typed_name"' not in told, "the button says what is left"
    item = pair.plan.support.get().id
    refused = manager.post(address("support_answer", pair, item_id=item), {"act": "refuse", "text": " "}, follow=True)
    assert "不给要写明原因。" in refused.content.decode()
    manager.post(
        address("support_answer", pair, item_id=item), {"act": "promise", "text": "先给 3 场", "due_on": "2026-02-01"}
    )

    wrong = owner.post(address("sign", pair), signature(pair, pair.owner, password="x"), follow=True)
    assert "密码不对。请重新输入。" in wrong.content.decode()
    assert 'name="typed_name"' in owner.get(page).content.decode()
    assert owner.post(address("sign", pair), signature(pair, pair.owner))["Location"] == page
    assert "您已签，等对方。" in owner.get(page).content.decode()
    assert manager.get(address("contract", pair)).status_code == 404
    assert manager.post(address("sign", pair), signature(pair, pair.manager))["Location"] == address("contract", pair)

    contract = owner.get(address("contract", pair)).content.decode()
    assert "SX-2026Q1-0001 第 1 版" in contract and "420 万元" in contract and "刚刚核对" in contract
    owner.post(address("support_answer", pair, item_id=item), {"act": "broken"})
    assert "未兑现" in owner.get(address("contract", pair)).content.decode()
    pdf = b"".join(owner.get(address("contract_pdf", pair)))
    assert compare(verify_file(BytesIO(pdf).read())).problems == ()


def test_whoever_read_an_older_text_sees_what_changed_and_has_signed_nothing(pair):
    old, by_owner = signature(pair, pair.manager), employee(pair.owner)
    goal = list_plan_goals(pair.plan.id)[0]
    return_to_discussion(pair.plan.id, revision=at(pair), actor=by_owner, now=NOW)
    terms = kpi(pair.metric, base=Decimal(400))
    save_goal_position(pair.plan.id, goal_id=goal.id, terms=terms, revision=at(pair), actor=by_owner, now=NOW)
    told = client_of(pair.manager).get(address("negotiate", pair)).content.decode()
    assert '<del class="sx-del">400 万元</del> <ins class="sx-ins">420 万元</ins>' in told
    propose(pair)
    answer = client_of(pair.manager).post(address("sign", pair), old)
    assert answer.status_code == 409 and '<ins class="sx-ins">400</ins>' in answer.content.decode()
    assert not Signature.objects.exists()


def test_the_page_costs_the_same_with_forty_goals_and_two_hundred_comments(pair, django_assert_max_num_queries):
    by_owner, by_manager, plan_id = employee(pair.owner), employee(pair.manager), pair.plan.id
    return_to_discussion(plan_id, revision=at(pair), actor=by_owner, now=NOW)
    for number in range(38):
        terms = task(title=f"第 {number} 件事，写清楚交付物和日期")
        save_goal_position(plan_id, goal_id=None, terms=terms, revision=at(pair), actor=by_owner, now=NOW)
    goals = [goal.id for goal in list_plan_goals(plan_id)]
    accept_positions(plan_id, goal_ids=goals, revision=at(pair), actor=by_manager, now=NOW)
    said = now() - timedelta(days=1)
    Comment.objects.bulk_create(
        Comment(plan=pair.plan, goal_id=goals[n % 40], side="owner", by_person=pair.owner, at=said, text="这样写可以")
        for n in range(200)
    )
    manager = client_of(pair.manager)
    manager.get(address("negotiate", pair))  # the first visit also notes the browser
    for state in (PlanState.DISCUSSION, PlanState.PROPOSED):
        Plan.objects.filter(id=plan_id).update(state=state)
        with django_assert_max_num_queries(MOST_QUERIES):
            page = manager.get(address("negotiate", pair))
        assert page.status_code == 200
        assert page.content.count(b'class="sx-say"') == 200
