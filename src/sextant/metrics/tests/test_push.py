"""POST /api/v1/measurements: what programs send, signed, once, whole or not at all."""

import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.http import HttpResponse

from sextant.foundation.access.contracts import Role
from sextant.foundation.accounts.models import RoleGrant
from sextant.foundation.api.actions import change_agreement, revoke_client, rotate_secret
from sextant.foundation.api.contracts import NewSecret, Scope, ScopeGrant
from sextant.foundation.api.models import ApiCall
from sextant.foundation.api.tests.makers import HR, NOON, make_agreement, make_client, post
from sextant.foundation.audit.models import AuditEntry
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import Batch, Metric
from sextant.metrics.tests.makers import make_metric
from sextant.people.tests.makers import make_person, make_unit

PATH = "/api/v1/measurements"
DAY = "2026-11-19"


@pytest.fixture(autouse=True)
def company(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SEXTANT_NOW", NOON.isoformat())
    make_person(number="XC1005")
    make_metric(code="sales.collections", name="回款", aggregation="sum")
    yield


def row(**changes: Any) -> dict[str, Any]:
    return {"person": "XC1005", "metric": "sales.collections", "day": DAY, "value": "12.5", **changes}


def body(*rows: dict[str, Any], batch: str = "crm-1") -> dict[str, Any]:
    return {"batch": batch, "rows": list(rows) or [row()]}


def push(client: NewSecret, content: object, *, path: str = PATH, **how: Any) -> tuple[int, dict[str, Any]]:
    answer = post(client, path, content, **how)
    return answer.status_code, json.loads(answer.content)


def in_ledger() -> list[tuple[date, Decimal, Decimal | None]]:
    with open_engine() as duck:
        ids = list(Metric.objects.values_list("id", flat=True))
        return sorted(ledger.relation(duck, metric_ids=ids).project("day, value, denominator").fetchall())


def refusal(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    assert in_ledger() == []
    return answer[0], answer[1]["code"]


def test_good_rows_come_in_and_the_others_are_kept_back_with_reasons() -> None:
    rows = (
        row(),
        row(person="nobody"),
        row(value="abc"),
        row(day="2026-12-24"),
        row(day=None),
        row(value=7, record="C-1"),
    )
    status, answer = push(make_client(name="CRM"), body(*rows))
    assert status == 200
    kept = [(one["row"], one["reason"].partition(": ")[0], one["value"]) for one in answer["quarantined"]]
    assert kept == [
        (2, "ingest.unknown_person", "nobody"),
        (3, "tabular.bad_number", "abc"),
        (4, "ingest.date_in_future", "2026-12-24"),
        (5, "ingest.date_missing", ""),
    ]
    assert (answer["accepted"], answer["already_known"]) == (2, False)
    assert [value for _, value, _ in in_ledger()] == [Decimal("7"), Decimal("12.5")]
    batch = Batch.objects.get(pk=answer["batch"])
    assert (batch.source, batch.filename, batch.delivered_by) == ("CRM", "crm-1", "api:CRM")
    assert (batch.rows_read, batch.rows_accepted, batch.rows_quarantined) == (6, 2, 4)
    assert batch.ledger_version == answer["ledger_version"]


def test_numbers_are_exact_however_they_are_written() -> None:
    written = b"0.1", b'"0.1"', b"12345678901234.123456", b'"-12345678901234.123456"', b"1e3", b"100"
    rows = [json.dumps(row(record=str(place))).encode().replace(b'"12.5"', one) for place, one in enumerate(written)]
    status, answer = push(make_client(), b'{"batch": "n", "rows": [' + b",".join(rows) + b"]}")
    assert (status, answer["quarantined"]) == (200, [])
    assert [value for _, value, _ in in_ledger()] == [
        Decimal("-12345678901234.123456"),
        Decimal("0.1"),
        Decimal("0.1"),
        Decimal("100"),
        Decimal("1000"),
        Decimal("12345678901234.123456"),
    ]


@pytest.mark.parametrize("value", ["1e999999", "9" * 60, 10**59, "１２", "=1+1", "NaN", "Infinity", "--1", "1e5"])
def test_odd_numbers_are_kept_back_or_read_but_never_fail(value: object) -> None:
    status, answer = push(make_client(), body(row(value=value)))
    assert status == 200
    assert answer["accepted"] + len(answer["quarantined"]) == 1


def test_units_ratios_and_counts_come_in_one_batch() -> None:
    make_unit(code="EAST")
    make_metric(code="win.rate", aggregation="ratio")
    make_metric(code="visits", aggregation="count")
    of_unit = {"unit": "EAST", "day": DAY}
    rows = [
        {**of_unit, "metric": "win.rate", "value": 3, "denominator": "8"},
        {**of_unit, "metric": "win.rate", "value": 3},
        {**of_unit, "metric": "visits", "record": "V1"},
        {**of_unit, "metric": "visits"},
    ]
    status, answer = push(make_client(), body(*rows))
    assert (status, answer["accepted"]) == (200, 3)
    assert [one["reason"].partition(": ")[0] for one in answer["quarantined"]] == ["ingest.value_missing"]
    day = date(2026, 11, 19)
    assert in_ledger() == [(day, Decimal(1), None), (day, Decimal(1), None), (day, Decimal(3), Decimal(8))]


def test_the_same_batch_again_adds_nothing_and_says_what_was_kept_back() -> None:
    client = make_client()
    first = push(client, body(row(), row(person="nobody")))[1]
    status, again = push(client, {"rows": [row(), row(person="nobody")], "batch": "crm-1"})
    assert (status, again["already_known"], again["accepted"]) == (200, True, 0)
    assert (again["batch"], again["quarantined"]) == (first["batch"], first["quarantined"])
    assert len(in_ledger()) == 1


def test_the_same_batch_with_other_rows_is_refused_and_names_both() -> None:
    client = make_client()
    number = push(client, body(row()))[1]["batch"]
    status, answer = push(client, body(row(), row(value=1)))
    assert (status, answer["code"]) == (409, "push.other_rows")
    for part in ("crm-1", f"批次 {number}", "1 行", "2 行", "2026-11-20T04:00:00"):
        assert part in answer["detail"]
    assert len(in_ledger()) == 1


def test_a_batch_name_belongs_to_its_client() -> None:
    assert push(make_client(), body(row()))[1]["already_known"] is False
    assert push(make_client(), body(row(value=2)))[1]["accepted"] == 1


def test_dimensions_are_kept_and_bounded() -> None:
    client = make_client()
    about = {"product": "GTX", "customer": '远洋 "总" 部'}
    assert push(client, body(row(dimensions=about), row(value=2)))[1]["accepted"] == 2
    with open_engine() as duck:
        known = ledger.relation(duck, metric_ids=list(Metric.objects.values_list("id", flat=True)))
        kept = known.order("value").project("dimensions").fetchall()
    assert [text and json.loads(text) for (text,) in kept] == [None, about]
    many = [row(dimensions={f"d{number}": "x"}) for number in range(9)]
    (fault,) = push(client, body(*many, batch="2"))[1]["errors"]
    assert (fault["row"], fault["field"]) == (9, "rows[9].dimensions")
    assert push(client, body(row(dimensions={"a b": "x"}), batch="3"))[0] == 422


def test_a_record_corrects_what_an_earlier_batch_said() -> None:
    client = make_client()
    push(client, body(row(record="C-1", value="10")))
    push(client, body(row(record="C-1", value="12"), batch="crm-2"))
    assert [value for _, value, _ in in_ledger()] == [Decimal(12)]


def test_a_dry_run_answers_and_writes_nothing() -> None:
    client = make_client()
    status, answer = push(client, body(row(), row(person="nobody")), path=f"{PATH}?dry_run=true")
    assert (status, answer["batch"], answer["accepted"], len(answer["quarantined"])) == (200, None, 1, 1)
    assert in_ledger() == []
    assert not Batch.objects.exists()
    assert push(client, body(), path=f"{PATH}?dry_run=maybe")[0] == 400
    push(client, body())
    assert push(client, body(), path=f"{PATH}?dry_run=true")[1]["already_known"] is True
    assert push(client, body(row(value=1)), path=f"{PATH}?dry_run=true")[1]["code"] == "push.other_rows"


def test_gzip_is_taken() -> None:
    sent = gzip.compress(json.dumps(body()).encode())
    assert push(make_client(), sent, headers={"Content-Encoding": "gzip"})[1]["accepted"] == 1


def test_ten_thousand_rows_are_taken_and_one_more_is_refused() -> None:
    client = make_client()
    rows = [row(record=str(number), value=number) for number in range(10_001)]
    assert refusal(push(client, body(*rows))) == (422, "api.bad_shape")
    assert push(client, body(*rows[:10_000]))[1]["accepted"] == 10_000


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"metric": "sales.unknown"}, "metric", "sales.unknown"),
        ({"metric": "old"}, "metric", "old"),
        ({"metric": "result"}, "metric", "result"),
        ({"person": None}, "person", ""),
        ({"unit": "EAST"}, "person", "XC1005"),
        ({"person": None, "unit": "EAST"}, "unit", "EAST"),
        ({"denominator": 3}, "denominator", "3"),
        ({"metric": "visits", "value": 2}, "value", "2"),
        ({"metrics": "x"}, "metrics", "x"),
        ({"value": [1]}, "value", "[1]"),
        ({"value": True}, "value", "True"),
        ({"value": "1" * 61}, "value", "1" * 61),
        ({"person": 1005}, "person", "1005"),
        ({"day": 20261119}, "day", "20261119"),
    ],
)
def test_what_no_row_may_say_refuses_the_call_and_names_row_field_and_value(
    changes: dict, field: str, value: str
) -> None:
    make_metric(code="visits", aggregation="count")
    make_metric(code="old", retired_at=NOON)
    make_metric(code="result", kind="derived", formula="1")
    answer = push(make_client(), body(row(), row(**changes)))
    assert refusal(answer) == (422, "api.bad_shape")
    (fault,) = answer[1]["errors"]
    assert (fault["row"], fault["field"], fault["value"]) == (2, f"rows[2].{field}", value)
    assert fault["detail"].endswith("。")
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    "content", [[], {"rows": []}, {"batch": "a b", "rows": [row()]}, {"batch": "a", "rows": row()}]
)
def test_another_shape_is_refused(content: object) -> None:
    assert refusal(push(make_client(), content)) == (422, "api.bad_shape")


