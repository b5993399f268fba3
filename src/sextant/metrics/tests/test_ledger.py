"""The ledger: a batch once, whole; any version again; the latest batch of a record holds."""

import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from django.db import connection as database
from psycopg.conninfo import make_conninfo

from sextant.metrics.contracts import SubjectKind
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import Metric
from sextant.metrics.tests.makers import ingest_rows, make_batch, make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit

JAN, FEB, MAR = date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 15)


@pytest.fixture
def person(db: None) -> Person:
    return make_person()


def live(metric: Metric, **choice) -> list[tuple]:
    """(day, value, record) of the measurements that count, in order."""
    with open_engine() as connection:
        found = ledger.relation(connection, metric_ids=[metric.pk], **choice)
        return sorted(found.project("day, value, record").fetchall(), key=str)


def rows_of(batch: int, records: Iterable[tuple[date, str | None, str | None]], *, metric_id: int = 1) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "metric_id": metric_id,
                "subject_kind": SubjectKind.PERSON,
                "subject_id": 1,
                "day": day,
                "value": None if value is None else Decimal(value),
                "batch": batch,
                "row": 2,
                "record": record,
            }
            for day, value, record in records
        ],
        schema=ledger.SCHEMA,
    )


@pytest.fixture
def fresh_home(settings, tmp_path: Path) -> Path:
    settings.SEXTANT_HOME = tmp_path
    return tmp_path


@pytest.mark.django_db
def test_before_the_first_batch_the_ledger_is_version_zero_and_empty(fresh_home: Path) -> None:
    assert ledger.current_version() == 0
    assert not ledger.holds_batch(1)
    with open_engine() as connection:
        found = ledger.relation(connection, version=0)
        assert found.columns == ledger.SCHEMA.names
        assert found.fetchall() == []
    assert not ledger.ledger_path().exists()


@pytest.mark.django_db
def test_a_batch_delivered_twice_is_written_once(fresh_home: Path) -> None:
    first = ledger.append(rows_of(1, [(JAN, "5", None)]), batch=1)
    again = ledger.append(rows_of(1, [(JAN, "5", None), (FEB, "6", None)]), batch=1)
    assert first == again == ledger.current_version()
    assert sum(file.rows for file in ledger.list_files()) == 1
    assert ledger.holds_batch(1) and not ledger.holds_batch(2)


def test_an_older_version_still_reads_as_it_was(person: Person) -> None:
    metric = make_metric()
    before = ingest_rows(metric, [(person, JAN, 5)]).ledger_version
    ingest_rows(metric, [(person, FEB, 6)])
    assert live(metric, version=before) == [(JAN, Decimal("5.000000"), None)]
    assert len(live(metric)) == 2


def test_days_are_half_open_and_metrics_are_kept_apart(person: Person) -> None:
    metric, other = make_metric(), make_metric()
    ingest_rows(metric, [(person, JAN, 1), (person, FEB, 2), (person, MAR, 3)])
    ingest_rows(other, [(person, FEB, 9)])
    assert [row[0] for row in live(metric, from_on=JAN, until_on=MAR)] == [JAN, FEB]
    assert live(metric, until_on=JAN) == []


def test_a_pair_is_numerator_and_denominator_and_a_unit_is_a_subject_too(person: Person) -> None:
    metric = make_metric(aggregation="ratio")
    ingest_rows(metric, [(make_unit(), JAN, (3, 4))])
    with open_engine() as connection:
        found = ledger.relation(connection, metric_ids=[metric.pk]).project("subject_kind, value, denominator")
        assert found.fetchall() == [(2, Decimal(3), Decimal(4))]


