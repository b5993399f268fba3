"""Pages of metrics: a file from the upload to its quarantine, lists that stay cheap, and nobody else looks in."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.accounts.models import User
from sextant.metrics import jobs
from sextant.metrics.models import Batch, EvaluationRun, QuarantinedRow
from sextant.metrics.queries import find_metric
from sextant.metrics.tests.makers import make_batch
from sextant.metrics.views.uploads import AT_ONCE_BYTES
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

MOMENT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MAPPING = """# 保留注释
source: 门店流水
person: {column: who, by: number}
columns: {amount: {type: number}}
metrics: [{code: s.sales, name: 门店销售, unit_label: 元, decimals: 2, aggregation: sum}]
record: id
measurements: [{metric: s.sales, date: day, value: "[amount]"}]
"""
ROWS = "id,who,day,amount\n1,E1,2026-01-02,12.5\n2,E9,2026-01-02,7\n3,E1,2026-01-03,=1+1\n"


@pytest.fixture
def hr(client: Client, db: None) -> Client:
    user_id = create_account(
        "hr", password="correct horse battery", name="人事", roles=[Role.HR], actor=Actor.system("test"), now=MOMENT
    )
    client.force_login(User.objects.get(pk=user_id))
    return client


@pytest.fixture
def person(db: None) -> Person:
    return make_person(number="E1")


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.SEXTANT_HOME = tmp_path
    return tmp_path


def upload(client: Client, rows: str = ROWS, mapping: str = MAPPING, **form):
    return client.post(
        reverse("metrics:ingest"),
        {"file": SimpleUploadedFile("流水.csv", rows.encode()), "mapping": "own", "mapping_text": mapping, **form},
    )


class TestUpload:
    def test_file_and_mapping_lead_to_a_preview_of_the_resulting_values(self, hr: Client, person: Person) -> None:
        answer = hr.get(upload(hr).url)
        text = answer.content.decode()
        assert "门店销售" in text and "12.50" in text and "流水.csv" in text
        assert "找不到工号为“E9”的人" in text
        assert "# 保留注释" in text
        assert not Batch.objects.exists()

    def test_examples_and_mappings_of_earlier_batches_can_be_chosen(self, hr: Client, person: Person) -> None:
        make_batch(source="旧系统", mapping={"source": "旧系统"})
        text = hr.get(reverse("metrics:ingest")).content.decode()
        assert "CRM 商机" in text and "旧系统" in text
        chosen = hr.post(
            reverse("metrics:ingest"),
            {"file": SimpleUploadedFile("a.csv", ROWS.encode()), "mapping": "example:crm"},
        )
        assert "measurements[1].date" in hr.get(chosen.url).content.decode()  # our columns are not the CRM's

    def test_nothing_chosen_brings_the_form_back_with_what_is_missing(self, hr: Client) -> None:
        answer = hr.post(reverse("metrics:ingest"), {"mapping": "own"})
        assert answer.status_code == 422
        assert "请粘贴映射，或上传映射文件。" in answer.content.decode()

    def test_a_mapping_that_does_not_fit_is_shown_with_path_and_suggestion(self, hr: Client, person: Person) -> None:
        text = hr.get(upload(hr, mapping=MAPPING.replace("[amount]", "[amuont]")).url).content.decode()
        assert "measurements[1].value" in text and "amount" in text and "第 1 个字符" in text
        assert 'value="run"' not in text

    def test_an_unreadable_file_says_why(self, hr: Client) -> None:
        text = hr.get(upload(hr, rows="id,who,day,amount\n").url).content.decode()
        assert "只有表头，没有数据行" in text

    def test_a_reworked_mapping_leads_to_a_new_preview_and_writes_nothing(self, hr: Client, person: Person) -> None:
        first = upload(hr).url
        again = hr.post(first, {"mapping_text": MAPPING.replace("[amount]", "[amount] * 2"), "do": "preview"})
        assert again.status_code == 302 and again.url != first
        assert "25.00" in hr.get(again.url).content.decode()
        assert not Batch.objects.exists()


class TestRun:
    def test_a_mapping_changed_since_the_preview_is_shown_before_it_runs(self, hr: Client, person: Person) -> None:
        address = upload(hr).url
        answer = hr.post(address, {"mapping_text": MAPPING.replace("[amount]", "[amount] * 2"), "do": "run"})
        assert answer.url.startswith("/metrics/ingest/") and answer.url != address
        assert not Batch.objects.exists()

    def test_a_small_file_is_taken_in_at_once_and_its_page_adds_up(self, hr: Client, person: Person) -> None:
        answer = hr.post(upload(hr).url, {"mapping_text": MAPPING, "do": "run"}, follow=True)
        batch = Batch.objects.get()
        assert answer.redirect_chain[-1][0] == reverse("metrics:batch", args=[batch.pk])
        assert (batch.state, batch.rows_read, batch.accepted, batch.quarantined) == ("done", 3, 1, 2)
        assert (batch.filename, batch.delivered_by) == ("流水.csv", "人事")
        text = answer.content.decode()
        assert "门店流水" in text and "人员未匹配" in text and "不是数字" in text
        assert find_metric("s.sales") is not None

    def test_run_again_it_leads_to_the_batch_that_is_there(self, hr: Client, person: Person) -> None:
        address = upload(hr).url
        first = hr.post(address, {"mapping_text": MAPPING, "do": "run"})
        assert "再导入不会新增" in hr.get(address).content.decode()
        assert hr.post(address, {"mapping_text": MAPPING, "do": "run"}).url == first.url
        assert Batch.objects.count() == 1

    def test_a_large_file_waits_for_the_worker_and_its_page_asks_again(self, hr: Client, person: Person) -> None:
        many = "id,who,day,amount\n" + "".join(f"{n},E1,2026-01-02,{n}\n" for n in range(25_000))
        assert len(many) > AT_ONCE_BYTES
        address = hr.post(upload(hr, rows=many).url, {"mapping_text": MAPPING, "do": "run"}).url
        text = hr.get(address).content.decode()
        assert "排队中" in text and 'hx-trigger="every 2s"' in text
        batch = Batch.objects.get()
        jobs.ingest_batch(batch_id=batch.pk, label="人事")
        part = hr.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "排队中" not in part and "hx-trigger" not in part and "<html" not in part
        jobs.ingest_batch(batch_id=batch.pk, label="人事")
        batch.refresh_from_db()
        assert (batch.state, batch.accepted) == ("done", 25_000)

    def test_a_file_broken_further_down_ends_on_a_page_that_says_so(self, hr: Client, person: Person) -> None:
        broken = ROWS + '4,E1,"2026-01-02,5\n'
        stored = upload(hr, rows=ROWS).url
        assert hr.get(stored).status_code == 200
        answer = upload(hr, rows=broken)
        text = hr.post(answer.url, {"mapping_text": MAPPING, "do": "run"}, follow=True).content.decode()
        assert "没有导入，账本未变" in text and "引号不成对" in text
        assert Batch.objects.get().state == "failed"


class TestBatch:
    def test_the_quarantine_is_a_file_that_can_be_corrected_and_runs_no_formula(
        self, hr: Client, person: Person
    ) -> None:
        hr.post(upload(hr).url, {"mapping_text": MAPPING, "do": "run"})
        answer = hr.get(reverse("metrics:quarantine", args=[Batch.objects.get().pk]))
        lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
        assert lines[0] == "id,who,day,amount,行,列,原因"
        assert lines[1].startswith("2,E9,2026-01-02,7,3,who,找不到工号为“E9”的人")
        assert lines[2].startswith("3,E1,2026-01-03,'=1+1,4,amount,")

    def test_one_reason_at_a_time_is_shown(self, hr: Client, db: None) -> None:
        batch = make_batch(quarantined=3)
        for row, code, column in (
            (2, "ingest.date_missing", "day"),
            (3, "ingest.date_missing", "day"),
            (4, "ingest.record_missing", "id"),
        ):
            QuarantinedRow.objects.create(batch=batch, row=row, code=code, column=column, value="", params={})
        address = reverse("metrics:batch", args=[batch.pk])
        assert "没有日期" in hr.get(address).content.decode()
        other = hr.get(address, {"reason": "ingest.record_missing|id"}).content.decode()
        assert "以后无法更正" in other and "没有日期" not in other

    def test_lists_and_pages_stay_within_fifteen_queries_and_120_kb(
        self, hr: Client, db: None, django_assert_max_num_queries
    ) -> None:
        for _ in range(60):
            batch = make_batch(quarantined=100)
        QuarantinedRow.objects.bulk_create(
            QuarantinedRow(batch=batch, row=row, code="ingest.date_missing", column=f"c{row % 30}", value="x" * 90)
            for row in range(600)
        )
        run = make_run()
        pages = [
            reverse("metrics:batches"),
            reverse("metrics:batches") + "?page=2",
            reverse("metrics:batch", args=[batch.pk]),
            reverse("metrics:runs"),
            reverse("metrics:run", args=[run.pk]),
            reverse("metrics:ingest"),
        ]
        for address in pages:
            with django_assert_max_num_queries(15):
                answer = hr.get(address)
            assert answer.status_code == 200
            assert len(answer.content) < 120_000, address

    def test_a_page_beyond_the_last_shows_the_last(self, hr: Client, db: None) -> None:
        make_batch(source="唯一")
        assert "唯一" in hr.get(reverse("metrics:batches"), {"page": "99"}).content.decode()
        assert hr.get(reverse("metrics:batches"), {"page": "x"}).status_code == 200


def make_run() -> EvaluationRun:
    return EvaluationRun.objects.create(
        as_of=date(2026, 1, 4),
        started_at=MOMENT,
        started_by="人事",
        seconds=1,
        ledger_version=3,
        calendar_version="c1",
        engine_version="e1",
        code_version="v1",
        goals=4,
        green=1,
        yellow=1,
        red=1,
        none=1,
        digest="d" * 64,
    )


def test_runs_show_their_result_and_what_it_rests_on(hr: Client, db: None) -> None:
    run = make_run()
    listed = hr.get(reverse("metrics:runs")).content.decode()
    assert "2026-01-04" in listed and "dddddddddd" in listed and reverse("goals:evaluate") in listed
    shown = hr.get(reverse("metrics:run", args=[run.pk])).content.decode()
    assert "d" * 64 in shown and "e1" in shown
    assert hr.get(reverse("metrics:run", args=[run.pk + 1])).status_code == 404