def test_metrics_that_are_not_agreed_are_refused_and_not_looked_up() -> None:
    client = make_client(scopes=(ScopeGrant(Scope.MEASUREMENT_PUSH, ("sales.visits", "sales.secret")),))
    make_metric(code="sales.visits")
    answer = push(client, body(row(metric="sales.visits"), row(), row(metric="sales.none")))
    assert refusal(answer) == (422, "api.bad_shape")
    said = {fault["row"]: fault["detail"] for fault in answer[1]["errors"]}
    assert set(said) == {2, 3}
    assert said[2] == said[3]
    assert push(client, body(row(metric="sales.visits")))[1]["accepted"] == 1


@pytest.mark.parametrize(
    "signs",
    [
        {"method": "PUT"},
        {"path": f"{PATH}?dry_run=true"},
        {"ts": 1},
        {"nonce": "another-nonce-than-sent"},
        {"body_sha256": "0" * 64},
    ],
)
def test_a_call_that_is_not_what_was_signed_is_refused(signs: dict) -> None:
    answer = post(make_client(), PATH, body(), signs=signs)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Sextant-HMAC-SHA256")
    assert answer["Content-Type"] == "application/problem+json"
    assert in_ledger() == []


def test_unknown_key_wrong_secret_and_no_signature_are_one_answer() -> None:
    client = make_client()
    answers = [
        push(replace(client, key="sx_unknown"), body()),
        push(replace(client, secret="guessed"), body()),
        push(client, body(), headers={"Authorization": "Bearer x"}),
    ]
    for answer in answers:
        answer[1].pop("instance")
    assert answers[0] == answers[1] == answers[2]
    assert refusal(answers[0]) == (401, "api.not_signed")