class TestCorrection:
    def test_the_latest_batch_of_a_record_holds_even_when_it_moved_to_another_month(self, person: Person) -> None:
        metric = make_metric()
        ingest_rows(metric, [(person, JAN, 5)], record="A-1")
        ingest_rows(metric, [(person, MAR, 7)], record="A-1", has_corrections=True)
        assert live(metric) == [(MAR, Decimal("7.000000"), "A-1")]
        assert live(metric, from_on=JAN, until_on=FEB) == []

    def test_before_the_correcting_version_the_first_value_counts(self, person: Person) -> None:
        metric = make_metric()
        first = ingest_rows(metric, [(person, JAN, 5)], record="A-1").ledger_version
        ingest_rows(metric, [(person, JAN, 7)], record="A-1", has_corrections=True)
        assert live(metric, version=first) == [(JAN, Decimal("5.000000"), "A-1")]

    def test_the_same_record_of_another_metric_stays(self, person: Person) -> None:
        metric, other = make_metric(), make_metric()
        ingest_rows(metric, [(person, JAN, 5)], record="A-1")
        ingest_rows(other, [(person, JAN, 9)], record="A-1", has_corrections=True)
        assert live(metric) == [(JAN, Decimal("5.000000"), "A-1")]

    def test_a_row_without_value_withdraws_its_record(self, person: Person) -> None:
        metric = make_metric()
        ingest_rows(metric, [(person, JAN, 5)], record="A-1")
        batch = make_batch(has_corrections=True)
        ledger.append(rows_of(batch.pk, [(JAN, None, "A-1")], metric_id=metric.pk), batch=batch.pk)
        assert live(metric) == []

    def test_rows_without_record_are_never_superseded(self, person: Person) -> None:
        metric = make_metric()
        ingest_rows(metric, [(person, JAN, 5)])
        ingest_rows(metric, [(person, JAN, 6)], has_corrections=True)
        assert [row[1] for row in live(metric)] == [Decimal("5.000000"), Decimal("6.000000")]


def test_compaction_merges_files_and_changes_no_row(person: Person, fresh_home: Path) -> None:
    metric = make_metric()
    for day in (JAN, FEB, MAR):
        ingest_rows(metric, [(person, day, day.month)])
    before, files = live(metric), len(ledger.list_files())
    version = ledger.current_version()
    assert ledger.compact() > version
    assert (live(metric), files, len(ledger.list_files())) == (before, 3, 1)
    assert live(metric, version=version) == before
    assert ledger.holds_batch(1) is False


def test_a_batch_is_known_after_compaction(person: Person, fresh_home: Path) -> None:
    metric = make_metric()
    batches = [ingest_rows(metric, [(person, day, 1)]) for day in (JAN, FEB)]
    ledger.compact()
    assert all(ledger.holds_batch(batch.pk) for batch in batches)


@pytest.mark.django_db
def test_the_log_remembers_extremes_of_metric_day_and_batch_only(fresh_home: Path) -> None:
    ledger.append(rows_of(1, [(JAN, "5", "secret-7")]), batch=1)
    recorded = DeltaTable(str(ledger.ledger_path())).get_add_actions(flatten=True)
    kept = {name.split(".", 1)[1] for name in pa.table(recorded).column_names if name.startswith(("min.", "max."))}
    assert kept == {"metric_id", "day", "batch"}


@pytest.mark.django_db
def test_files_out_of_the_asked_days_are_not_opened(fresh_home: Path) -> None:
    ledger.append(rows_of(1, [(JAN, "5", None)]), batch=1)
    ledger.append(rows_of(2, [(MAR, "5", None)]), batch=2)
    chosen = [f for f in ledger.list_files() if f.may_hold(metric_ids=None, from_on=FEB, until_on=None)]
    assert [file.first_on for file in chosen] == [MAR]


WRITER = """
import sys, django
django.setup()
from datetime import date
from sextant.metrics.ledger import store as ledger
from sextant.metrics.tests.test_ledger import rows_of
print("ready", flush=True)
sys.stdin.readline()
for batch in range(1, 21):
    ledger.append(rows_of(batch, [(date(2026, 1, 15), "1", None)]), batch=batch)
"""


