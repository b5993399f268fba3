"""Pages of connectors: written, previewed, saved, run; what a reader may see, and what nobody ever sees."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.accounts.models import User
from sextant.metrics.actions.connectors import save_connector, set_secret
from sextant.metrics.connectors.tests.makers import REST, document_text
from sextant.metrics.connectors.tests.stub import Reply, serving
from sextant.metrics.jobs import connectors as jobs_connectors
from sextant.metrics.models import Batch, Connector, ConnectorRun, ConnectorVersion
from sextant.metrics.tests.makers import make_batch, make_metric
from sextant.people.tests.makers import make_person

MOMENT = datetime(2026, 1, 20, 4, 0, tzinfo=UTC)
SYSTEM = Actor.system("测试")
AUTH = {"auth": {"kind": "header", "secret": "token"}}


def account(client: Client, username: str, role: Role) -> Client:
    user_id = create_account(
        username, password="correct horse battery", name=username, roles=[role], actor=SYSTEM, now=MOMENT
    )
    client.force_login(User.objects.get(pk=user_id))
    return client


@pytest.fixture
def hr(client: Client, db: None, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("SEXTANT_NOW", MOMENT.isoformat())
    settings.SEXTANT_HOME = tmp_path
    settings.SEXTANT_CONNECTOR_HOSTS = frozenset({"127.0.0.1"})
    settings.SEXTANT_CONNECTOR_FILES = tmp_path
    return account(client, "hr", Role.HR)


@pytest.fixture
def source():
    rows = [{"id": n, "who": "E1", "day": "2026-01-02", "amount": n} for n in range(1, 4)]
    with serving(lambda _: Reply({"rows": rows})) as stub:
        yield {"kind": "rest", "url": stub.url, "rows": "rows"}


def make_run(connector: Connector, **changes) -> ConnectorRun:
    fields = {
        "version": 1,
        "trigger": "schedule",
        "state": "done",
        "started_at": MOMENT,
        "started_by": "scheduler",
        "seconds": Decimal("1.25"),
        "rows_read": 1284,
        "accepted": 1236,
        "quarantined": 48,
        "requests": 13,
        "ledger_version": 7,
    }
    return ConnectorRun.objects.create(connector=connector, **{**fields, **changes})


class TestEditor:
    def test_each_kind_of_source_begins_from_an_example(self, hr: Client) -> None:
        for kind, word in (("rest", "crm.example.com"), ("sql", "SELECT"), ("files", "mes/outbox"), ("odd", "crm.")):
            assert word in hr.get(reverse("metrics:connector_new"), {"kind": kind}).content.decode()

    def test_mistakes_are_named_at_their_path_and_nothing_is_saved(self, hr: Client) -> None:
        text = document_text(schedule={"cron": "often"}, source={**REST, "pags": {}})
        answer = hr.post(reverse("metrics:connector_new"), {"text": text, "do": "save"})
        said = answer.content.decode()
        assert answer.status_code == 422
        assert "schedule.cron" in said and "source.pags" in said and "pages" in said
        assert not Connector.objects.exists()

    def test_the_preview_shows_values_before_anything_is_saved(self, hr: Client, source: dict) -> None:
        make_person(number="E1")
        text = document_text(source=source, backfill=None)
        answer = hr.post(reverse("metrics:connector_new"), {"text": text, "do": "preview"})
        assert answer.status_code == 200
        assert "门店销售" in answer.content.decode() and "3.00" in answer.content.decode()
        assert not Connector.objects.exists() and not Batch.objects.exists()

    def test_a_source_that_fails_says_why_beside_the_text(self, hr: Client) -> None:
        source = {"kind": "rest", "url": "http://10.0.0.1/"}
        text = document_text(source=source, backfill=None)
        answer = hr.post(reverse("metrics:connector_new"), {"text": text, "do": "preview"})
        assert answer.status_code == 422
        assert "SEXTANT_CONNECTOR_HOSTS" in answer.content.decode() and "http://10.0.0.1/" in answer.content.decode()

    def test_saved_it_has_a_page_and_every_change_is_a_version_with_its_difference(self, hr: Client) -> None:
        saved = hr.post(reverse("metrics:connector_new"), {"text": document_text(), "do": "save"})
        assert saved.url == reverse("metrics:connector", args=["shop"])
        address = reverse("metrics:connector_document", args=["shop"])
        hr.post(address, {"text": document_text(closing_days=3), "do": "save"})
        assert ConnectorVersion.objects.count() == 2
        shown = hr.get(reverse("metrics:connector_version", args=["shop", 2])).content.decode()
        assert '<ins class="no-underline">+ closing_days: 3' in shown
        earlier = hr.get(address, {"version": "1"}).content.decode()
        assert "closing_days" not in earlier
        assert hr.get(reverse("metrics:connector_version", args=["shop", 3])).status_code == 404

    def test_another_name_is_refused_on_a_connectors_own_page(self, hr: Client) -> None:
        save_connector(document_text(), actor=SYSTEM, now=MOMENT)
        address = reverse("metrics:connector_document", args=["shop"])
        answer = hr.post(address, {"text": document_text(name="other"), "do": "save"})
        assert answer.status_code == 422 and "shop" in answer.content.decode()
        assert Connector.objects.count() == 1


class TestPage:
    def test_run_now_is_queued_once_and_the_job_takes_the_rows_in(self, hr: Client, source: dict) -> None:
        from procrastinate.contrib.django.models import ProcrastinateJob

        make_person(number="E1")
        save_connector(document_text(source=source, backfill=None), actor=SYSTEM, now=MOMENT)
        for _ in range(2):
            hr.post(reverse("metrics:connector_run", args=["shop"]))
        job = ProcrastinateJob.objects.get(task_name="sextant.metrics.run_connector")
        jobs_connectors.run_connector(**job.args)
        shown = hr.get(reverse("metrics:connector", args=["shop"])).content.decode()
        assert "已入账" in shown and reverse("metrics:batch", args=[Batch.objects.get().pk]) in shown
        assert ConnectorRun.objects.get().started_by == "hr"

    def test_a_failure_is_said_in_words_with_the_remedy(self, hr: Client) -> None:
        save_connector(document_text(), actor=SYSTEM, now=MOMENT)
        problem = {
            "code": "connector.credentials_refused",
            "params": {"status": 401, "url": "https://crm.example.com/"},
        }
        make_run(Connector.objects.get(), state="failed", problem=problem)
        shown = hr.get(reverse("metrics:connector", args=["shop"])).content.decode()
        assert "来源拒绝了凭据（HTTP 401" in shown and "重新设置凭据" in shown

    def test_a_secret_is_set_and_never_shown(self, hr: Client) -> None:
        save_connector(document_text(source={**REST, **AUTH}), actor=SYSTEM, now=MOMENT)
        address = reverse("metrics:connector", args=["shop"])
        assert "还没有设置" in hr.get(address).content.decode()
        secret = reverse("metrics:connector_secret", args=["shop", "token"])
        assert hr.post(secret, {"value": "s3cr3t-value"}).url == address
        shown = hr.get(address).content.decode()
        assert "已设置" in shown and "s3cr3t-value" not in shown
        hr.post(secret, {"do": "forget"})
        assert "还没有设置" in hr.get(address).content.decode()

    def test_who_may_only_read_gets_no_buttons_and_no_editor(self, hr: Client, client: Client) -> None:
        save_connector(document_text(source={**REST, **AUTH}), actor=SYSTEM, now=MOMENT)
        reader = account(Client(), "auditor", Role.DATA_AUDITOR)
        shown = reader.get(reverse("metrics:connector", args=["shop"])).content.decode()
        assert "运行记录" in shown and "立即运行" not in shown and 'type="password"' not in shown
        assert "新建连接器" not in reader.get(reverse("metrics:connectors")).content.decode()

    def test_a_run_under_way_asks_again_by_itself(self, hr: Client) -> None:
        save_connector(document_text(), actor=SYSTEM, now=MOMENT)
        make_run(Connector.objects.get(), state="running")
        address = reverse("metrics:connector", args=["shop"])
        assert 'hx-trigger="every 3s"' in hr.get(address).content.decode()
        ConnectorRun.objects.update(state="done")
        part = hr.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "hx-trigger" not in part and "<html" not in part


def test_pages_stay_within_fifteen_queries_and_120_kb(hr: Client, django_assert_max_num_queries) -> None:
    for number in range(60):
        name = f"source-{number:02}"
        save_connector(document_text(name=name, source={**REST, **AUTH}), actor=SYSTEM, now=MOMENT)
        connector = Connector.objects.get(name=name)
        for _ in range(2 if number else 45):
            make_run(connector).batches.add(make_batch())
    set_secret("source-00", "token", "x", actor=SYSTEM, now=MOMENT)
    for number in range(40):
        make_metric(f"指标 {number}", owner_person_id=make_person().pk)
    pages = [
        reverse("metrics:connectors"),
        reverse("metrics:connectors") + "?page=2",
        reverse("metrics:connector", args=["source-00"]),
        reverse("metrics:connector", args=["source-00"]) + "?page=3",
        reverse("metrics:connector_new"),
        reverse("metrics:connector_document", args=["source-00"]),
        reverse("metrics:connector_version", args=["source-00", 1]),
    ]
    for address in pages:
        with django_assert_max_num_queries(15):
            answer = hr.get(address)
        assert answer.status_code == 200
        assert len(answer.content) < 120_000, address


def test_an_empty_list_says_how_to_begin_and_stale_metrics_name_their_owner(hr: Client) -> None:
    assert "还没有连接器" in hr.get(reverse("metrics:connectors")).content.decode()
    metric = make_metric("回款", code="late", owner_person_id=make_person("沈亦舟").pk)
    make_batch(mapping={"measurements": [{"metric": metric.code}]}, accepted=1, last_on=date(2026, 1, 1))
    shown = hr.get(reverse("metrics:connectors")).content.decode()
    assert "等数据的指标" in shown and "沈亦舟" in shown and "19 天" in shown
