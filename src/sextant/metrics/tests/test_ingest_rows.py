"""Rows that are no file: a call of an interface, the answer of a database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sextant.foundation.access.contracts import Actor, Role
from sextant.metrics.actions.ingest import BatchKeyReused, ingest_rows
from sextant.metrics.engine import open_engine, spill_root
from sextant.metrics.ledger import store as ledger
from sextant.metrics.mapping import MappingRefused, parse_mapping
from sextant.metrics.models import Batch
from sextant.metrics.queries import find_metric, get_batch
from sextant.people.tests.makers import make_person

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
HR = Actor(user_id=1, person_id=1, roles=frozenset({Role.HR}), label="hr")
MAPPING = parse_mapping("""
source: 呼叫中心
person: {column: who}
columns: {calls: {type: number}}
metrics: [{code: c.calls, name: 通话, aggregation: sum}]
measurements: [{metric: c.calls, date: day, value: "[calls]"}]
""")
ROW = {"who": "E1", "day": "2026-03-01", "calls": 5}


@pytest.fixture(autouse=True)
def person(db: None) -> None:
    make_person(number="E1")


def take_in(rows, *, batch_key: str | None = "b1", mapping=MAPPING):
    return ingest_rows(rows, mapping=mapping, source_name="推送", batch_key=batch_key, actor=HR, now=NOW)


def counted() -> list[tuple[date, Decimal]]:
    metric = find_metric("c.calls")
    assert metric is not None
    with open_engine() as connection:
        return sorted(ledger.relation(connection, metric_ids=[metric.id]).project("day, value").fetchall())


def test_rows_of_any_types_become_measurements_and_faults_name_the_row_counted_from_one() -> None:
    report = take_in(
        [
            {**ROW, "calls": Decimal("2.5")},
            {"day": date(2026, 3, 2), "who": "E1", "calls": 1.25, "note": {"a": [1]}},
            {"day": datetime(2026, 3, 3, 12, tzinfo=UTC), "who": "E1", "calls": "7"},
            {**ROW, "calls": True},
            {**ROW, "who": "E9"},
        ]
    )
    assert counted() == [
        (date(2026, 3, 1), Decimal("2.5")),
        (date(2026, 3, 2), Decimal("1.25")),
        (date(2026, 3, 3), Decimal(7)),
    ]
    assert [(one.row, one.code, one.value) for one in report.quarantined] == [
        (4, "tabular.bad_number", "TRUE"),
        (5, "ingest.unknown_person", "E9"),
    ]
    batch = Batch.objects.get(pk=report.batch)
    assert (batch.source, batch.filename, batch.columns) == ("呼叫中心", "推送", ["who", "day", "calls", "note"])
    assert (batch.rows_read, batch.accepted) == (5, 3)


def test_a_batch_key_sent_again_adds_nothing_and_with_other_rows_is_refused() -> None:
    first = take_in([ROW])
    again = take_in([ROW])
    assert (again.already_known, again.accepted, again.batch) == (True, 0, first.batch)
    with pytest.raises(BatchKeyReused) as refused:
        take_in([{**ROW, "calls": 6}])
    assert refused.value.batch == first.batch
    assert counted() == [(date(2026, 3, 1), Decimal(5))]


def test_the_same_rows_under_another_key_count_and_without_any_key_count_once() -> None:
    take_in([ROW], batch_key="b1"), take_in([ROW], batch_key="b2")
    assert len(counted()) == 2
    with pytest.raises(MappingRefused):
        take_in([ROW], batch_key=None)
    other = [{**ROW, "calls": 9}]
    assert (take_in(other, batch_key=None).accepted, take_in(other, batch_key=None).already_known) == (1, True)


def test_a_long_stream_goes_through_a_file_that_is_gone_afterwards() -> None:
    def stream() -> Iterator[dict[str, object]]:
        for number in range(45_000):
            yield {"who": "E1", "day": date(2026, 3, 1), "calls": number, "id": number}

    report = take_in(stream())
    assert report.accepted == 45_000
    assert sum(value for _, value in counted()) == sum(range(45_000))
    assert not list(spill_root().glob("*/rows.jsonl"))


def test_no_rows_make_no_batch() -> None:
    report = take_in(iter(()))
    assert (report.batch, report.accepted, Batch.objects.count()) == (None, 0, 0)


def test_a_column_the_rows_no_longer_have_is_refused_by_name() -> None:
    with pytest.raises(MappingRefused) as refused:
        take_in([{"who": "E1", "date": "2026-03-01", "calls": 5}])
    (problem,) = refused.value.problems
    assert (problem.code, problem.params["column"]) == ("mapping.unknown_column", "day")
    assert not Batch.objects.exists()


def test_a_batch_that_failed_can_be_sent_again_under_its_key() -> None:
    def broken() -> Iterator[dict[str, object]]:
        yield ROW
        raise ConnectionError

    with pytest.raises(ConnectionError):
        take_in(broken())
    report = take_in([ROW])
    assert get_batch(report.batch).accepted == 1
