"""Files read by columns and judged by chunks come out exactly as when every cell is read by itself, in Python."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sextant.foundation.tabular.chunks import chunks_of_rows
from sextant.metrics.intake.cells import ColumnReader
from sextant.metrics.intake.columns import read_column
from sextant.metrics.intake.delivery import JudgedDelivery, judged_delivery, open_delivery
from sextant.metrics.mapping import ColumnKind, ColumnReading, parse_mapping
from sextant.people.tests.makers import make_person

TODAY = date(2026, 3, 10)
MAPPING = """
source: 双
person: {column: who}
zone: Asia/Shanghai
columns:
  at: {type: date, written_in: UTC}
  n: {type: number}
  state: {values: {赢: won, "-": ""}}
metrics:
  - {code: w.sum, name: 和}
  - {code: w.count, name: 数, aggregation: count}
dimensions: {客户: state, size: 'IF([n] > 10, "大", "小")'}
measurements:
  - {metric: w.sum, date: at, value: "100 / [n]", where: '[state] = "won"', record: [id, n]}
  - {metric: w.count, date: at, where: '[state] <> "open"'}
"""
DAYS = (
    *("", "2026-03-01", "2026-03-09T23:30:00", "2026-03-09T17:00:00+08:00", "2026-3-1", "2026年3月1日", "20260301"),
    *("2026-02-30", "01-02-2026", "2026-03-11", "0000-01-01", "2026-03-01T25:00"),
)
CELLS = {
    "id": st.sampled_from(["1", "2", "3", "", "a|b", "a\\"]),
    "who": st.sampled_from(["E1", "E2", " E1 ", "", "e9", "\u3000"]),
    "at": st.sampled_from(DAYS),
    "n": st.sampled_from(
        ["1", "-2.50", "0", "", "1,234.5", "87%", "abc", "1e3", "12345678901234567890", "１２", "3.0"]
    ),
    "state": st.sampled_from(["won", "open", "lost", "", "赢", "-", 'a"b']),
}
ROWS = st.lists(st.tuples(*CELLS.values()), min_size=1, max_size=50)


@contextmanager
def judged_slowly(path: Path, mapping) -> Iterator[JudgedDelivery]:
    """Cell by cell: the chunks hold lists, which no kernel of Arrow takes."""
    delivery = open_delivery(path, mapping=mapping, today=TODAY)

    def slow(columns, size):
        for chunk in chunks_of_rows(delivery.table.rows(), delivery.table.columns, size=3):
            lists = {
                name: cells.to_pylist() if isinstance(cells, pa.Array) else cells
                for name, cells in chunk.columns.items()
            }
            yield replace(chunk, columns=lists)

    with judged_delivery(replace(delivery, table=replace(delivery.table, _open_chunks=slow))) as judged:
        yield judged


def outcome(judged: JudgedDelivery) -> tuple:
    taken = judged.connection.execute(
        "SELECT rule, row_number, subject_id, day, value, denominator, record, dimensions FROM judged"
        " WHERE verdict IS NULL ORDER BY ALL"
    ).fetchall()
    counts = replace(judged.judged, checks={})
    return counts, taken, list(judged.entries()), judged.staged.rows_read


def same_both_ways(path: Path) -> tuple:
    mapping = parse_mapping(MAPPING)
    with judged_delivery(open_delivery(path, mapping=mapping, today=TODAY)) as judged:
        fast = outcome(judged)
    with judged_slowly(path, mapping) as judged:
        assert fast == outcome(judged)
    return fast


@pytest.fixture
def persons(db: None) -> None:
    make_person(number="E1"), make_person(number="E2")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, quoted=st.booleans())
@example(rows=[("1", "E1", "2026-03-01", "1", "won")] * 3, quoted=False)
def test_text_comes_out_the_same(persons: None, tmp_path: Path, rows: list, quoted: bool) -> None:
    path = tmp_path / "a.csv"
    lines = [",".join('"' + cell.replace('"', '""') + '"' if quoted or '"' in cell or "," in cell else cell
                      for cell in row) for row in rows]  # fmt: skip
    path.write_text("id,who,at,n,state\n" + "\n".join(lines) + "\n", encoding="utf-8")
    same_both_ways(path)


def test_typed_columns_come_out_the_same(persons: None, tmp_path: Path) -> None:
    moments = [datetime(2026, 3, 9, hour, tzinfo=UTC) for hour in (1, 15, 16, 23)] * 3
    floats = [0.1, 2.5, 100.0, float("nan"), 1e17, 1e-7, -3.333333, 12345678.9, 1 / 3, None, float("inf"), 1e22]
    for kind, numbers in {
        "float": pa.array(floats),
        "decimal": pa.array([Decimal("1.005"), Decimal("12.5"), None] * 4, pa.decimal128(38, 18)),
        "whole": pa.array([1, None, -7, 2**62] * 3),
        "text": pa.array(["1", "x", " 3 ", None] * 3),
    }.items():
        for at in (pa.array(moments, pa.timestamp("us", "UTC")), pa.array(moments).cast(pa.timestamp("ns"))):
            path = tmp_path / f"{kind}-{at.type.unit}.parquet"
            columns = {"id": list(range(12)), "who": ["E1", "E2", "E9", " "] * 3, "at": at, "n": numbers}
            pq.write_table(pa.table({**columns, "state": ["won", "lost", None] * 4}), path)
            _counts, taken, entries, rows = same_both_ways(path)
            assert rows == 12 and taken and entries
            # 16:00 in UTC is already the next day where the company works, and that day is in the future
            assert {str(day) for _, _, _, day, *_ in taken} <= {"2026-03-09", "2026-03-10"}


@pytest.mark.parametrize("kind", list(ColumnKind))
def test_a_column_reads_as_its_cells_do(kind: ColumnKind) -> None:
    texts = ["1", "-0", "00012.500", "1.0000000001", "9" * 16, "2026-03-01", "2026-03-01 9:30", "1 000", "５", None]
    arrays = [
        pa.array(texts),
        pa.array([1.5, -0.0, 1e-9, 123456789.123456, 1e15, 4503599627370497.5, None]),
        pa.array([2**63, 1, None], pa.uint64()),
        pa.array([Decimal("9" * 19 + ".999999"), None], pa.decimal128(28, 6)),
        pa.array([-1, 1_772_323_200_000_000, None], pa.timestamp("us")),
        pa.array([date(1, 1, 1), None]),
        pa.nulls(2),
    ]
    for array in arrays:
        fast, slow = ([], []), []
        reader = ColumnReader("x", ColumnReading(type=kind), fast[1])
        found = read_column(reader, array, with_texts=True)
        plain = read_column(ColumnReader("x", ColumnReading(type=kind), slow), array)
        careful = read_column(ColumnReader("x", ColumnReading(type=kind), []), _plain_list(array))
        assert found.values.to_pylist() == plain.values.to_pylist() == careful.values.to_pylist()
        assert found.texts is not None and found.texts.to_pylist() == careful.texts.to_pylist()
        assert [fault is None for fault in _faults(plain, len(array))] == [
            fault is None for fault in _faults(careful, len(array))
        ]


def _plain_list(array: pa.Array) -> list[object]:
    from sextant.foundation.tabular.records import plain_cell

    return [plain_cell(cell) for cell in array.to_pylist()]


def _faults(column, length: int) -> list[int | None]:
    return [None] * length if column.faults is None else column.faults.to_pylist()
