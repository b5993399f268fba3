"""Pages about clients: the secret once, the agreement as agreed, the log page by page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.foundation.api.actions import create_client, forget_old_calls
from sextant.foundation.api.contracts import Scope, ScopeGrant
from sextant.foundation.api.models import ApiCall, ApiClient
from sextant.foundation.api.queries import get_client
from sextant.foundation.api.tests.makers import NOON, make_agreement, make_client
from sextant.foundation.audit.models import AuditEntry
from sextant.foundation.secrets import unseal

FORM = {
    "name": "CRM",
    "owner": "周信息，8021",
    "purpose": "每日回款",
    "scopes": ["measurement:push"],
    "metrics": "sales.collections\nsales.visits",
    "last_on": "2027-11-20",
    "networks": "10.0.0.0/8",
    "calls_per_minute": "30",
}


@pytest.fixture
def hr(db: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("SEXTANT_NOW", NOON.isoformat())
    user = User.objects.create(username="hr", password="!", created_at=NOON)
    RoleGrant.objects.create(user=user, role=Role.HR, granted_at=NOON)
    client = Client()
    client.force_login(user)
    return client


def secret_on(html: str) -> str:
    (secret,) = re.findall(r">([A-Za-z0-9_-]{43})<", html)
    return secret


def log_calls(client_id: int, count: int, **changes: Any) -> None:
    usual = {"at": NOON, "operation": "push_measurements", "status": 200, "request_id": "r"}
    ApiCall.objects.bulk_create([ApiCall(client_id=client_id, **{**usual, **changes}) for _ in range(count)])


def test_a_new_client_shows_its_secret_once_and_stands_under_what_was_agreed(hr: Client) -> None:
    answer = hr.post("/api/clients/new/", FORM)
    assert (answer.status_code, answer["Cache-Control"]) == (
        200,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    secret = secret_on(answer.content.decode())
    client = ApiClient.objects.get()
    assert unseal(bytes(client.secret)) == secret
    assert secret.encode() not in bytes(client.secret)
    row = get_client(client.pk, now=NOON)
    assert row.agreement.scopes == (ScopeGrant(Scope.MEASUREMENT_PUSH, ("sales.collections", "sales.visits")),)
    assert row.agreement.networks == ("10.0.0.0/8",)
    # the last day counts, where the company works
    assert row.agreement.expires_at.isoformat() == "2027-11-20T16:00:00+00:00"
    for page in ("/api/clients/", f"/api/clients/{client.pk}/", f"/api/clients/{client.pk}/change/"):
        assert secret not in hr.get(page).content.decode()
    assert secret not in str(AuditEntry.objects.get(verb="create_api_client").changes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"last_on": "2026-11-19"}, "有效期须在将来"),
        ({"last_on": "2029-11-20"}, "有效期须在将来"),
        ({"networks": "10.0.0.300"}, "不是地址或网段"),
        ({"metrics": "sales/collections"}, "不像指标编码"),
        ({"name": "ERP"}, "已有同名的客户端"),
    ],
)
def test_an_agreement_that_breaks_a_rule_comes_back_with_the_sentence(hr: Client, changes: dict, sentence: str) -> None:
    make_client(name="ERP")
    answer = hr.post("/api/clients/new/", FORM | changes)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert ApiClient.objects.count() == 1


def test_changing_an_agreement_keeps_key_and_secret_and_is_audited_field_by_field(hr: Client) -> None:
    made = make_client(name="CRM")
    before = bytes(ApiClient.objects.get().secret)
    page = hr.get(f"/api/clients/{made.client_id}/change/").content.decode()
    assert 'value="2027-11-20"' in page
    answer = hr.post(f"/api/clients/{made.client_id}/change/", FORM | {"owner": "吴接手"}, follow=True)
    assert "吴接手" in answer.content.decode()
    client = ApiClient.objects.get()
    assert (client.key, bytes(client.secret), client.calls_per_minute) == (made.key, before, 30)
    changes = AuditEntry.objects.get(verb="change_api_agreement").changes
    assert changes["owner"] == ["周信息，8021", "吴接手"]
    assert "name" not in changes


def test_a_new_secret_is_shown_once_and_says_how_long_the_old_one_lives(hr: Client) -> None:
    made = make_client()
    answer = hr.post(f"/api/clients/{made.client_id}/rotate/", {"keep_old": "1"}).content.decode()
    assert secret_on(answer) != made.secret
    assert "旧密钥在 2026-11-21 12:00 之前仍可用" in answer
    again = hr.post(f"/api/clients/{made.client_id}/rotate/").content.decode()
    assert "旧密钥" not in again


def test_a_revoked_client_can_be_read_and_nothing_else(hr: Client) -> None:
    made = make_client()
    page = f"/api/clients/{made.client_id}/"
    assert "已吊销" in hr.post(f"{page}revoke/", follow=True).content.decode()
    assert [hr.post(f"{page}{verb}/").status_code for verb in ("rotate", "revoke")] == [404, 404]
    assert hr.post(f"{page}change/", FORM).status_code == 422
    assert "revoke-form" not in hr.get(page).content.decode()


def test_the_log_is_paged_and_pages_cost_the_same_whatever_they_list(
    hr: Client, django_assert_max_num_queries: Any
) -> None:
    made = make_client()
    log_calls(made.client_id, 1, status=None, at=NOON - timedelta(days=1))
    log_calls(made.client_id, 60)
    for _ in range(20):
        make_client()
    with django_assert_max_num_queries(15):
        first = hr.get(f"/api/clients/{made.client_id}/")
    with django_assert_max_num_queries(15):
        hr.get("/api/clients/")
    assert first.content.decode().count("push_measurements") == 25
    assert "未完成" not in first.content.decode()
    last = hr.get(f"/api/clients/{made.client_id}/?page=3").content.decode()
    assert last.count("push_measurements") == 11
    assert "未完成" in last


def test_old_calls_are_forgotten_and_young_ones_kept(db: None) -> None:
    made = make_client()
    log_calls(made.client_id, 2, at=NOON - timedelta(days=401))
    log_calls(made.client_id, 3, at=NOON - timedelta(days=399))
    assert forget_old_calls(now=NOON) == 2
    assert ApiCall.objects.count() == 3


def test_an_employee_makes_no_client(db: None) -> None:
    with pytest.raises(AccessDenied):
        create_client(make_agreement(), actor=Actor(1, 1, frozenset({Role.EMPLOYEE}), "e"), now=NOON)
