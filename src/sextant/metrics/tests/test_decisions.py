"""Decisions about batches, and corrections: appended, with who and why; the second of two people is told so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection

from sextant.engines.evaluation import GoalSpec
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.metrics.actions import decisions
from sextant.metrics.actions.audits import save_rule
from sextant.metrics.actions.decisions import (
    AlreadyDecided,
    NotDecidable,
    ReasonMissing,
    RowNotCounting,
    Verdict,
    correct_row,
    decide_batch,
    resume_decided,
)
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.audits.rules import build_rule
from sextant.metrics.contracts import BatchState
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.mapping import parse_mapping
from sextant.metrics.models import Batch, BatchDecision, Metric
from sextant.metrics.queries import explain
from sextant.metrics.tests.makers import ingest_rows, make_batch, make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

NOW = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
ONE = Actor(user_id=7, person_id=7, roles=frozenset({Role.DATA_AUDITOR}), label="甲")
TWO = Actor(user_id=8, person_id=8, roles=frozenset({Role.DATA_AUDITOR}), label="乙")
HR = Actor(user_id=1, person_id=1, roles=frozenset({Role.HR}), label="hr")
MAPPING = """
source: 回款
person: {column: who, by: number}
columns: {on_day: {type: date}, amount: {type: number}}
record: id
measurements: [{metric: cash, date: on_day, value: "[amount]"}]
"""
BODY = "1,E1,2026-03-01,7\n2,E1,2026-03-02,700\n"


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


def make_cash() -> tuple[Metric, Person]:
    cash, person = make_metric(name="回款", code="cash"), make_person(number="E1")
    document = {
        "code": "r",
        "name": "单笔上限",
        "metric": "cash",
        "severity": "block",
        "check": {"kind": "range", "most": 100},
    }
    save_rule(build_rule(document), actor=ONE, now=NOW)
    return cash, person


def deliver(folder: Path, body: str = BODY, mapping: str = MAPPING):
    path = folder / "a.csv"
    path.write_text("id,who,on_day,amount\n" + body, encoding="utf-8")
    return ingest_file(path, mapping=parse_mapping(mapping), actor=HR, now=NOW)


def counted() -> list[tuple[str | None, Decimal, int]]:
    with open_engine() as engine:
        return ledger.relation(engine).project('record, value, "row"').order("record, value").fetchall()


def decide(batch: int, verdict: Verdict, *, actor: Actor = ONE, reason: str = "核对过") -> BatchState:
    return decide_batch(batch, verdict=verdict, reason=reason, actor=actor, now=NOW)


class TestHeld:
    def test_an_accepted_batch_comes_in_as_it_was_judged(self, db: None, tmp_path: Path) -> None:
        make_cash()
        batch = deliver(tmp_path).batch
        (tmp_path / "a.csv").unlink()
        assert decide(batch, Verdict.ACCEPT) is BatchState.DONE
        assert counted() == [("1", Decimal(7), 2), ("2", Decimal(700), 3)]
        assert [entry.verb for entry in AuditEntry.objects.order_by("id")][-2:] == ["decide_batch", "ingest_file"]

    def test_a_rejected_batch_never_counts_and_stays_known(self, db: None, tmp_path: Path) -> None:
        make_cash()
        batch = deliver(tmp_path).batch
        assert decide(batch, Verdict.REJECT) is BatchState.REJECTED
        assert counted() == []
        assert deliver(tmp_path).already_known

    def test_held_records_correct_earlier_ones_only_when_accepted(self, db: None, tmp_path: Path) -> None:
        make_cash()
        deliver(tmp_path, "2,E1,2026-03-02,70\n")
        batch = deliver(tmp_path).batch
        assert counted() == [("2", Decimal(70), 2)]
        decide(batch, Verdict.ACCEPT)
        assert counted() == [("1", Decimal(7), 2), ("2", Decimal(700), 3)]

    def test_a_decision_cut_off_before_the_ledger_is_carried_out_later(
        self, db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_cash()
        batch = deliver(tmp_path).batch
        with monkeypatch.context() as patch:
            patch.setattr(decisions, "commit_to_ledger", _dies)
            with pytest.raises(SystemExit):
                decide(batch, Verdict.ACCEPT)
        assert counted() == []
        assert resume_decided(actor=ONE, now=NOW) == 1
        assert len(counted()) == 2
        assert resume_decided(actor=ONE, now=NOW) == 0


class TestCounting:
    def test_rejecting_a_batch_that_counts_withdraws_every_row_with_and_without_record(
        self, db: None, tmp_path: Path
    ) -> None:
        cash, person = make_cash()
        other = ingest_rows(cash, [(person, date(2026, 3, 1), "5")])
        batch = ingest_rows(cash, [(person, date(2026, 3, 2), "6"), (person, date(2026, 3, 3), "7")])
        assert decide(batch.pk, Verdict.REJECT, reason="导错了文件") is BatchState.REJECTED
        assert counted() == [(None, Decimal(5), 2)]
        withdrawal = Batch.objects.get(kind="correction")
        assert (withdrawal.origin_id, withdrawal.withdrawn, withdrawal.reason) == (batch.pk, 2, "导错了文件")
        assert other.state == "done"

    def test_a_withdrawal_takes_the_batch_s_corrections_with_it(self, db: None) -> None:
        cash, person = make_cash()
        batch = ingest_rows(cash, [(person, date(2026, 3, 2), "6")])
        correct_row(batch.pk, row=2, metric_id=cash.pk, value=Decimal(60), reason="漏了零", actor=ONE, now=NOW)
        decide(batch.pk, Verdict.REJECT)
        assert counted() == []

    def test_accepting_a_batch_that_counts_changes_nothing_but_that_somebody_looked(self, db: None) -> None:
        cash, person = make_cash()
        batch = ingest_rows(cash, [(person, date(2026, 3, 2), "6")])
        assert decide(batch.pk, Verdict.ACCEPT) is BatchState.DONE
        assert len(counted()) == 1 == BatchDecision.objects.count()

    def test_a_file_that_was_rejected_may_come_again_under_a_better_mapping(self, db: None, tmp_path: Path) -> None:
        make_cash()
        mapping = MAPPING.replace("record: id\n", "")
        batch = deliver(tmp_path, "1,E1,2026-03-01,7\n", mapping).batch
        decide(batch, Verdict.REJECT)
        again = deliver(tmp_path, "1,E1,2026-03-01,7\n", mapping.replace("[amount]", "[amount] * 2"))
        assert again.accepted == 1
        assert counted() == [(None, Decimal(14), 2)]


class TestRefused:
    def test_without_reason_permission_or_anything_to_decide(self, db: None, tmp_path: Path) -> None:
        make_cash()
        batch = deliver(tmp_path).batch
        with pytest.raises(ReasonMissing):
            decide(batch, Verdict.ACCEPT, reason=" ")
        with pytest.raises(AccessDenied):
            decide(batch, Verdict.ACCEPT, actor=Actor(1, 1, frozenset({Role.AUDITOR}), "审计"))
        with pytest.raises(NotDecidable):
            decide(make_batch(state="running").pk, Verdict.ACCEPT)

    def test_a_second_decision_is_told_of_the_first(self, db: None, tmp_path: Path) -> None:
        make_cash()
        batch = deliver(tmp_path).batch
        decide(batch, Verdict.REJECT)
        with pytest.raises(AlreadyDecided) as refused:
            decide(batch, Verdict.ACCEPT, actor=TWO)
        assert (refused.value.verdict, refused.value.by, refused.value.at) == ("reject", "甲", NOW)
        assert counted() == []


class TestCorrection:
    def test_by_record_the_source_may_still_correct_it_later(self, db: None, tmp_path: Path) -> None:
        cash, _ = make_cash()
        batch = deliver(tmp_path, "1,E1,2026-03-01,7\n").batch
        done = correct_row(batch, row=2, metric_id=cash.pk, value=Decimal(9), reason="凭证为准", actor=ONE, now=NOW)
        assert (done.address, done.has_record) == ("1", True)
        assert counted() == [("1", Decimal(9), 2)]
        deliver(tmp_path, "1,E1,2026-03-01,8\n")
        assert counted() == [("1", Decimal(8), 2)]

    def test_without_record_batch_and_row_are_the_address(self, db: None) -> None:
        cash, person = make_cash()
        batch = ingest_rows(cash, [(person, date(2026, 3, 2), "6"), (person, date(2026, 3, 3), "7")])
        done = correct_row(batch.pk, row=3, metric_id=cash.pk, value=Decimal(1), reason="看错", actor=ONE, now=NOW)
        assert (done.address, done.has_record) == (f"#{batch.pk}:3", False)
        assert sorted(value for _, value, _ in counted()) == [Decimal(1), Decimal(6)]
        correct_row(done.batch, row=3, metric_id=cash.pk, value=None, reason="不算", actor=ONE, now=NOW)
        assert [value for _, value, _ in counted()] == [Decimal(6)]

    def test_who_is_second_is_told_who_was_faster(self, db: None) -> None:
        cash, person = make_cash()
        batch = ingest_rows(cash, [(person, date(2026, 3, 2), "6")])
        fields = {"row": 2, "metric_id": cash.pk, "value": Decimal(1), "reason": "看错", "now": NOW}
        correct_row(batch.pk, actor=ONE, **fields)
        with pytest.raises(RowNotCounting) as refused:
            correct_row(batch.pk, actor=TWO, **fields)
        assert (refused.value.by, refused.value.at) == ("甲", NOW)

    def test_a_corrected_row_explains_itself_with_who_and_why(self, db: None) -> None:
        cash, person = make_cash()
        batch = ingest_rows(cash, [(person, date(2026, 3, 2), "6")], filename="三月.csv")
        correct_row(batch.pk, row=2, metric_id=cash.pk, value=Decimal(1), reason="凭证为准", actor=ONE, now=NOW)
        goal = GoalSpec(
            goal_id=1,
            metric_id=cash.pk,
            subject_kind=1,
            subject_id=person.pk,
            from_on=date(2026, 1, 1),
            until_on=date(2026, 7, 1),
            base=Decimal(10),
        )
        (row,) = explain(goal, as_of=date(2026, 3, 10)).measurements
        assert (row.value, row.filename, row.row) == (Decimal(1), "三月.csv", 2)
        assert (row.corrected_by, row.correction) == ("甲", "凭证为准")


@pytest.mark.django_db(transaction=True)
def test_two_people_deciding_at_once_are_one_decision_and_one_clear_answer(tmp_path: Path) -> None:
    make_cash()
    batch = deliver(tmp_path).batch
    answers = _at_once(
        lambda: decide(batch, Verdict.ACCEPT, actor=ONE), lambda: decide(batch, Verdict.REJECT, actor=TWO)
    )
    (refused,) = [answer for answer in answers if isinstance(answer, AlreadyDecided)]
    (state,) = [answer for answer in answers if isinstance(answer, BatchState)]
    decision = BatchDecision.objects.get()
    assert (refused.by, refused.verdict) == (decision.decided_by, decision.verdict)
    assert len(counted()) == (2 if state is BatchState.DONE else 0)


@pytest.mark.django_db(transaction=True)
def test_two_people_correcting_one_row_at_once_leave_one_correction() -> None:
    cash, person = make_cash()
    batch = ingest_rows(cash, [(person, date(2026, 3, 2), "6")])

    def correct(actor: Actor, value: int):
        return correct_row(
            batch.pk, row=2, metric_id=cash.pk, value=Decimal(value), reason="看错", actor=actor, now=NOW
        )

    answers = _at_once(lambda: correct(ONE, 1), lambda: correct(TWO, 2))
    assert [type(answer) for answer in answers].count(RowNotCounting) == 1
    assert len(counted()) == 1 == Batch.objects.filter(kind="correction").count()


def _at_once(*calls: Callable[[], object]) -> list[object]:
    """Answers, or refusals, of calls that start at the same moment, each on a connection of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            start.wait()
            return call()
        except (AlreadyDecided, RowNotCounting) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def _dies(*args: object, **kwargs: object) -> int:
    raise SystemExit
