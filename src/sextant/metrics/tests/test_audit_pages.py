"""Pages of data audit and matching: what a data auditor does there, what others see, and that they stay cheap."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.accounts.models import User
from sextant.metrics.actions.audits import audit_standing, save_rule
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.audits.rules import build_rule
from sextant.metrics.mapping import parse_mapping
from sextant.metrics.models import AuditRule, Batch, BatchDecision, Metric, SubjectMatch
from sextant.metrics.queries.mappings import get_mapping_text, list_mappings
from sextant.metrics.queries.matching import count_unmatched
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

MOMENT = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")
MAPPING = """
source: 回款
person: {column: who, by: name}
columns: {on_day: {type: date}, amount: {type: number}}
record: id
measurements: [{metric: cash, date: on_day, value: "[amount]"}]
"""


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SEXTANT_HOME = tmp_path
    monkeypatch.setenv("SEXTANT_NOW", "2026-03-11T12:00:00+08:00")


@pytest.fixture
def auditor(client: Client, db: None) -> Client:
    """A data auditor with a person of their own, and nothing else."""
    fields = {"password": "correct horse battery", "actor": SYSTEM, "now": MOMENT}
    user_id = create_account("audit", name="稽核员", roles=[Role.DATA_AUDITOR], **fields)
    user = User.objects.get(pk=user_id)
    make_person(name="稽核员", number="A1", user=user)
    client.force_login(user)
    return client


@pytest.fixture
def cash(db: None) -> Metric:
    return make_metric(name="回款金额", code="cash", decimals=1)


@pytest.fixture
def person(db: None) -> Person:
    return make_person(name="沈亦舟", number="E1")


def deliver(folder: Path, body: str) -> int:
    path = folder / "三月.csv"
    path.write_text("id,who,on_day,amount\n" + body, encoding="utf-8")
    report = ingest_file(path, mapping=parse_mapping(MAPPING), actor=SYSTEM, now=MOMENT)
    assert report.batch is not None
    return report.batch


def block(most: int = 100) -> None:
    check = {"kind": "range", "most": most}
    document = {"code": "top", "name": "单笔上限", "metric": "cash", "severity": "block", "check": check}
    save_rule(build_rule(document), actor=SYSTEM, now=MOMENT)


class TestDesk:
    def test_it_shows_what_waits_and_costs_the_same_whatever_waits(
        self, auditor: Client, cash: Metric, person: Person, tmp_path: Path, django_assert_max_num_queries
    ) -> None:
        block()
        check = {"kind": "completeness"}
        document = {"code": "gap", "name": "每周有数", "metric": "cash", "check": check}
        save_rule(build_rule(document), actor=SYSTEM, now=MOMENT)
        ingest_rows(cash, [(person, date(2026, 2, 24), "1")])
        for number in range(5):
            deliver(tmp_path, f"{number},沈亦舟,2026-03-09,{700 + number}\n")
        deliver(tmp_path, "9,沈亦州,2026-03-09,7\n")
        audit_standing(actor=SYSTEM, now=MOMENT)
        with django_assert_max_num_queries(15):
            text = auditor.get(reverse("metrics:audit_desk")).content.decode()
        with django_assert_max_num_queries(15):
            auditor.get(reverse("metrics:audit_desk"), {"view": "all"})
        assert text.count("已拦下") == 5
        assert "沈亦州" in text and "每周有数" in text and "回款金额" in text
        assert len(text.encode()) < 120_000

    def test_an_empty_company_has_an_empty_desk(self, auditor: Client) -> None:
        text = auditor.get(reverse("metrics:audit_desk")).content.decode()
        assert "没有等人决定的批次" in text and "每个写法都认得出是谁" in text

    def test_the_trend_can_be_downloaded(self, auditor: Client, cash: Metric, person: Person, tmp_path: Path) -> None:
        deliver(tmp_path, "1,沈亦舟,2026-03-09,7\n2,谁,2026-03-09,7\n")
        assert "2026-03-09 这一周收到 2 行，隔离 1 行" in auditor.get(reverse("metrics:audit_desk")).content.decode()
        lines = auditor.get(reverse("metrics:audit_quality")).content.decode().splitlines()
        assert len(lines) == 13
        assert lines[-1].startswith("2026-03-09,2,1,50.0%")


class TestBatch:
    def test_a_held_batch_is_accepted_with_a_reason(
        self, auditor: Client, cash: Metric, person: Person, tmp_path: Path
    ) -> None:
        block()
        batch = deliver(tmp_path, "1,沈亦舟,2026-03-09,700\n")
        page = reverse("metrics:batch", kwargs={"batch_id": batch})
        text = auditor.get(page).content.decode()
        assert "700.0，高于上限 100.0" in text and "沈亦舟" in text and "放行" in text
        decide = reverse("metrics:batch_decide", kwargs={"batch_id": batch})
        assert auditor.post(decide, {"verdict": "accept", "reason": ""}).status_code == 409
        assert auditor.post(decide, {"verdict": "accept", "reason": "核对过合同"}).status_code == 302
        text = auditor.get(page).content.decode()
        assert "核对过合同" in text and "全部入账" in text
        assert BatchDecision.objects.get().decided_by == "稽核员"

    def test_a_held_batch_is_corrected_first_and_accepted_then(
        self, auditor: Client, cash: Metric, person: Person, tmp_path: Path
    ) -> None:
        block()
        batch = deliver(tmp_path, "1,沈亦舟,2026-03-09,700\n")
        page, correct = (reverse(f"metrics:{name}", kwargs={"batch_id": batch}) for name in ("batch", "batch_correct"))
        form = {"row": "2", "metric": str(cash.pk), "value": "70", "reason": "多写一个零"}
        assert auditor.post(correct, {**form, "reason": ""}).status_code == 409
        assert auditor.post(correct, form).status_code == 302
        text = auditor.get(page).content.decode()
        assert "已更正，等放行" in text and "更正后放行" in text and "多写一个零" in text
        decide = reverse("metrics:batch_decide", kwargs={"batch_id": batch})
        auditor.post(decide, {"verdict": "accept", "reason": "按更正放行"})
        text = auditor.get(page).content.decode()
        assert "更正过" in text and "已更正，等放行" not in text

    def test_who_decides_second_reads_who_was_first(
        self, auditor: Client, cash: Metric, person: Person, tmp_path: Path
    ) -> None:
        block()
        batch = deliver(tmp_path, "1,沈亦舟,2026-03-09,700\n")
        decide = reverse("metrics:batch_decide", kwargs={"batch_id": batch})
        auditor.post(decide, {"verdict": "reject", "reason": "不对"})
        answer = auditor.post(decide, {"verdict": "accept", "reason": "对"})
        assert answer.status_code == 409
        assert "稽核员 已在" in answer.content.decode() and "你的决定没有生效" in answer.content.decode()

    def test_a_row_is_corrected_and_the_page_of_the_correction_says_why(
        self, auditor: Client, cash: Metric, person: Person, tmp_path: Path
    ) -> None:
        block()
        batch = deliver(tmp_path, "1,沈亦舟,2026-03-09,700\n")
        auditor.post(reverse("metrics:batch_decide", kwargs={"batch_id": batch}), {"verdict": "accept", "reason": "对"})
        form = {"row": "2", "metric": str(cash.pk), "value": "70", "reason": "多写一个零"}
        correct = reverse("metrics:batch_correct", kwargs={"batch_id": batch})
        assert auditor.post(correct, {**form, "value": "七十"}).status_code == 409
        assert auditor.post(correct, form).status_code == 302
        correction = Batch.objects.get(kind="correction")
        text = auditor.get(reverse("metrics:batch", kwargs={"batch_id": correction.pk})).content.decode()
        assert "多写一个零" in text
        assert "更正过" in auditor.get(reverse("metrics:batch", kwargs={"batch_id": batch})).content.decode()
        assert [one.source for one in list_mappings() if not one.is_example] == ["回款"]
        assert get_mapping_text(next(one.key for one in list_mappings() if not one.is_example))
        assert auditor.post(correct, form).status_code == 409


class TestMatching:
    def test_a_key_is_matched_by_sound_and_its_rows_come_in(
        self, auditor: Client, cash: Metric, person: Person, tmp_path: Path, django_assert_max_num_queries
    ) -> None:
        batch = deliver(tmp_path, "1,沈亦州,2026-03-09,7\n2,外包,2026-03-09,8\n")
        page = reverse("metrics:matching")
        asked = {"of": "回款", "key": "沈亦州", "kind": "person"}
        with django_assert_max_num_queries(15):
            text = auditor.get(page, asked).content.decode()
        assert "沈亦舟" in text and "E1" in text
        answer = auditor.post(page, {**asked, "subject": str(person.pk)}, follow=True)
        assert "已补入 1 条度量" in answer.content.decode()
        assert count_unmatched() == (1, 1)
        text = auditor.get(reverse("metrics:batch", kwargs={"batch_id": batch})).content.decode()
        assert "已补入" in text

    def test_ignoring_wants_a_reason_and_shows_among_the_done(
        self, auditor: Client, cash: Metric, person: Person, tmp_path: Path
    ) -> None:
        deliver(tmp_path, "2,外包,2026-03-09,8\n")
        page = reverse("metrics:matching")
        asked = {"of": "回款", "key": "外包", "kind": "person", "do": "ignore"}
        assert auditor.post(page, asked).status_code == 409
        auditor.post(page, {**asked, "reason": "不是员工"})
        assert SubjectMatch.objects.get().subject_id is None
        assert "不是员工" in auditor.get(page, {"view": "done"}).content.decode()


class TestRules:
    def test_a_rule_is_written_checked_and_versioned(self, auditor: Client, cash: Metric) -> None:
        page = reverse("metrics:audit_rule_new")
        assert "kind: jump" in auditor.get(page, {"kind": "jump"}).content.decode()
        text = "code: top\nname: 单笔上限\nmetric: cash\ncheck: {kind: range, most: 100}"
        refused = auditor.post(page, {"text": text.replace("most", "mots")})
        assert refused.status_code == 422 and "most" in refused.content.decode()
        assert auditor.post(page, {"text": text}).status_code == 302
        rule = reverse("metrics:audit_rule", kwargs={"code": "top"})
        auditor.post(rule, {"text": text.replace("100", "50")})
        assert AuditRule.objects.count() == 2
        assert "单笔上限" in auditor.get(reverse("metrics:audit_rules")).content.decode()
        renamed = auditor.post(rule, {"text": text.replace("code: top", "code: other")})
        assert renamed.status_code == 422
