"""Matching a source's keys once, and taking in exactly the rows that waited for the answer, once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.metrics.actions import matching
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.actions.matching import KeyAlreadyMatched, ReasonMissing, match_subject, replay_resolved
from sextant.metrics.contracts import SubjectKind
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.mapping import parse_mapping
from sextant.metrics.models import Batch, QuarantinedRow, SubjectMatch
from sextant.metrics.queries import find_metric, get_batch
from sextant.metrics.queries.batches import list_quarantine, list_reasons, list_releases, quarantine_rows
from sextant.metrics.queries.matching import count_unmatched, list_unmatched, sample_rows
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
AUDITOR = Actor(user_id=7, person_id=7, roles=frozenset({Role.DATA_AUDITOR}), label="稽核")
HR = Actor(user_id=1, person_id=1, roles=frozenset({Role.HR}), label="hr")
PERSON = SubjectKind.PERSON

MAPPING = """
source: 拜访表
person: {column: who, by: name}
columns:
  on_day: {type: date}
  amount: {type: number}
metrics: [{code: t.amount, name: 金额}]
record: id
measurements: [{metric: t.amount, date: on_day, value: "[amount]", where: '[state] = "won"'}]
"""
HEADER = "id,who,on_day,amount,state\n"


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def person(db: None) -> Person:
    return make_person(name="沈亦舟", number="E1")


@pytest.fixture
def deliver(tmp_path: Path):
    def take_in(body: str, *, mapping: str = MAPPING, header: str = HEADER):
        path = tmp_path / "a.csv"
        path.write_text(header + body, encoding="utf-8")
        return ingest_file(path, mapping=parse_mapping(mapping), actor=HR, now=NOW)

    return take_in


def match(key: str, person: Person | None, **more):
    fields = {"kind": PERSON, "actor": AUDITOR, "now": NOW, **more}
    return match_subject("拜访表", key=key, subject_id=person.pk if person else None, **fields)


def counted(columns: str = "subject_id, value, row, record") -> list[tuple]:
    metric = find_metric("t.amount")
    assert metric is not None
    with open_engine() as connection:
        return sorted(ledger.relation(connection, metric_ids=[metric.id]).project(columns).fetchall())


WAITING = (
    "1,沈亦州,2026-03-01,5,won\n2,沈亦舟,2026-03-01,7,won\n3,沈亦州,2026-03-02,9,won\n4,外包-王,2026-03-02,1,won\n"
)


class TestReplay:
    def test_rows_of_the_matched_key_alone_come_in_with_their_own_numbers(self, person: Person, deliver) -> None:
        origin = deliver(WAITING).batch
        [done] = match("沈亦州", person)
        assert (done.origin, done.rows, done.accepted, done.quarantined) == (origin, 2, 2, 0)
        assert counted() == [
            (person.pk, Decimal(5), 2, "1"),
            (person.pk, Decimal(7), 3, "2"),
            (person.pk, Decimal(9), 4, "3"),
        ]
        batch = get_batch(done.batch)
        assert (batch.kind, batch.origin_id, batch.delivered_by, batch.rows_read) == ("replay", origin, "稽核", 2)
        assert [(one.batch, one.rows, one.by) for one in list_releases(origin)] == [(done.batch, 2, "稽核")]

    def test_released_rows_stay_but_are_listed_no_more(self, person: Person, deliver) -> None:
        origin = deliver(WAITING).batch
        match("沈亦州", person)
        assert QuarantinedRow.objects.filter(batch_id=origin).count() == 3
        assert [one.value for one in list_quarantine(origin)] == ["外包-王"]
        assert [one.count for one in list_reasons(origin)] == [1]
        assert [one.row for one, _ in quarantine_rows(origin)] == [5]

    def test_matching_again_or_delivering_the_file_again_adds_nothing(self, person: Person, deliver) -> None:
        deliver(WAITING)
        match("沈亦州", person)
        before = counted()
        assert match("沈亦州", person) == []
        assert replay_resolved(actor=AUDITOR, now=NOW) == []
        assert deliver(WAITING).already_known
        assert counted() == before

    def test_later_deliveries_ask_the_match_table_first(self, person: Person, deliver) -> None:
        other = make_person(name="沈亦州", number="E2")
        match("沈亦州", person)
        assert deliver("9,沈亦州,2026-03-03,4,won\n").accepted == 1
        assert [row[0] for row in counted()] == [person.pk] != [other.pk]

    def test_an_ambiguous_name_can_be_matched(self, person: Person, deliver) -> None:
        make_person(name="沈亦舟", number="E2")
        deliver("1,沈亦舟,2026-03-01,5,won\n")
        assert [(one.key, one.is_ambiguous, one.by) for one in list_unmatched()] == [("沈亦舟", True, "name")]
        match("沈亦舟", person)
        assert counted("subject_id, value") == [(person.pk, Decimal(5))]

    def test_a_row_with_another_fault_waits_again_with_that_fault(self, person: Person, deliver) -> None:
        deliver("1,沈亦州,2026-03-01,五,won\n")
        [done] = match("沈亦州", person)
        assert (done.rows, done.accepted, done.quarantined) == (1, 0, 1)
        assert [(one.row, one.code) for one in list_quarantine(done.batch)] == [(2, "tabular.bad_number")]

    def test_a_record_that_came_in_since_keeps_its_newer_value(self, person: Person, deliver) -> None:
        deliver("1,沈亦州,2026-03-01,5,won\n2,沈亦州,2026-03-01,6,won\n")
        later = deliver("1,沈亦舟,2026-03-01,8,won\n").batch
        [done] = match("沈亦州", person)
        assert counted("record, value") == [("1", Decimal(8)), ("2", Decimal(6))]
        assert [(one.row, one.code) for one in list_quarantine(done.batch)] == [(2, "ingest.superseded")]
        assert str(later) in list_quarantine(done.batch)[0].reason

    def test_of_two_waiting_deliveries_the_later_has_the_last_word(self, person: Person, deliver) -> None:
        deliver("1,沈亦州,2026-03-01,5,won\n")
        deliver("1,沈亦州,2026-03-01,7,won\n")
        assert len(match("沈亦州", person)) == 2
        assert counted("record, value") == [("1", Decimal(7))]

    def test_a_withdrawn_record_does_not_come_back(self, person: Person, deliver) -> None:
        deliver("1,沈亦州,2026-03-01,5,won\n")
        deliver("1,沈亦舟,2026-03-01,8,won\n")
        deliver("1,沈亦舟,2026-03-01,8,lost\n")
        match("沈亦州", person)
        assert counted() == []

    def test_units_by_external_id_are_found_by_the_table_alone(self, db: None, deliver) -> None:
        unit = make_unit(code="L8")
        mapping = MAPPING.replace("person: {column: who, by: name}", "unit: {column: who, by: external_id}")
        deliver("1,L8,2026-03-01,5,won\n", mapping=mapping)
        assert [(one.key, one.kind) for one in list_unmatched()] == [("L8", SubjectKind.UNIT)]
        match_subject("拜访表", kind=SubjectKind.UNIT, key="L8", subject_id=unit.pk, actor=AUDITOR, now=NOW)
        assert counted("subject_kind, subject_id") == [(2, unit.pk)]

    def test_a_day_kept_in_iso_form_is_read_whatever_formats_are_declared(self, person: Person, deliver) -> None:
        mapping = MAPPING.replace("{type: date}", '{type: date, formats: ["%m-%d-%Y"]}')
        origin = deliver("1,沈亦州,03-01-2026,5,won\n", mapping=mapping).batch
        QuarantinedRow.objects.filter(batch_id=origin).update(raw=["1", "沈亦州", "2026-03-01", "5", "won"])
        match("沈亦州", person)
        assert counted("day, value") == [(date(2026, 3, 1), Decimal(5))]


class TestCutOff:
    def test_a_replay_killed_before_the_ledger_is_taken_up_by_the_next_look(
        self, person: Person, deliver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deliver(WAITING)
        with monkeypatch.context() as patch:
            # SystemExit is no Exception: nothing is tidied up, as after a kill
            patch.setattr(matching, "commit_to_ledger", _dies)
            with pytest.raises(SystemExit):
                match("沈亦州", person)
        assert Batch.objects.get(kind="replay").state == "running"
        assert [done.accepted for done in replay_resolved(actor=AUDITOR, now=NOW)] == [2]
        assert len(counted()) == 3

    def test_a_replay_killed_after_the_ledger_is_finished_without_counting_twice(
        self, person: Person, deliver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deliver(WAITING)
        with monkeypatch.context() as patch:
            patch.setattr(matching, "_finish", _dies)
            with pytest.raises(SystemExit):
                match("沈亦州", person)
        assert [done.accepted for done in replay_resolved(actor=AUDITOR, now=NOW)] == [2]
        assert len(counted()) == 3

    def test_a_replay_that_cannot_be_judged_gives_its_rows_back(
        self, person: Person, deliver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deliver(WAITING)
        with monkeypatch.context() as patch:
            patch.setattr(matching, "commit_to_ledger", _fails)
            with pytest.raises(OSError, match="disk"):
                match("沈亦州", person)
        assert count_unmatched() == (2, 3)
        assert not Batch.objects.filter(kind="replay").exists()


class TestSaying:
    def test_an_ignored_key_waits_no_more_and_stays_visible(self, person: Person, deliver) -> None:
        origin = deliver(WAITING).batch
        with pytest.raises(ReasonMissing):
            match("外包-王", None)
        match("外包-王", None, reason="外包，不考核")
        assert [(one.key, one.rows) for one in list_unmatched()] == [("沈亦州", 2)]
        assert {one.code for one in list_reasons(origin)} == {"ingest.unknown_person", "ingest.ignored_subject"}
        again = deliver("9,外包-王,2026-03-03,4,won\n")
        assert [one.code for one in again.quarantined] == ["ingest.ignored_subject"]

    def test_an_ignored_key_can_be_matched_after_all(self, person: Person, deliver) -> None:
        deliver(WAITING)
        match("外包-王", None, reason="外包")
        [done] = match("外包-王", person, replace=True)
        assert done.accepted == 1

    def test_a_second_opinion_is_refused_with_name_and_time_of_the_first(self, person: Person) -> None:
        other = make_person(name="许念安")
        match("沈亦州", person)
        with pytest.raises(KeyAlreadyMatched) as refused:
            match("沈亦州", other)
        assert (refused.value.by, refused.value.at, refused.value.subject_id) == ("稽核", NOW, person.pk)
        match("沈亦州", other, replace=True)
        assert SubjectMatch.objects.get().subject_id == other.pk

    def test_who_was_added_to_the_roster_is_found_when_looked_up_again(self, person: Person, deliver) -> None:
        deliver(WAITING)
        late = make_person(name="外包-王")
        assert [done.accepted for done in replay_resolved(actor=AUDITOR, now=NOW)] == [1]
        assert late.pk in {row[0] for row in counted()}

    def test_employees_may_not_match_and_matches_are_in_the_trail(self, person: Person, deliver) -> None:
        employee = Actor(user_id=2, person_id=2, roles=frozenset({Role.EMPLOYEE}), label="e")
        with pytest.raises(AccessDenied):
            match("沈亦州", person, actor=employee)
        deliver(WAITING)
        match("沈亦州", person)
        assert [entry.verb for entry in AuditEntry.objects.order_by("id")][-2:] == ["match_subject", "replay_rows"]

    def test_waiting_keys_come_with_counts_and_samples(self, person: Person, deliver) -> None:
        deliver(WAITING)
        assert [(one.key, one.rows, one.batches) for one in list_unmatched()] == [("沈亦州", 2, 1), ("外包-王", 1, 1)]
        assert count_unmatched() == (2, 3)
        first = sample_rows("拜访表", PERSON, "沈亦州")[0]
        assert (first.row, dict(first.cells)["amount"]) == (2, "5")


def _dies(*args: object, **kwargs: object) -> int:
    raise SystemExit


def _fails(*args: object, **kwargs: object) -> int:
    raise OSError("disk full")
