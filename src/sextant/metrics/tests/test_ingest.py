"""Taking in a file: every row accounted for, every fault named, once and whole."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.foundation.tabular import TableUnreadable, write_table
from sextant.metrics.actions.ingest import ingest_file, preview_file, queue_file
from sextant.metrics.contracts import IngestReport
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.mapping import IngestMapping, MappingRefused, parse_mapping
from sextant.metrics.models import Batch, Metric, QuarantinedRow
from sextant.metrics.queries import find_metric, get_batch, list_quarantine, list_reasons
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
HR = Actor(user_id=1, person_id=1, roles=frozenset({Role.HR}), label="hr")

MAPPING = """
source: 拜访表
person: {column: who, by: number}
columns:
  on_day: {type: date}
  amount: {type: number}
metrics:
  - {code: t.amount, name: 金额, aggregation: sum}
  - {code: t.visits, name: 拜访数, aggregation: count}
record: id
measurements:
  - {metric: t.amount, date: on_day, value: "[amount]", where: '[state] = "won"'}
  - {metric: t.visits, date: on_day, where: '[state] <> "open"'}
"""
HEADER = "id,who,on_day,amount,state\n"


@pytest.fixture
def person(db: None) -> Person:
    return make_person(number="E1")


@pytest.fixture
def deliver(tmp_path: Path):
    def take_in(body: str, *, mapping: str = MAPPING, header: str = HEADER, name: str = "a.csv", **options):
        path = tmp_path / name
        path.write_text(header + body, encoding="utf-8")
        return ingest_file(path, mapping=parse_mapping(mapping), **{"actor": HR, "now": NOW, **options})

    return take_in


def counted(code: str) -> list[tuple[date, Decimal, str | None]]:
    metric = find_metric(code)
    assert metric is not None
    with open_engine() as connection:
        found = ledger.relation(connection, metric_ids=[metric.id])
        return sorted(found.project("day, value, record").fetchall(), key=lambda row: (row[0], row[1]))


def reasons(report: IngestReport) -> list[tuple[int, str, str, str]]:
    return [(one.row, one.code, one.column, one.value) for one in report.quarantined]


class TestCounting:
    def test_each_row_is_accepted_kept_back_or_skipped_and_they_add_up(self, person: Person, deliver) -> None:
        report = deliver(
            "1,E1,2026-03-01,100,won\n"
            "2,E1,2026-03-02,,lost\n"
            "3,E1,,,open\n"
            "4,E9,2026-03-02,5,won\n"
            "5,E1,2026-03-03,abc,won\n"
        )
        batch = get_batch(report.batch)
        assert (batch.rows_read, batch.rows_accepted, batch.rows_partly) == (5, 3, 1)
        assert (batch.rows_quarantined, batch.skipped) == (1, 1)
        assert (batch.accepted, batch.quarantined) == (report.accepted, 2) == (4, 2)
        assert reasons(report) == [
            (5, "ingest.unknown_person", "who", "E9"),
            (6, "tabular.bad_number", "amount", "abc"),
        ]
        assert counted("t.amount") == [(date(2026, 3, 1), Decimal("100.000000"), "1")]
        assert [row[2] for row in counted("t.visits")] == ["1", "2", "5"]

    def test_the_batch_remembers_days_mapping_and_deliverer_and_is_audited(self, person: Person, deliver) -> None:
        report = deliver("1,E1,2026-03-01,100,won\n2,E1,2026-03-04,1,won\n")
        batch = Batch.objects.get(pk=report.batch)
        assert (batch.first_on, batch.last_on) == (date(2026, 3, 1), date(2026, 3, 4))
        assert (batch.state, batch.delivered_by, batch.source) == ("done", "hr", "拜访表")
        assert batch.mapping["person"] == {"column": "who"}
        entry = AuditEntry.objects.get(verb="ingest_file", object_id=str(batch.pk))
        assert entry.changes == {"accepted": 4, "quarantined": 0, "ledger_version": report.ledger_version}

    def test_without_permission_nothing_is_read(self, person: Person, deliver) -> None:
        with pytest.raises(AccessDenied):
            deliver("1,E1,2026-03-01,100,won\n", actor=replace(HR, roles=frozenset({Role.EMPLOYEE})))
        assert not Batch.objects.exists()


class TestQuarantine:
    @pytest.mark.parametrize(
        ("row", "code", "column", "value", "remedy"),
        [
            ("1,,2026-03-01,1,won", "ingest.subject_missing", "who", "", "补上"),
            ("1,E9,2026-03-01,1,won", "ingest.unknown_person", "who", "E9", "导入此人"),
            ("1,E1,2026-02-30,1,won", "tabular.bad_date", "on_day", "2026-02-30", "2026-01-31"),
            ("1,E1,01-02-2026,1,won", "tabular.ambiguous_date", "on_day", "01-02-2026", "只声明一种"),
            ("1,E1,,1,won", "ingest.date_missing", "on_day", "", "补上"),
            ("1,E1,2026-03-11,1,won", "ingest.date_in_future", "on_day", "2026-03-11", "核对日期"),
            ("1,E1,2026-03-01,1;2,won", "tabular.bad_number", "amount", "1;2", "1234.5"),
            ("1,E1,2026-03-01,,won", "ingest.value_missing", "amount", "", "筛选条件"),
            ("1,E1,2026-03-01,1,", "ingest.filter_undecided", "state", "", "筛选条件"),
            (",E1,2026-03-01,1,won", "ingest.record_missing", "id", "", "来源系统"),
        ],
    )
    def test_a_faulty_row_is_kept_back_with_row_column_value_and_remedy(
        self, person: Person, deliver, row: str, code: str, column: str, value: str, remedy: str
    ) -> None:
        report = deliver("0,E1,2026-03-01,1,won\n" + row + "\n")
        assert (3, code, column, value) in reasons(report)
        found = next(one for one in report.quarantined if one.code == code)
        assert remedy in found.reason
        kept = QuarantinedRow.objects.get(batch_id=report.batch, code=code)
        assert kept.raw == [cell or None for cell in row.split(",")]
        assert kept.batch.columns == ["id", "who", "on_day", "amount", "state"]

    def test_today_is_the_company_day_not_the_utc_day(self, person: Person, deliver) -> None:
        late = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)  # already the 11th in Shanghai
        assert deliver("1,E1,2026-03-11,1,won\n", now=late).quarantined == ()

    def test_two_persons_of_one_name_are_ambiguous(self, deliver, db: None) -> None:
        make_person("李娜"), make_person("李娜")
        report = deliver("1,李娜,2026-03-01,1,won\n", mapping=MAPPING.replace("by: number", "by: name"))
        assert reasons(report) == [(2, "ingest.ambiguous_person", "who", "李娜")]
        assert "姓名“李娜”对应不止一人" in report.quarantined[0].reason

    def test_one_fault_costing_two_measurements_is_one_entry_naming_both(self, person: Person, deliver) -> None:
        report = deliver("1,E1,2026-02-30,1,won\n")
        kept = QuarantinedRow.objects.get(batch_id=report.batch)
        assert kept.params["metrics"] == ["t.amount", "t.visits"]

    def test_a_record_twice_in_a_file_counts_once_and_says_where_it_was_first(self, person: Person, deliver) -> None:
        report = deliver("1,E1,2026-03-01,1,won\n2,E1,2026-03-01,7,won\n1,E1,2026-03-01,9,won\n")
        assert reasons(report) == [(4, "ingest.duplicate_record", "id", "1")]
        assert "第 2 行" in report.quarantined[0].reason
        assert [row[1] for row in counted("t.amount")] == [Decimal(1), Decimal(7)]

    def test_a_broken_first_copy_does_not_push_out_a_good_second_one(self, person: Person, deliver) -> None:
        report = deliver("1,E1,2026-03-01,abc,won\n1,E1,2026-03-01,9,won\n")
        assert [row[1] for row in counted("t.amount")] == [Decimal(9)]
        assert (2, "tabular.bad_number", "amount", "abc") in reasons(report)

    def test_without_record_only_a_wholly_equal_row_is_a_duplicate(self, person: Person, deliver) -> None:
        plain = MAPPING.replace("record: id\n", "")
        report = deliver(",E1,2026-03-01,1,won\n,E1,2026-03-01,1,won\n,E1,2026-03-01,2,won\n", mapping=plain)
        assert reasons(report) == [(3, "ingest.duplicate_row", "", "")]
        assert [row[1] for row in counted("t.amount")] == [Decimal(1), Decimal(2)]

    def test_a_row_with_too_many_cells_is_kept_back_and_counted(self, person: Person, deliver) -> None:
        report = deliver("1,E1,2026-03-01,1,234,won\n2,E1,2026-03-01,1,won\n")
        assert [(one.row, one.code) for one in report.quarantined] == [(2, "tabular.too_many_cells")]
        batch = get_batch(report.batch)
        assert (batch.rows_read, batch.rows_accepted, batch.rows_quarantined) == (2, 1, 1)

    def test_an_unreadable_cell_is_never_turned_into_a_zero_by_the_formula(self, person: Person, deliver) -> None:
        report = deliver(
            "1,E1,2026-03-01,abc,won\n2,E1,2026-03-01,,won\n",
            mapping=MAPPING.replace('value: "[amount]"', 'value: "COALESCE([amount], 0)"'),
        )
        assert reasons(report) == [(2, "tabular.bad_number", "amount", "abc")]
        assert counted("t.amount") == [(date(2026, 3, 1), Decimal(0), "2")]

    def test_a_formula_without_result_is_kept_back_with_its_text(self, person: Person, deliver) -> None:
        report = deliver(
            "1,E1,2026-03-01,0,won\n", mapping=MAPPING.replace('value: "[amount]"', 'value: "1 / [amount]"')
        )
        assert reasons(report) == [(2, "ingest.value_undefined", "amount", "0")]
        assert "1 / [amount]" in report.quarantined[0].reason

    def test_reasons_are_counted_most_frequent_first(self, person: Person, deliver) -> None:
        report = deliver("1,E8,2026-03-01,1,won\n2,E9,2026-03-01,1,won\n3,E1,2026-03-01,x,won\n")
        assert [(one.code, one.title, one.count) for one in list_reasons(report.batch)] == [
            ("ingest.unknown_person", "人员未匹配", 2),
            ("tabular.bad_number", "不是数字", 1),
        ]
        assert len(list_quarantine(report.batch, code="ingest.unknown_person", limit=1)) == 1


class TestReadings:
    def test_thousands_marks_per_cent_and_spellings_are_read(self, person: Person, deliver) -> None:
        mapping = MAPPING.replace(
            "  amount: {type: number}", '  amount: {type: number}\n  state: {values: {"赢单": won}}'
        )
        report = deliver('1,E1,2026/3/1,"1,234.5",赢单\n2,E1,2026年3月2日,87%, won \n', mapping=mapping)
        assert report.quarantined == ()
        assert [row[1] for row in counted("t.amount")] == [Decimal("1234.5"), Decimal("0.87")]

    def test_two_declared_date_formats_in_one_column_are_read(self, person: Person, deliver) -> None:
        mapping = MAPPING.replace("on_day: {type: date}", 'on_day: {type: date, formats: ["%m-%d-%Y", "%m/%d/%Y"]}')
        report = deliver("1,E1,01-02-2026,1,won\n2,E1,1/13/2026,1,won\n3,E1,2026-01-02,1,won\n", mapping=mapping)
        assert len(report.quarantined) == 1
        assert [row[0] for row in counted("t.amount")] == [date(2026, 1, 2), date(2026, 1, 13)]
        assert reasons(report) == [(4, "tabular.date_not_declared", "on_day", "2026-01-02")]

    def test_gb18030_and_a_byte_order_mark_are_read(self, person: Person, tmp_path: Path) -> None:
        mapping = parse_mapping(MAPPING)
        for number, encoding in enumerate(("gb18030", "utf-8-sig", "utf-16"), start=1):
            path = tmp_path / f"{encoding}.csv"
            path.write_text(
                f"{HEADER}{number},E1,2026-03-0{number},1,won\n备注,E1,2026年3月1日,1,open\n", encoding=encoding
            )
            assert ingest_file(path, mapping=mapping, actor=HR, now=NOW).accepted == 2

    def test_a_workbook_parquet_and_jsonl_give_the_same_measurements_as_csv(
        self, person: Person, tmp_path: Path
    ) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        row = {"id": "1", "who": "E1", "on_day": date(2026, 3, 1), "amount": Decimal("2.5"), "state": "won"}
        write_table(tmp_path / "a.xlsx", columns=list(row), rows=[list(row.values())])
        pq.write_table(pa.Table.from_pylist([row]), tmp_path / "a.parquet")
        (tmp_path / "a.jsonl").write_text(json.dumps({**row, "on_day": "2026-03-01", "amount": 2.5}) + "\n")
        for name in ("a.xlsx", "a.parquet", "a.jsonl"):
            report = ingest_file(tmp_path / name, mapping=parse_mapping(MAPPING), actor=HR, now=NOW)
            assert (report.accepted, report.quarantined) == (2, ()), name
        assert counted("t.amount") == [(date(2026, 3, 1), Decimal("2.5"), "1")]

    def test_a_unit_is_found_by_a_template_over_columns(self, deliver, db: None) -> None:
        unit = make_unit(code="SEW-8")
        mapping = """