def test_two_processes_delivering_the_same_batches_write_each_once(transactional_db: None, fresh_home: Path) -> None:
    known = database.settings_dict
    url = make_conninfo(host=known["HOST"], port=known["PORT"] or None, user=known["USER"], dbname=known["NAME"])
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER],
            env={**os.environ, "DATABASE_URL": url, "SEXTANT_HOME": str(fresh_home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    assert sum(file.rows for file in ledger.list_files()) == 20
    assert all(ledger.holds_batch(batch) for batch in range(1, 21))


class TestEngine:
    def test_the_engine_reads_named_files_and_nothing_else(self, tmp_path: Path) -> None:
        named, other = tmp_path / "goals.csv", tmp_path / "other.csv"
        named.write_text("a\n1\n")
        other.write_text("a\n2\n")
        with open_engine(files=[named]) as connection:
            assert connection.sql(f"SELECT a FROM read_csv('{named}')").fetchall() == [(1,)]
            for statement in (
                f"SELECT * FROM read_csv('{other}')",
                "INSTALL httpfs",
                f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
                f"ATTACH '{tmp_path}/x.db'",
            ):
                with pytest.raises(duckdb.PermissionException):
                    connection.sql(statement)
            with pytest.raises(duckdb.InvalidInputException):
                connection.sql("SET memory_limit = '100GB'")

    def test_what_does_not_fit_spills_under_home_and_is_gone_afterwards(self, settings, fresh_home: Path) -> None:
        settings.SEXTANT_ENGINE_MIB = 64
        spill = fresh_home / "tmp"
        with open_engine(threads=1) as connection:
            connection.execute("CREATE TEMP TABLE big AS SELECT hash(i)::VARCHAR AS s FROM range(8000000) AS t(i)")
            assert any(folder.iterdir() for folder in spill.iterdir())
        assert list(spill.iterdir()) == []

    def test_what_a_killed_process_spilled_is_gone_a_day_later(self, fresh_home: Path) -> None:
        old, young = fresh_home / "tmp" / "engine-old", fresh_home / "tmp" / "engine-young"
        for folder in (old, young):
            folder.mkdir(parents=True)
            (folder / "spilled.tmp").write_bytes(b"x")
        os.utime(old, (1_000_000_000, 1_000_000_000))
        with open_engine():
            pass
        assert (old.exists(), young.exists()) == (False, True)


class TestDimensions:
    """What a number is about, in a column that older ledgers do not have."""

    @pytest.fixture
    def old_ledger(self, fresh_home: Path) -> pa.Schema:
        """A ledger with one batch, written before there were dimensions."""
        old = pa.schema([field for field in ledger.SCHEMA if field.name != "dimensions"])
        DeltaTable.create(str(ledger.ledger_path()), schema=old)
        rows = rows_of(1, [(JAN, "5", "A-1")]).select(old.names).cast(old)
        write_deltalake(str(ledger.ledger_path()), rows, mode="append")
        return old

    def read(self, **choice) -> list[tuple]:
        with open_engine() as connection:
            return sorted(ledger.relation(connection, **choice).project("day, value, dimensions").fetchall())

    @pytest.mark.django_db
    def test_a_ledger_of_before_reads_as_having_none(self, old_ledger: pa.Schema) -> None:
        assert self.read() == [(JAN, Decimal(5), None)]

    @pytest.mark.django_db
    def test_the_first_batch_with_dimensions_widens_it_and_older_versions_still_read(
        self, old_ledger: pa.Schema
    ) -> None:
        rows = rows_of(2, [(FEB, "6", "A-2")]).set_column(9, "dimensions", pa.array(['{"customer":"甲"}']))
        version = ledger.append(rows, batch=2)
        ledger.append(rows_of(3, [(MAR, "7", "A-3")]).drop(["dimensions"]), batch=3)
        assert self.read() == [
            (JAN, Decimal(5), None),
            (FEB, Decimal(6), '{"customer":"甲"}'),
            (MAR, Decimal(7), None),
        ]
        assert len(self.read(version=version)) == 2
        assert self.read(version=version - 1) == [(JAN, Decimal(5), None)]
        ledger.compact()
        assert len(self.read()) == 3

    @pytest.mark.django_db
    def test_a_stream_is_written_as_a_table_is(self, fresh_home: Path) -> None:
        rows = rows_of(1, [(JAN, "5", "A-1"), (FEB, "6", None)])
        ledger.append(rows.to_reader, batch=1)
        assert self.read() == [(JAN, Decimal(5), None), (FEB, Decimal(6), None)]