def test_an_old_call_and_one_from_the_future_are_told_the_time() -> None:
    client = make_client()
    for off in (timedelta(minutes=-6), timedelta(minutes=6)):
        answer = push(client, body(), now=NOON + off)
        assert refusal(answer) == (401, "api.not_timely")
        assert "2026-11-20T04:00:00+00:00" in answer[1]["detail"]


def test_a_replayed_call_is_refused() -> None:
    client = make_client()
    assert push(client, body(), nonce="used-only-this-once")[0] == 200
    assert push(client, body(), nonce="used-only-this-once")[1]["code"] == "api.replayed"
    assert push(make_client(), body(batch="x"), nonce="used-only-this-once")[0] == 200


def test_an_ended_agreement_is_refused_until_it_is_extended(monkeypatch: pytest.MonkeyPatch) -> None:
    agreement = make_agreement(expires_at=NOON + timedelta(days=1))
    client = make_client(**{name: getattr(agreement, name) for name in ("name", "expires_at")})
    later = NOON + timedelta(days=1)
    monkeypatch.setenv("SEXTANT_NOW", later.isoformat())
    assert refusal(push(client, body(), now=later)) == (403, "api.client_expired")
    longer = replace(agreement, expires_at=NOON + timedelta(days=9))
    change_agreement(client.client_id, longer, actor=HR, now=later)
    assert push(client, body(), now=later)[0] == 200


def test_a_revoked_client_is_refused() -> None:
    client = make_client()
    revoke_client(client.client_id, actor=HR, now=NOON)
    assert refusal(push(client, body())) == (403, "api.client_revoked")