source: 产线
unit: {template: "{department}-{team}", by: code}
columns: {department: {values: {sweing: SEW, sewing: SEW}}}
metrics: [{code: t.output, name: 产量, aggregation: sum}]
record: [day, department, team]
measurements: [{metric: t.output, date: day, value: "[pieces]"}]
"""
        mapping = mapping.replace("columns: {", "columns: {pieces: {type: number}, ")
        report = deliver(
            "2026-03-01,sweing,8,100\n2026-03-01, sewing ,8,100\n2026-03-01,sewing,9,5\n",
            mapping=mapping,
            header="day,department,team,pieces\n",
        )
        assert reasons(report) == [
            (3, "ingest.duplicate_record", "day, department, team", "2026-03-01|SEW|8"),
            (4, "ingest.unknown_unit", "department", "SEW-9"),
        ]
        with open_engine() as connection:
            found = ledger.relation(connection, metric_ids=[Metric.objects.get(code="t.output").pk])
            assert found.project("subject_kind, subject_id, record").fetchall() == [(2, unit.pk, "2026-03-01|SEW|8")]

    def test_a_ratio_keeps_numerator_and_denominator(self, person: Person, deliver) -> None:
        mapping = MAPPING.replace("aggregation: sum", "aggregation: ratio").replace(
            'value: "[amount]", where: \'[state] = "won"\'',
            'numerator: "IF([state] = \\"won\\", 1, 0)", denominator: 1',
        )
        deliver("1,E1,2026-03-01,1,won\n2,E1,2026-03-01,1,lost\n", mapping=mapping)
        metric = find_metric("t.amount")
        assert metric is not None
        with open_engine() as connection:
            found = ledger.relation(connection, metric_ids=[metric.id])
            assert found.aggregate("sum(value), sum(denominator)").fetchall() == [(Decimal(1), Decimal(2))]

    def test_columns_called_like_ours_and_differing_in_case_are_kept_apart(self, person: Person, deliver) -> None:
        mapping = """
