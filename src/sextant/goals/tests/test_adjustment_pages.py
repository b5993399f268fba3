"""The pages of adjustments: who sees what, what they cost, and that they lead from one to the next."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.foundation.accounts.models import User
from sextant.foundation.clock import company_day, now
from sextant.goals.actions import evaluate_goals
from sextant.goals.actions.adjustment_evidence import attach_evidence
from sextant.goals.actions.adjustments import ask_adjustment
from sextant.goals.contracts import AdjustmentState
from sextant.goals.models import AdjustmentRequest, Cycle, Goal
from sextant.goals.queries.adjustment_card import Stated
from sextant.goals.tests.adjustment_makers import Adjusted, lower, make_adjustable, read_offer, row_of
from sextant.goals.tests.agreement_makers import PASSWORD
from sextant.goals.tests.makers import make_goal
from sextant.goals.tests.plan_makers import SYSTEM
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.tests.makers import make_person

MOST_QUERIES = 15
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def made(db: None, settings) -> Adjusted:
    """The signed plan, moved to a cycle around today: pages read the clock."""
    made = make_adjustable()
    today = company_day(now(), settings.SEXTANT_ZONE)
    period = {"from_on": date(today.year, 1, 1), "until_on": date(today.year + 1, 1, 1)}
    Cycle.objects.filter(id=made.pair.cycle.id).update(**period)
    Goal.objects.update(**period)
    made.goal.refresh_from_db()
    return made


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *args: int) -> str:
    return reverse(f"goals:{name}", args=args)


def count(client: Client, address: str) -> tuple[int, str]:
    """Queries of a page, and the page."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(queries), answer.content.decode()


def test_from_asking_to_the_new_contract_through_the_pages(made):
    owner, manager = signed_in(made.pair.owner.user), signed_in(made.pair.manager.user)
    ask_url = url("adjust", made.goal.id)
    page = owner.get(ask_url).content.decode()
    assert "申请校调" in page and 'name="base"' in page and 'value="420"' in page
    told = {"base": "369.6", "stretch": "480", "last_on": "", "note": "两家医院暂停验收", "growth": "6.4"}
    refused = owner.post(ask_url, {**told, "note": ""})
    assert refused.status_code == 422 and "没有写理由" in refused.content.decode()
    evil = SimpleUploadedFile("x.png", b"<html></html>")
    refused = owner.post(ask_url, {**told, "exception_reason": "客户破产", "files": evil})
    assert refused.status_code == 422 and not AdjustmentRequest.objects.exists()
    file = SimpleUploadedFile("验收暂停.png", PNG)
    answer = owner.post(ask_url, {**told, "exception_reason": "客户破产", "files": file}, follow=True)
    request = AdjustmentRequest.objects.get()
    page = answer.content.decode()
    assert answer.status_code == 200 and "369.6" in page and "下调 12.0%" in page and "验收暂停.png" in page
    assert owner.get(ask_url).content.decode().count("已有一份校调在谈") == 1

    # the manager counters; an answer to what no longer stands is told so
    counter = {"act": "counter", "read": 1, "base": "378", "stretch": "480", "note": "能回一半"}
    assert manager.post(url("adjust_answer", request.id), {**counter, "base": "x"}).status_code == 422
    assert manager.post(url("adjust_answer", request.id), counter).status_code == 302
    page = manager.post(url("adjust_answer", request.id), counter, follow=True).content.decode()
    assert "刚刚有变化" in page and row_of(request.id).offer.terms["base"] == "378"
    part = owner.get(url("adjust_effect", made.goal.id), {"base": "380", "stretch": "480", "request": request.id})
    assert "+2" in part.content.decode() and "比对方报价" in part.content.decode()

    for client, person in ((owner, made.pair.owner), (manager, made.pair.manager)):
        form = client.get(url("adjust_sign", request.id)).content.decode()
        reading = read_offer(request.id)
        assert reading.digest in form
        sent = {"read": reading.step, "digest": reading.digest, "typed_name": person.name, "password": PASSWORD}
        client.post(url("adjust_sign", request.id), sent)
    row = row_of(request.id)
    if row.exceptions:
        assert row.state is AdjustmentState.WAITING
        hr = signed_in(User.objects.get(username="hr"))
        assert "审批例外" in hr.get(url("adjustment", request.id)).content.decode()
        hr.post(url("adjust_approve", request.id), {"read": len(row.steps), "act": "approve", "note": "已核"})
        assert "客户破产" in hr.get(url("adjust_exceptions")).content.decode()
    assert row_of(request.id).state is AdjustmentState.IN_FORCE
    page = owner.get(url("contract", made.pair.plan.id)).content.decode()
    assert "第 2 版" in page and "420 万元 → 378 万元" in page and "申请校调" in page
    history = owner.get(url("adjust_targets", made.goal.id)).content.decode()
    assert "420" in history and "378" in history


