"""A connector from its document to the ledger: once, again, after a failure, beside others that fail."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.metrics.actions import connector_delivery
from sextant.metrics.actions.connector_runs import claim_due, preview_connector, run_connector
from sextant.metrics.actions.connectors import SecretUnknown, forget_secret, save_connector, set_secret
from sextant.metrics.connectors.contracts import RunOutcome, RunState, SourceFailed, Trigger
from sextant.metrics.connectors.document import ConnectorRefused
from sextant.metrics.connectors.opening import Surroundings
from sextant.metrics.connectors.tests.makers import MAPPING, document_text
from sextant.metrics.connectors.tests.stub import Asked, Reply, serving
from sextant.metrics.connectors.web import Clock
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import Batch, Connector, ConnectorRun, ConnectorSecret, ConnectorVersion
from sextant.metrics.queries.connectors import get_connector, list_secrets, list_stale_metrics
from sextant.metrics.tests.makers import make_batch, make_metric
from sextant.people.tests.makers import make_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 20, 4, 0, tzinfo=UTC)
SYSTEM = Actor.system("测试")


class Shop:
    """A source with rows of days, asked by days; `rows` may change between two runs."""

    def __init__(self) -> None:
        self.rows = [{"id": n, "who": "E1", "day": f"2026-01-{n:02}", "amount": n} for n in range(1, 16)]
        self.fails: Reply | None = None
        self.asked: list[dict[str, str]] = []

    def __call__(self, asked: Asked) -> Reply:
        self.asked.append(asked.params)
        if self.fails is not None:
            return self.fails
        first, until = asked.params.get("from", ""), asked.params.get("until", "9")
        return Reply({"rows": [row for row in self.rows if first <= str(row["day"]) < until]})


@pytest.fixture
def around(tmp_path: Path, settings) -> Surroundings:
    settings.SEXTANT_HOME = tmp_path
    (tmp_path / "connectors").mkdir()
    clock = Clock(sleep=lambda _: None)
    return Surroundings({"127.0.0.1"}, tmp_path / "connectors", tmp_path / "tmp", clock)


@pytest.fixture
def shop():
    source = Shop()
    make_person(number="E1")
    with serving(source) as stub:
        source.url = stub.url
        yield source


def save(shop: Shop, name: str = "shop", **changes: Any) -> int:
    source = {"kind": "rest", "url": shop.url, "rows": "rows", "params": {"from": "{from}", "until": "{until}"}}
    source |= changes.pop("source", {})
    source = {key: value for key, value in source.items() if value is not None}
    return save_connector(document_text(name=name, source=source, **changes), actor=SYSTEM, now=NOW).id


def run(connector_id: int, around: Surroundings, *, now: datetime = NOW, **options: Any) -> RunOutcome:
    return run_connector(connector_id, trigger=Trigger.PERSON, actor=SYSTEM, now=now, around=around, **options)


def counted() -> tuple[Decimal, int]:
    with open_engine() as connection:
        return ledger.relation(connection).aggregate("sum(value), count(*)").fetchall()[0]


class TestRun:
    def test_rows_become_measurements_once_and_the_log_says_what_happened(self, shop: Shop, around) -> None:
        shop.rows.append({"id": 90, "who": "E9", "day": "2026-01-03", "amount": 5})
        connector = save(shop, backfill={"from": "2026-01-01", "slice_days": 10})
        done = run(connector, around)
        assert (done.state, done.requests, done.rows_read) == (RunState.DONE, 2, 16)
        assert (done.accepted, done.quarantined, len(done.batches)) == (15, 1, 2)
        assert (done.from_on, done.until_on) == (date(2026, 1, 1), date(2026, 1, 21))
        assert done.ledger_version == ledger.current_version()
        assert counted() == (Decimal(120), 15)
        assert [params["from"] for params in shop.asked] == ["2026-01-01", "2026-01-11"]

    def test_again_only_young_days_are_asked_for_and_what_is_the_same_adds_nothing(self, shop: Shop, around) -> None:
        connector = save(shop, closing_days=7)
        run(connector, around)
        run(connector, around, now=NOW + timedelta(days=1))
        run(connector, around, now=NOW + timedelta(days=1))
        batches = Batch.objects.count()
        again = run(connector, around, now=NOW + timedelta(days=1))
        assert shop.asked[-1] == {"from": "2026-01-15", "until": "2026-01-22"}
        assert (again.state, again.batches, Batch.objects.count()) == (RunState.UNCHANGED, (), batches)
        assert counted() == (Decimal(120), 15)

    def test_a_source_that_gives_all_of_itself_without_ids_is_known_by_person_and_day(self, shop, around) -> None:
        whole = {"params": {}, "url": shop.url}
        mapping = {**MAPPING, "record": ["who", "day"]}
        connector = save(shop, source=whole, mapping=mapping, backfill=None)
        assert run(connector, around).accepted == 15
        assert run(connector, around).state == RunState.UNCHANGED
        shop.rows[3]["amount"] = 104
        shop.rows.append({"id": 0, "who": "E1", "day": "2026-01-16", "amount": 1})
        run(connector, around)
        assert counted() == (Decimal(120 + 100 + 1), 16)

    def test_a_late_change_inside_the_closing_offset_corrects_and_going_back_corrects_again(self, shop, around) -> None:
        connector = save(shop, closing_days=10)
        run(connector, around)
        shop.rows[-1]["amount"] = 115
        run(connector, around)
        assert counted() == (Decimal(220), 15)
        shop.rows[-1]["amount"] = 15
        assert run(connector, around).state == RunState.DONE
        assert counted() == (Decimal(120), 15)

    def test_a_cursor_moves_only_when_the_rows_are_in(self, shop, around, monkeypatch: pytest.MonkeyPatch) -> None:
        cursor = {"field": "id", "type": "number"}
        connector = save(shop, source={"params": {"after": "{since}"}, "cursor": cursor}, backfill=None)
        monkeypatch.setattr(connector_delivery, "ingest_rows", lambda *_, **__: 1 / 0)
        assert run(connector, around).error_code == "connector.broken"
        assert Connector.objects.get().high_water is None
        monkeypatch.undo()
        run(connector, around)
        assert Connector.objects.get().high_water == "15"
        run(connector, around)
        assert shop.asked[-1] == {"after": "15"}

    def test_killed_after_the_ledger_had_the_rows_the_next_run_counts_them_once(
        self, shop, around, monkeypatch
    ) -> None:
        connector = save(shop)

        def killed(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(connector_delivery.SourceDelivery, "_advance", killed)
        with pytest.raises(KeyboardInterrupt):
            run(connector, around)
        monkeypatch.undo()
        assert run(connector, around).state == RunState.DONE
        assert counted() == (Decimal(120), 15)
        assert Batch.objects.count() == 1
        interrupted = ConnectorRun.objects.order_by("id").first()
        assert (interrupted.state, interrupted.problem["code"]) == ("failed", "connector.interrupted")

    def test_from_the_start_everything_is_asked_for_again_and_still_counts_once(self, shop: Shop, around) -> None:
        connector = save(shop)
        run(connector, around)
        shop.rows[0]["amount"] = 101
        run(connector, around, from_start=True)
        assert shop.asked[-1]["from"] == "2026-01-01"
        assert counted() == (Decimal(220), 15)


class TestFailure:
    @pytest.mark.parametrize(
        ("reply", "code"),
        [
            (Reply("down", status=500), "connector.source_error"),
            (Reply("slow", status=429), "connector.too_often"),
            (Reply(b"<html>", headers={"Content-Type": "text/html"}), "connector.not_json"),
            (Reply({"error": "who are you"}, status=401), "connector.credentials_refused"),
        ],
    )
    def test_a_source_that_fails_leaves_a_sentence_and_no_trace_in_the_ledger(self, shop, around, reply, code) -> None:
        connector = save(shop)
        shop.fails = reply
        failed = run(connector, around)
        assert (failed.state, failed.error_code, failed.batches) == (RunState.FAILED, code, ())
        assert failed.error.endswith("。") and Connector.objects.get().read_until is None
        shop.fails = None
        assert run(connector, around).accepted == 15

    def test_a_damaged_ledger_takes_nothing_in_and_the_run_says_what_to_do(self, shop: Shop, around) -> None:
        connector = save(shop)
        run(connector, around)
        Path(ledger.list_files()[0].uri).unlink()
        shop.rows.append({"id": 91, "who": "E1", "day": "2026-01-15", "amount": 5})
        done = run(connector, around)
        assert (done.state, done.error_code) == (RunState.FAILED, "connector.ledger_damaged")
        assert "sextant metrics ledger repair" in done.error

    def test_a_changed_schema_names_the_column_and_what_it_may_be_now(self, shop: Shop, around) -> None:
        connector = save(shop)
        for row in shop.rows:
            row["amounts"] = row.pop("amount")
        failed = run(connector, around)
        assert failed.error_code == "mapping.unknown_column"
        assert "amount" in failed.error and "amounts" in failed.error

    def test_a_window_that_fails_keeps_those_before_it(self, shop: Shop, around) -> None:
        connector = save(shop, backfill={"from": "2026-01-01", "slice_days": 5})
        whole = shop.rows[:]
        shop.rows = [row for row in whole if row["id"] <= 10] + ["no object"]

        def answer(asked: Asked) -> Reply:
            late = asked.params["from"] > "2026-01-10"
            return (
                Reply("down", status=503)
                if late
                else Reply({"rows": whole[:5]} if "06" not in asked.params["from"] else {"rows": whole[5:10]})
            )

        with serving(answer) as stub:
            shop.url = stub.url
            save(shop, backfill={"from": "2026-01-01", "slice_days": 5})
            failed = run(connector, around)
        assert (failed.state, failed.accepted) == (RunState.FAILED, 10)
        assert Connector.objects.get().read_until == date(2026, 1, 11)

    def test_the_secret_never_shows_even_when_the_source_repeats_it(self, shop: Shop, around) -> None:
        connector = save(shop, source={"auth": {"kind": "header", "secret": "token"}})
        set_secret("shop", "token", "s3cr3t-value", actor=SYSTEM, now=NOW)
        shop.fails = Reply("you sent Bearer s3cr3t-value", status=400)
        failed = run(connector, around)
        assert "•••" in failed.error
        stored = str(list(ConnectorRun.objects.values())) + str(list(AuditEntry.objects.values()))
        assert "s3cr3t-value" not in stored + failed.error


class TestSecrets:
    AUTH = {"auth": {"kind": "header", "secret": "token"}}

    def test_sealed_at_rest_and_sent_only_where_it_was_set_for(self, shop: Shop, around) -> None:
        connector = save(shop, source=self.AUTH)
        assert run(connector, around).error_code == "connector.secret_unset"
        set_secret("shop", "token", "s3cr3t", actor=SYSTEM, now=NOW)
        assert b"s3cr3t" not in bytes(ConnectorSecret.objects.get().sealed)
        assert run(connector, around).state == RunState.DONE
        with serving(shop) as elsewhere:
            shop.url = elsewhere.url
            save(shop, source=self.AUTH)
            assert run(connector, around).error_code == "connector.secret_elsewhere"
            assert elsewhere.asked == []

    def test_only_named_secrets_can_be_set_and_they_can_be_forgotten(self, shop: Shop) -> None:
        save(shop, source=self.AUTH)
        with pytest.raises(SecretUnknown):
            set_secret("shop", "other", "x", actor=SYSTEM, now=NOW)
        set_secret("shop", "token", "x", actor=SYSTEM, now=NOW)
        forget_secret("shop", "token", actor=SYSTEM, now=NOW)
        assert not ConnectorSecret.objects.exists()
        verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
        assert list(verbs)[-2:] == ["set_connector_secret", "forget_connector_secret"]

    def test_its_state_says_set_unset_or_set_for_another_place(self, shop: Shop) -> None:
        from sextant.metrics.queries.connectors import get_document

        save(shop, source=self.AUTH)
        assert [(one.is_set, one.is_elsewhere) for one in list_secrets("shop", get_document("shop"))] == [
            (False, False)
        ]
        set_secret("shop", "token", "x", actor=SYSTEM, now=NOW)
        assert list_secrets("shop", get_document("shop"))[0].is_set


class TestSave:
    def test_each_save_is_a_version_and_the_same_text_is_none(self, shop: Shop) -> None:
        save(shop)
        save(shop)
        save(shop, closing_days=3)
        assert list(ConnectorVersion.objects.values_list("number", "saved_by")) == [(1, "测试"), (2, "测试")]

    def test_a_later_beginning_of_the_back_fill_starts_reading_afresh(self, shop: Shop, around) -> None:
        connector = save(shop)
        run(connector, around)
        save(shop, closing_days=3)
        assert Connector.objects.get().read_until is not None
        save(shop, backfill={"from": "2025-01-01"})
        assert Connector.objects.get().read_until is None

    def test_refused_without_permission_under_another_name_and_without_records(self, shop: Shop) -> None:
        employee = Actor(1, 1, frozenset({Role.EMPLOYEE}))
        with pytest.raises(AccessDenied):
            save_connector(document_text(), actor=employee, now=NOW)
        with pytest.raises(ConnectorRefused) as named:
            save_connector(document_text(), actor=SYSTEM, now=NOW, name="other")
        assert named.value.problems[0].code == "connector.name_differs"
        without = {key: value for key, value in MAPPING.items() if key != "record"}
        with pytest.raises(ConnectorRefused) as caught:
            save_connector(document_text(mapping=without), actor=SYSTEM, now=NOW)
        assert caught.value.problems[0].code == "connector.record_needed"
        assert not Connector.objects.exists()


class TestSchedule:
    SCHEDULE = {"cron": "0 * * * *", "zone": "UTC"}

    def test_a_failing_source_keeps_no_other_from_running(self, shop: Shop, around) -> None:
        good = save(shop, schedule=self.SCHEDULE)
        bad = save(shop, name="broken", source={"url": "http://127.0.0.1:9/"}, schedule=self.SCHEDULE)
        started: list[int] = []

        def start(connector_id: int) -> None:
            if connector_id == bad:
                raise RuntimeError("the queue says no")
            started.append(connector_id)

        assert claim_due(now=NOW + timedelta(hours=5, minutes=30), start=start) == 1
        assert started == [good]
        limits = {"attempts": 1}
        save(shop, name="broken", source={"url": "http://127.0.0.1:9/", "limits": limits})
        assert run(bad, around).error_code == "connector.no_connection"
        assert run(good, around).state == RunState.DONE

    def test_missed_times_count_once_and_the_next_is_set(self, shop: Shop) -> None:
        save(shop, schedule=self.SCHEDULE)
        late = NOW + timedelta(hours=5, minutes=30)
        assert claim_due(now=NOW, start=lambda _: None) == 0
        assert claim_due(now=late, start=lambda _: None) == 1
        assert claim_due(now=late, start=lambda _: None) == 0
        assert get_connector("shop").next_due_at == datetime(2026, 1, 20, 10, 0, tzinfo=UTC)

    def test_switched_off_is_never_due(self, shop: Shop) -> None:
        save(shop, schedule=self.SCHEDULE, enabled=False)
        assert claim_due(now=NOW + timedelta(days=9), start=lambda _: None) == 0


class TestPreview:
    def test_the_first_measurements_are_shown_and_nothing_is_written(self, shop: Shop, around) -> None:
        source = {"kind": "rest", "url": shop.url, "rows": "rows", "params": {"from": "{from}"}}
        found = preview_connector(document_text(source=source), actor=SYSTEM, now=NOW, first=3, around=around)
        assert [(one.subject, one.value) for one in found.measurements] == [("E1", 1), ("E1", 2), ("E1", 3)]
        assert found.rows_read == 15
        assert not Batch.objects.exists() and not Connector.objects.exists()

    def test_a_source_without_rows_gives_no_preview_and_a_failing_one_its_reason(self, shop: Shop, around) -> None:
        source = {"kind": "rest", "url": shop.url, "rows": "rows"}
        shop.fails = Reply({"rows": []})
        text = document_text(source=source, backfill=None)
        assert preview_connector(text, actor=SYSTEM, now=NOW, around=around) is None
        shop.fails = Reply({"rows": 7})
        with pytest.raises(SourceFailed):
            preview_connector(text, actor=SYSTEM, now=NOW, around=around)


def test_metrics_without_data_within_their_promise_are_named_with_their_owner() -> None:
    owner = make_person("沈亦舟")
    promised = {"freshness_days": 7, "owner_person_id": owner.pk}
    make_metric("回款", code="late", **promised)
    make_metric("拜访", code="fresh", **promised)
    make_metric("从未", code="never")
    make_metric("算出来的", code="derived", kind="derived")
    for code, day in (("late", 1), ("fresh", 15), ("late", 9)):
        make_batch(mapping={"measurements": [{"metric": code}]}, accepted=1, last_on=date(2026, 1, day))
    make_batch(mapping={"measurements": [{"metric": "late"}]}, accepted=0, last_on=date(2026, 1, 20))
    found = list_stale_metrics(today=date(2026, 1, 20))
    assert [(one.code, one.last_on, one.days, one.owner) for one in found] == [
        ("never", None, None, ""),
        ("late", date(2026, 1, 9), 11, "沈亦舟"),
    ]


def test_every_minute_what_is_due_is_queued_once_under_its_own_lock(shop: Shop, monkeypatch) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from sextant.metrics.jobs import connectors as jobs_connectors

    schedule = {"cron": "0 * * * *", "zone": "UTC"}
    ids = [save(shop, name=name, schedule=schedule) for name in ("one", "two")]
    for minutes in (0, 30, 65, 66):
        monkeypatch.setenv("SEXTANT_NOW", (NOW + timedelta(minutes=minutes)).isoformat())
        jobs_connectors.start_due_connectors()
    queued = ProcrastinateJob.objects.filter(task_name="sextant.metrics.run_connector")
    assert sorted(job.args["connector_id"] for job in queued) == sorted(ids)
    assert len({job.lock for job in queued}) == 2


def test_a_job_of_a_connector_that_is_gone_does_nothing() -> None:
    from sextant.metrics.jobs import connectors as jobs_connectors

    jobs_connectors.run_connector(connector_id=12345)
    assert not ConnectorRun.objects.exists()