source: x
person: {column: subject_key}
columns: {value: {type: number}, Value: {type: number}}
metrics: [{code: t.v, name: v, aggregation: sum}]
record: verdict
measurements: [{metric: t.v, date: day, value: "[value] - [Value]", where: "[chosen] = \\"y\\""}]
"""
        deliver("E1,2026-03-01,5,2,y,r1\n", mapping=mapping, header="subject_key,day,value,Value,chosen,verdict\n")
        assert counted("t.v") == [(date(2026, 3, 1), Decimal(3), "r1")]


class TestOnce:
    def test_the_same_file_twice_adds_nothing_and_says_so(self, person: Person, deliver) -> None:
        first = deliver("1,E1,2026-03-01,1,won\n")
        again = deliver("1,E1,2026-03-01,1,won\n", name="other name.csv")
        assert again == IngestReport(first.batch, 0, (), first.ledger_version, already_known=True)
        assert ledger.current_version() == first.ledger_version

    def test_a_reworded_label_in_the_mapping_is_still_the_same_delivery(self, person: Person, deliver) -> None:
        deliver("1,E1,2026-03-01,1,won\n")
        reworded = MAPPING.replace("name: 金额", "name: 成交金额").replace("拜访表", "拜访登记")
        assert deliver("1,E1,2026-03-01,1,won\n", mapping=reworded).already_known

    def test_a_reworked_mapping_over_records_corrects_instead_of_counting_twice(self, person: Person, deliver) -> None:
        deliver("1,E1,2026-03-01,5,won\n")
        report = deliver("1,E1,2026-03-01,5,won\n", mapping=MAPPING.replace('"[amount]"', '"[amount] * 10"'))
        assert counted("t.amount") == [(date(2026, 3, 1), Decimal(50), "1")]
        assert get_batch(report.batch).has_corrections

    def test_a_reworked_mapping_without_records_is_refused_with_the_remedy(self, person: Person, deliver) -> None:
        plain = MAPPING.replace("record: id\n", "")
        deliver("1,E1,2026-03-01,5,won\n", mapping=plain)
        with pytest.raises(MappingRefused) as refused:
            deliver("1,E1,2026-03-01,5,won\n", mapping=plain.replace('"[amount]"', '"[amount] * 10"'))
        assert [problem.code for problem in refused.value.problems] == ["ingest.same_rows_again"]
        assert Batch.objects.count() == 1

    def test_a_dry_run_reports_the_same_and_writes_nothing(self, person: Person, deliver) -> None:
        body = "1,E1,2026-03-01,1,won\n2,E9,2026-03-01,1,won\n"
        version = ledger.current_version()
        rehearsed = deliver(body, dry_run=True)
        assert (Batch.objects.count(), Metric.objects.count(), ledger.current_version()) == (0, 0, version)
        real = deliver(body)
        assert (rehearsed.accepted, rehearsed.quarantined) == (real.accepted, real.quarantined)
        assert (rehearsed.batch, rehearsed.ledger_version) == (None, version)

    def test_a_preview_shows_first_measurements_and_whether_the_file_goes_on(
        self, person: Person, tmp_path: Path
    ) -> None:
        path = tmp_path / "a.csv"
        path.write_text(HEADER + "".join(f"{n},E1,2026-03-01,{n},won\n" for n in range(1, 31)))
        preview = preview_file(path, mapping=parse_mapping(MAPPING), actor=HR, now=NOW, rows=10, first=3)
        assert (preview.rows_read, preview.is_cut, preview.accepted) == (10, True, 20)
        assert [(one.row, one.metric_code, one.value) for one in preview.measurements] == [
            (2, "t.amount", Decimal(1)),
            (2, "t.visits", Decimal(1)),
            (3, "t.amount", Decimal(2)),
        ]
        assert not Batch.objects.exists()


class TestCorrections:
    def test_a_later_delivery_of_a_record_replaces_value_and_day(self, person: Person, deliver) -> None:
        deliver("1,E1,2026-03-01,5,won\n2,E1,2026-03-01,6,won\n")
        deliver("1,E1,2026-02-01,7,won\n")
        assert counted("t.amount") == [
            (date(2026, 2, 1), Decimal(7), "1"),
            (date(2026, 3, 1), Decimal(6), "2"),
        ]

    def test_a_record_the_filter_no_longer_chooses_is_withdrawn(self, person: Person, deliver) -> None:
        deliver("1,E1,2026-03-01,5,won\n2,E1,2026-03-01,6,won\n")
        report = deliver("1,E1,2026-03-01,5,lost\n2,E1,2026-03-01,6,won\n")
        assert counted("t.amount") == [(date(2026, 3, 1), Decimal(6), "2")]
        assert get_batch(report.batch).withdrawn == 1

    def test_a_withdrawn_record_delivered_again_counts_again(self, person: Person, deliver) -> None:
        deliver("1,E1,2026-03-01,5,won\n")
        deliver("1,E1,2026-03-01,5,lost\n")
        deliver("1,E1,2026-03-02,8,won\n")
        assert counted("t.amount") == [(date(2026, 3, 2), Decimal(8), "1")]

    def test_a_record_that_arrives_broken_keeps_its_last_good_value(self, person: Person, deliver) -> None:
        deliver("1,E1,2026-03-01,5,won\n")
        deliver("1,E1,2026-03-01,abc,won\n")
        assert counted("t.amount") == [(date(2026, 3, 1), Decimal(5), "1")]

    def test_a_file_of_new_records_needs_no_correction_on_reading(self, person: Person, deliver) -> None:
        deliver("1,E1,2026-03-01,5,won\n")
        assert not get_batch(deliver("2,E1,2026-03-01,5,won\n").batch).has_corrections

    def test_a_batch_claimed_first_and_finished_last_does_not_replace_the_later_one(
        self, person: Person, deliver, tmp_path: Path
    ) -> None:
        early = tmp_path / "early.csv"
        early.write_text(HEADER + "1,E1,2026-03-01,5,won\n")
        batch_id, _ = queue_file(early, mapping=parse_mapping(MAPPING), filename="early.csv", actor=HR, now=NOW)
        later = deliver("1,E1,2026-03-02,7,won\n")
        finished = ingest_file(early, mapping=parse_mapping(MAPPING), actor=HR, now=NOW)
        assert finished.batch == batch_id < later.batch
        assert counted("t.amount") == [(date(2026, 3, 2), Decimal(7), "1")]


class TestUnreadable:
    def test_a_file_broken_further_down_counts_for_nothing_and_can_be_delivered_again(
        self, person: Person, tmp_path: Path
    ) -> None:
        path = tmp_path / "a.csv"
        path.write_text(HEADER + '1,E1,2026-03-01,5,won\n2,E1,"2026-03-01,5,won\n')
        version = ledger.current_version()
        with pytest.raises(TableUnreadable):
            ingest_file(path, mapping=parse_mapping(MAPPING), actor=HR, now=NOW)
        batch = Batch.objects.get()
        assert (batch.state, batch.accepted, ledger.current_version()) == ("failed", 0, version)
        assert "引号不成对" in batch.error

    @pytest.mark.parametrize("content", [b"", b"id,who,on_day,amount,state\n", b"\xff\xfe\x00"])
    def test_an_empty_or_undecodable_file_is_refused_before_a_batch_is_made(
        self, person: Person, tmp_path: Path, content: bytes
    ) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes(content)
        with pytest.raises(TableUnreadable):
            ingest_file(path, mapping=parse_mapping(MAPPING), actor=HR, now=NOW)
        assert not Batch.objects.exists()


def test_a_mapping_is_refused_before_any_row_with_path_position_and_suggestion(person: Person, deliver) -> None:
    broken: list[tuple[str, str, IngestMapping | str]] = [
        ("{column: who, by: number}", "{column: whoo, by: number}", "mapping.unknown_column"),
        ('"[amount]"', '"[amuont]"', "mapping.formula"),
        ("metric: t.visits", "metric: t.visit", "mapping.unknown_metric"),
    ]
    for old, new, code in broken:
        with pytest.raises(MappingRefused) as refused:
            deliver("1,E1,2026-03-01,5,won\n", mapping=MAPPING.replace(old, new))
        assert [problem.code for problem in refused.value.problems] == [code]
    assert not Batch.objects.exists()