def test_pages_cost_little_whatever_there_is_to_show(made, settings):
    pair = made.pair
    people = [make_person(f"同事{n}", unit=pair.unit, manager=pair.manager) for n in range(6)]
    year = made.goal.from_on.year
    days = [date(year - back, month, 15) for back in (1, 2, 3, 4) for month in range(1, 13)]
    rows = [(one, day, 30 + day.month + day.year - year) for one in (*people, pair.owner) for day in days]
    ingest_rows(pair.metric, [*rows, (pair.owner, made.goal.from_on, 210)])
    evaluate_goals(actor=SYSTEM, now=now(), as_of=company_day(now(), settings.SEXTANT_ZONE))
    told = {"exception_reason": "急", "stated": Stated(Decimal("0.05"), "月报"), "actor": made.as_owner, "now": now()}
    request_id = ask_adjustment(made.goal.id, wish=lower(400, 450), **told)
    for n in range(3):
        attach_evidence(
            request_id,
            content=BytesIO(PNG + bytes([n])),
            name=f"{n}.png",
            size=len(PNG) + 1,
            actor=made.as_owner,
            now=now(),
        )
    manager, hr = signed_in(pair.manager.user), signed_in(User.objects.get(username="hr"))
    costs = {}
    for name, client, args in (
        ("adjustment", manager, [request_id]),
        ("adjust", manager, [made.goal.id]),
        ("adjust_targets", manager, [made.goal.id]),
        ("adjustments", manager, []),
        ("adjust_windows", manager, []),
        ("adjust_exceptions", hr, []),
        ("contract", manager, [pair.plan.id]),
        ("detail", manager, [made.goal.id]),
    ):
        costs[name], page = count(client, url(name, *args))
        if name == "adjustment":
            assert "周边均值" in page and "行业增速" in page and "2.png" in page
        if name == "adjustments":
            assert "等我处理" in page
    assert {name: cost for name, cost in costs.items() if cost > MOST_QUERIES} == {}


def test_who_may_not_read_a_request_gets_neither_page_nor_file(made):
    request_id = ask_adjustment(made.goal.id, wish=lower(400), exception_reason="急", actor=made.as_owner, now=now())
    file_id = attach_evidence(
        request_id, content=BytesIO(PNG), name="a.png", size=len(PNG), actor=made.as_owner, now=now()
    )
    stranger = User.objects.create(username="stranger", name="王外人", password="!", created_at=now())
    made.pair.stranger.user = stranger
    made.pair.stranger.save()
    outside = signed_in(stranger)
    for address in (
        url("adjustment", request_id),
        url("adjust_evidence", request_id, file_id),
        url("adjust", made.goal.id),
        url("adjust_effect", made.goal.id),
        url("adjust_targets", made.goal.id),
        url("adjust_sign", request_id),
    ):
        assert outside.get(address).status_code == 404, address
    assert outside.get(url("adjust_exceptions")).status_code == 403
    inside = signed_in(made.pair.manager.user).get(url("adjust_evidence", request_id, file_id))
    assert inside.status_code == 200 and inside["Content-Type"] == "image/png"
    assert b"".join(inside.streaming_content) == PNG
    hr = signed_in(User.objects.get(username="hr"))
    assert hr.get(url("adjustment", request_id)).status_code == 200
    assert hr.post(url("adjust_answer", request_id), {"act": "refuse", "reason": "不", "read": 2}).status_code == 403


def test_a_goal_without_targets_has_a_history_that_says_so(made):
    bare = [
        make_goal(owner=made.pair.owner, cycle=made.goal.cycle, metric=one, base=None, stretch=None)
        for one in (None, make_metric())
    ]
    client = signed_in(made.pair.owner.user)
    for goal in bare:
        answer = client.get(url("adjust_targets", goal.pk))
        assert answer.status_code == 200 and answer.context["history"] == []
