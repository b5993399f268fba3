"""The company that `bench evaluate` measures: numbers and goals of N people, written as a stream.

Ten metrics a person and one number a week. Whoever makes a million people needs no more memory than for ten thousand:
a block of people at a time, in the order the ledger keeps its rows in.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy
import pyarrow as pa
from pyarrow import compute, csv

from sextant.metrics.ledger import store as ledger

PEOPLE_AT_ONCE = 50_000


def weekly_numbers(people: int, metric_ids: list[int], *, week: int, day: date, batch: int) -> pa.RecordBatchReader:
    """One number a person and metric, by metric: rows of the ledger of a batch. About 100 each, spread so that every
    light occurs; the same numbers every time."""

    def batches() -> Iterator[pa.RecordBatch]:
        for position, metric_id in enumerate(metric_ids):
            for subjects in _blocks(people):
                places = (subjects - 1) * len(metric_ids) + position
                yield _measurements(subjects, places, metric_id=metric_id, week=week, day=day, batch=batch)

    return pa.RecordBatchReader.from_batches(ledger.SCHEMA, batches())


def write_goals(path: Path, people: int, metric_ids: list[int], *, from_on: date, until_on: date) -> None:
    """A goal a person and metric, as a run reads them: 1,300 in the period, 1,600 as the stretch."""
    writer = None
    for subjects in _blocks(people):
        block = _goals(subjects, metric_ids, from_on=from_on, until_on=until_on)
        writer = writer or csv.CSVWriter(path, block.schema, write_options=csv.WriteOptions(quoting_style="none"))
        writer.write(block)
    if writer:
        writer.close()


def _blocks(people: int) -> Iterator[numpy.ndarray]:
    for first in range(1, people + 1, PEOPLE_AT_ONCE):
        yield numpy.arange(first, min(first + PEOPLE_AT_ONCE, people + 1), dtype=numpy.int64)


def _measurements(
    subjects: numpy.ndarray, places: numpy.ndarray, *, metric_id: int, week: int, day: date, batch: int
) -> pa.RecordBatch:
    rows = len(subjects)
    cents = (places * 7919 + week * 104_729 + (places % 977) * 31) % 20_000
    values = compute.multiply(pa.array(cents).cast(pa.decimal128(19, 0)), pa.scalar(Decimal("0.01")))
    columns = {
        "metric_id": pa.repeat(pa.scalar(metric_id, pa.int32()), rows),
        "subject_kind": pa.repeat(pa.scalar(1, pa.int8()), rows),
        "subject_id": pa.array(subjects),
        "day": pa.repeat(pa.scalar(day), rows),
        "value": values.cast(pa.decimal128(28, 6)),
        "batch": pa.repeat(pa.scalar(batch, pa.int64()), rows),
        "row": pa.array(places + 2, pa.int32()),
    }
    return pa.record_batch(
        [columns.get(field.name, pa.nulls(rows, field.type)) for field in ledger.SCHEMA], schema=ledger.SCHEMA
    )


def _goals(subjects: numpy.ndarray, metric_ids: list[int], *, from_on: date, until_on: date) -> pa.Table:
    metrics = len(metric_ids)
    rows = len(subjects) * metrics
    first = (int(subjects[0]) - 1) * metrics + 1
    unknown = pa.nulls(rows, pa.string())
    return pa.table(
        {
            "goal_id": pa.array(numpy.arange(first, first + rows, dtype=numpy.int64)),
            "metric_id": pa.array(numpy.tile(numpy.array(metric_ids, dtype=numpy.int32), len(subjects))),
            "subject_kind": pa.repeat(1, rows),
            "subject_id": pa.array(numpy.repeat(subjects, metrics)),
            "from_on": pa.repeat(from_on.isoformat(), rows),
            "until_on": pa.repeat(until_on.isoformat(), rows),
            "base": pa.repeat(1300, rows),
            "stretch": pa.repeat(1600, rows),
            **dict.fromkeys(("start", "range_low", "range_high", "tolerance"), unknown),
            "weight": pa.repeat(10, rows),
            "curve": pa.repeat("parallel", rows),
        }
    )
