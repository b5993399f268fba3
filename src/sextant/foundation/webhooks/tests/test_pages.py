"""Pages of webhooks, as an administrator uses them."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.foundation.events.actions import publish, tell_waiting
from sextant.foundation.webhooks.models import Endpoint, Sending, Trigger

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def admin(client: Client, db: None) -> Client:
    user = User.objects.create(username="admin", name="管理员", password="!", created_at=NOON)
    RoleGrant.objects.create(user=user, role=Role.ADMIN, granted_at=NOON)
    client.force_login(user)
    return client


def get(client: Client, name: str, **kwargs: object) -> str:
    answer = client.get(reverse(f"webhooks:{name}", kwargs=kwargs))
    assert answer.status_code == 200, name
    return answer.content.decode()


def test_an_endpoint_is_opened_watched_changed_and_deleted(admin: Client) -> None:
    assert "还没有系统接收这里的事件" in get(admin, "webhooks")
    new = reverse("webhooks:new_endpoint")
    good = {"name": "数据看板", "url": "https://bi.example.com/in?key=geheim", "is_active": "on"}
    for wrong in ({"url": "ftp://x"}, {"only": "nonsense"}, {"codes": ["no.such"]}):
        assert admin.post(new, {**good, **wrong}).status_code == 422
    secret = re.search(r"whsec_[\w+/=]+", admin.post(new, {**good, "only": "trigger = a, b"}).content.decode())
    assert secret is not None
    row = Endpoint.objects.get()
    assert (row.codes, row.only) == (["*"], {"trigger": ["a", "b"]})
    assert admin.post(new, good).status_code == 422, "names are told apart"
    place = {"endpoint_id": row.pk}
    with CaptureQueriesContext(connection) as few:
        page = get(admin, "endpoint", **place)
    assert secret[0] not in page and "geheim" not in page
    admin.post(reverse("webhooks:change_endpoint", kwargs=place), {**good, "codes": ["webhook.received"]})
    for number in range(30):
        params = {"trigger": "a", "payload": {"n": number}}
        publish("webhook.received", subject=("trigger", 1), params=params, now=NOON, actor=Actor.system("x"))
    tell_waiting(now=NOON)
    assert Sending.objects.count() == 30
    with CaptureQueriesContext(connection) as many:
        page = get(admin, "endpoint", **place)
    assert len(many) == len(few) <= 15 and "外部系统来调用" in page
    admin.post(reverse("webhooks:test", kwargs=place))
    days = {"since": "2026-11-20", "until": "2026-11-20"}
    answer = admin.post(reverse("webhooks:replay", kwargs=place), days, follow=True)
    assert "30 条重新发送" in answer.content.decode()
    assert (
        "先早后晚" in admin.post(reverse("webhooks:replay", kwargs=place), {"since": "x"}, follow=True).content.decode()
    )
    assert "whsec_" in admin.post(reverse("webhooks:rotate", kwargs=place), {"keep_old": "1"}).content.decode()
    assert "为止同时签名" in get(admin, "endpoint", **place)
    admin.post(reverse("webhooks:delete", kwargs=place))
    assert admin.get(reverse("webhooks:endpoint", kwargs=place)).status_code == 404


def test_a_trigger_is_opened_with_a_schema_that_is_one(admin: Client) -> None:
    new = reverse("webhooks:new_trigger")
    for wrong in ("{", "[]", '{"type": "nonsense"}'):
        assert admin.post(new, {"name": "CRM", "schema": wrong}).status_code == 422
    assert (
        "whsec_" in admin.post(new, {"name": "CRM", "schema": '{"type": "object"}', "is_active": "on"}).content.decode()
    )
    place = {"trigger_id": Trigger.objects.get().pk}
    assert Trigger.objects.get().key in get(admin, "trigger", **place)
    assert "&quot;object&quot;" in get(admin, "change_trigger", **place)
    admin.post(reverse("webhooks:change_trigger", kwargs=place), {"name": "CRM 2", "schema": ""})
    assert "停用" in get(admin, "trigger", **place) and "CRM 2" in get(admin, "webhooks")
    assert "whsec_" in admin.post(reverse("webhooks:rotate_trigger", kwargs=place)).content.decode()
