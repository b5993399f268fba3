"""Pages of notices, as a person and as HR use them."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.foundation.access.contracts import Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.foundation.notices.actions import send_notice
from sextant.foundation.notices.actions.delivering import deliver
from sextant.foundation.notices.models import (
    Channel,
    Choice,
    CompanyRule,
    ContactPoint,
    Delivery,
    Habits,
    Notice,
    NoticeTextVersion,
)
from sextant.foundation.outbound.tests.stub import mail_stub, web_stub
from sextant.foundation.secrets import unseal
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
CODE = "goals.plan_proposed"


def sign_in(client: Client, name: str, *roles: Role) -> Person:
    user = User.objects.create(username=name, name=name, password="!", created_at=NOON)
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role, granted_at=NOON) for role in roles])
    person = make_person(name=name, user=user, email=f"{user.pk}@example.com")
    client.force_login(user)
    return person


def tell(person: Person, number: int, *, path: str = "/account/sessions/", now: datetime = NOON) -> None:
    params = {"owner": "周以宁" * 8, "cycle": f"2026 年度 {number}", "by": "<b>徐景行</b>"}
    send_notice(CODE, person_ids=[person.pk], params=params, path=path, key=str(number), now=now)


def get(client: Client, name: str, **kwargs: object) -> str:
    answer = client.get(reverse(name, kwargs=kwargs))
    assert answer.status_code == 200, name
    return answer.content.decode()


def test_a_person_reads_opens_and_chooses(client: Client, db, settings) -> None:
    person = sign_in(client, "周以宁", Role.EMPLOYEE)
    other = make_person(name="别人")
    assert "还没有通知" in get(client, "notices:mine")
    for number in range(3):
        tell(person, number)
    tell(other, 9)
    with CaptureQueriesContext(
        connection,
    ) as few:
        get(client, "notices:mine")
    for number in range(3, 40):
        tell(person, number)
    with CaptureQueriesContext(connection) as many:
        page = get(client, "notices:mine")
    assert len(many) == len(few) <= 15
    assert "&lt;b&gt;徐景行" in page and "2026 年度 39" in page and "2026 年度 9 " not in page
    newest = Notice.objects.filter(person_id=person.pk).latest("id")
    opened = client.get(reverse("notices:open", kwargs={"notice_id": newest.pk}))
    assert (opened.status_code, opened["Location"]) == (302, "/account/sessions/")
    foreign = Notice.objects.get(person_id=other.pk)
    assert client.get(reverse("notices:open", kwargs={"notice_id": foreign.pk})).status_code == 404
    client.post(reverse("notices:read_all"), {"upto": newest.pk - 1})
    tell(person, 99)
    assert Notice.objects.filter(person_id=person.pk, read_at=None).count() == 1

    Channel.objects.create(kind="email", is_active=True, changed_at=NOON, changed_by="x")
    Channel.objects.create(kind="sms", is_active=True, changed_at=NOON, changed_by="x")
    page = get(client, "notices:preferences")
    assert "去填写" in page and f'value="{CODE}|email"' in page and f'value="{CODE}|sms"' not in page
    bad = client.post(reverse("notices:contact", kwargs={"kind": "sms"}), {"value": "call me"})
    assert bad.status_code == 422
    client.post(reverse("notices:contact", kwargs={"kind": "sms"}), {"value": "138 0000 6021"})
    assert unseal(bytes(ContactPoint.objects.get().value)) == "13800006021"
    assert "138····6021" in get(client, "notices:preferences")
    CompanyRule.objects.create(code=CODE, kind="in_app", is_on=True, is_fixed=True)
    client.post(reverse("notices:preferences_save"), {"code": CODE, "on": [f"{CODE}|sms"]})
    assert set(Choice.objects.values_list("code", "kind", "is_on")) == {(CODE, "email", False), (CODE, "sms", True)}
    assert "短信" in client.get(reverse("notices:line", kwargs={"code": CODE})).content.decode()
    client.post(reverse("notices:preferences_save"), {"code": CODE, "on": [f"{CODE}|email"]})
    assert Choice.objects.count() == 0, "what is as the company says is not kept"
    habits = {"quiet_from": "1320", "quiet_until": "450", "is_quiet": "on", "digest": "daily", "digest_hour": "9"}
    client.post(reverse("notices:habits_save"), habits)
    assert Habits.objects.get().quiet_until == 450
    assert "22:00 到 07:30 免打扰" in get(client, "notices:preferences")


def test_a_stranger_signs_in_and_arrives_where_the_message_pointed(client: Client, db) -> None:
    person = make_person(name="周以宁")
    tell(person, 1)
    address = reverse("notices:open", kwargs={"notice_id": Notice.objects.get().pk})
    answer = client.get(address)
    assert answer.status_code == 302 and answer["Location"].endswith(f"?next={address.replace('/', '%2F')}")
    with pytest.raises(ValueError, match="no page of the product"):
        tell(person, 2, path="//evil.example.com/")


def test_hr_sets_up_a_channel_tries_it_and_follows_what_left(client: Client, db, settings) -> None:
    settings.SEXTANT_OUTBOUND_HOSTS = frozenset({"127.0.0.1"})
    hr = sign_in(client, "沈亦舟", Role.HR)
    get(client, "notices:channels")
    with mail_stub() as box:
        said = {"host": "127.0.0.1", "port": box.port, "security": "none", "sender": "n@example.com", "per_hour": 50}
        page = reverse("notices:channel", kwargs={"kind": "email"})
        assert client.post(page, {**said, "port": "x"}).status_code == 422
        client.post(page, {**said, "password": "geheim", "username": "", "is_active": "on"})
        assert "geheim" not in get(client, "notices:channel", kind="email")
        client.post(page, {**said, "is_active": "on"})
        assert json.loads(unseal(bytes(Channel.objects.get().secret)))["password"] == "geheim"
        # the stub knows no passwords: without an account none is sent
        client.post(reverse("notices:channel_test", kwargs={"kind": "email"}), {"to": "a@example.com"})
        assert len(box.mails) == 1
        box.refused.add(hr.email)
        tell(hr, 1)
        deliver("email", now=NOON)
        assert Delivery.objects.get().state == "dead"
        page = get(client, "notices:log")
        assert "收件地址不存在" in page and "周以宁" in page and "已提请签署" not in page, (
            "the body is not for administrators"
        )
        box.refused.clear()
        client.post(reverse("notices:resend"), {"all": "1"})
        deliver("email", now=NOON + timedelta(days=400))
        assert Delivery.objects.get().state == "sent" and len(box.mails) == 2
    assert "已发出" in get(client, "notices:log")
    assert "没有这样的投递" in client.get(reverse("notices:log"), {"state": "dead"}).content.decode()


def test_the_log_costs_the_same_for_one_row_and_for_many(client: Client, db) -> None:
    person = sign_in(client, "沈亦舟", Role.ADMIN)
    Channel.objects.create(kind="email", is_active=True, changed_at=NOON, changed_by="x")
    tell(person, 1)
    with CaptureQueriesContext(connection) as few:
        get(client, "notices:log")
    for number in range(2, 30):
        tell(make_person(name="长" * 40, email=f"{number}@example.com"), number)
    with CaptureQueriesContext(connection) as many:
        page = get(client, "notices:log")
    assert len(many) == len(few) <= 15
    assert len(page.encode()) < 120_000


def test_hr_puts_a_notice_into_its_own_words(client: Client, db) -> None:
    hr = sign_in(client, "沈亦舟", Role.HR)
    assert "方案待你签署" in get(client, "notices:texts")
    page = f"{reverse('notices:text', kwargs={'code': CODE})}?channel=in_app&language=zh-hans"
    assert re.search(r'value="\{owner\}的\{cycle\}方案待你签署"', client.get(page).content.decode())
    answer = client.post(page, {"subject": "{ownr} 请签字", "body": ""})
    assert (
        answer.status_code == 422 and "第 1 个字符：没有 {ownr} 这个占位符，是不是 {owner}" in answer.content.decode()
    )
    preview = client.post(
        reverse("notices:text_preview", kwargs={"code": CODE}), {"subject": "{owner} 请签字", "body": "{"}
    )
    assert "〔owner〕 请签字" in preview.content.decode() and "花括号没有配对" in preview.content.decode()
    client.post(page, {"subject": "{reader}，{owner} 请签字", "body": ""})
    tell(hr, 1)
    assert "沈亦舟，周以宁" in get(client, "notices:mine")
    client.post(page, {"back": "1", "reason": "太生硬"})
    assert "请签字" not in get(client, "notices:mine")
    # every saving stays and can be brought back
    history = client.get(page).content.decode()
    assert "第 2 版" in history and "太生硬" in history and history.count("恢复这一版") == 1
    client.post(page, {"subject": "{reader}，{owner} 请签字", "body": "", "reason": "恢复第 1 版"})
    client.post(page, {"subject": "{reader}，{owner} 请签字", "body": ""})  # changes nothing, makes no version
    assert list(NoticeTextVersion.objects.values_list("number", flat=True).order_by("number")) == [1, 2, 3]
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        NoticeTextVersion.objects.update(subject="")
    client.post(page, {"back": "1"})
    client.post(reverse("notices:text_rules", kwargs={"code": CODE}), {"rule-email": "never", "rule-in_app": ""})
    assert CompanyRule.objects.get().is_fixed is True
    assert "公司有规定" in get(client, "notices:texts")


def test_a_robot_that_answers_nonsense_is_told_to_who_tries_it(client: Client, db, settings) -> None:
    settings.SEXTANT_OUTBOUND_HOSTS = frozenset({"127.0.0.1"})
    sign_in(client, "沈亦舟", Role.HR)
    with web_stub(lambda _: (200, b"<html>")) as stub:
        client.post(
            reverse("notices:channel", kwargs={"kind": "feishu"}),
            {"url": stub.url, "sign": "s", "per_hour": 9, "is_active": "on"},
        )
        answer = client.post(reverse("notices:channel_test", kwargs={"kind": "feishu"}), {"to": "ou_1"}, follow=True)
    assert "看不懂对方的应答" in answer.content.decode()