def test_the_old_secret_lives_on_only_when_it_was_kept() -> None:
    client = make_client()
    new = rotate_secret(client.client_id, keep_old=True, actor=HR, now=NOON)
    assert push(client, body())[0] == push(new, body())[0] == 200
    newest = rotate_secret(client.client_id, keep_old=False, actor=HR, now=NOON)
    assert push(client, body())[0] == push(new, body())[0] == 401
    assert push(newest, body())[0] == 200


def test_the_old_secret_dies_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_client()
    rotate_secret(client.client_id, keep_old=True, actor=HR, now=NOON)
    later = NOON + timedelta(hours=24)
    monkeypatch.setenv("SEXTANT_NOW", later.isoformat())
    assert push(client, body(), now=later)[0] == 401


def test_calls_come_from_the_agreed_networks() -> None:
    client = make_client(networks=("10.0.0.0/8",))
    assert refusal(push(client, body(), remote="192.0.2.1")) == (403, "api.wrong_network")
    assert push(client, body(), remote="10.2.3.4")[0] == 200


def test_more_calls_than_agreed_wait_and_then_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_client(calls_per_minute=2)
    assert [push(client, body())[0] for _ in range(3)] == [200, 200, 429]
    assert post(client, PATH, body())["Retry-After"] == "30"
    later = NOON + timedelta(seconds=30)
    monkeypatch.setenv("SEXTANT_NOW", later.isoformat())
    assert [push(client, body(), now=later)[0] for _ in range(2)] == [200, 429]


def test_every_call_is_in_the_log() -> None:
    client = make_client()
    good = post(client, PATH, body(row(), row()), remote="10.2.3.4")
    push(client, body(row(), row(value=2)))
    push(replace(client, secret="guessed"), body())
    calls = list(ApiCall.objects.order_by("id").values_list("status", "problem", "rows", "operation"))
    assert calls == [
        (200, "", 2, "push_measurements"),
        (409, "push.other_rows", 2, "push_measurements"),
        (401, "api.not_signed", None, "push_measurements"),
    ]
    first = ApiCall.objects.earliest("id")
    assert (first.address, first.at, first.request_id) == ("10.2.3.4", NOON, good["X-Request-Id"])
    assert first.milliseconds is not None


def test_guesses_cannot_fill_the_log() -> None:
    client = make_client()
    for _ in range(65):
        push(replace(client, secret="guessed"), body())
    assert ApiCall.objects.count() == 60


def test_a_fault_of_ours_is_answered_logged_and_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(ledger, "append", fail)
    client = make_client()
    status, answer = push(client, body())
    assert (status, answer["code"]) == (500, "api.failed")
    assert "secret detail" not in str(answer)
    assert ApiCall.objects.get().status == 500
    monkeypatch.undo()
    monkeypatch.setenv("SEXTANT_NOW", NOON.isoformat())
    assert push(client, body())[1]["accepted"] == 1


def test_problems_are_said_in_the_language_asked_for() -> None:
    client = make_client()
    chinese = post(client, PATH, body(row(metric="none")))
    assert chinese["Content-Language"] == "zh-Hans"
    answer = json.loads(chinese.content)
    assert answer["title"] == "内容不符合约定的结构"
    assert answer["errors"][0]["detail"] == "指标库里没有这个编码。请核对编码，或请人先建立指标。"
    english = post(client, PATH, body(row(metric="none")), headers={"Accept-Language": "en"})
    assert english["Content-Language"] == "en"


def test_a_session_opens_nothing(client: Any, django_user_model: Any) -> None:
    user = django_user_model.objects.create(username="hr", password="!", created_at=NOON)
    RoleGrant.objects.create(user=user, role=Role.HR, granted_at=NOON)
    client.force_login(user)
    assert client.post(PATH, body(), content_type="application/json").status_code == 401


def test_who_pushed_is_in_the_audit_trail() -> None:
    number = push(make_client(name="ERP"), body())[1]["batch"]
    entry = AuditEntry.objects.get(object_kind="batch", object_id=str(number))
    assert (entry.actor_label, entry.actor_user_id) == ("api:ERP", None)


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_from_two_threads_counts_once() -> None:
    client = make_client()
    together = Barrier(2)

    def send() -> HttpResponse:
        together.wait(timeout=30)
        try:
            return post(client, PATH, body(row(), row(value=3)))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = [future.result() for future in [pool.submit(send), pool.submit(send)]]
    found = [json.loads(answer.content) for answer in answers]
    assert sorted((one["accepted"], one["already_known"]) for one in found) == [(0, True), (2, False)]
    assert len({one["batch"] for one in found}) == 1
    assert len(in_ledger()) == 2
