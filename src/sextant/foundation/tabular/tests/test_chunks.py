"""Chunks give the same rows as the careful reader, whatever stands in the file."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sextant.foundation.tabular import Table, TableUnreadable, read_table
from sextant.foundation.tabular.chunks import Chunk
from sextant.foundation.tabular.header import Header
from sextant.foundation.tabular.records import plain_cell
from sextant.foundation.tabular.text_chunks import TextSource, text_chunks

NASTY = st.text(st.sampled_from('ab,;"\n\r \t\u3000\u200b\ufeff\0é中\u2028\x0b1'), max_size=60)


def rows_of_chunks(chunks: Iterator[Chunk]) -> list[tuple]:
    found = []
    for chunk in chunks:
        columns = {
            name: cells.to_pylist() if isinstance(cells, pa.Array) else cells for name, cells in chunk.columns.items()
        }
        for place, number in enumerate(chunk.numbers.to_pylist()):
            found.append((number, {name: cells[place] for name, cells in columns.items()}, ()))
        found += [(row.row, dict(row.cells), row.problems) for row in chunk.broken]
    return sorted(found, key=lambda row: row[0])


def rows_read(table: Table, columns: tuple[str, ...]) -> list[tuple]:
    found = []
    for row in table.rows():
        cells = row.cells if row.problems else {name: row.cells[name] for name in columns}
        found.append((row.row, dict(cells), row.problems))
    return found


def outcome(read, *args) -> object:
    try:
        return read(*args)
    except TableUnreadable as error:
        return (error.problem.code, dict(error.problem.params))


@settings(max_examples=400, deadline=None)
@given(body=NASTY, block=st.sampled_from([1, 4, 16, 4096]), encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]))
@example(body="1,2\n,\n\n3,4\n", block=4, encoding="utf-8")
@example(body='1,"a\nb"\n2,x\n3,"', block=4, encoding="utf-8")
@example(body="1,2,\n1,2,3\n1\n", block=16, encoding="utf-8")
@example(body="1,2\r3,4\r\n5,6\n", block=1, encoding="utf-8")
@example(body="  1\u3000,\u200b\n 2 ,é\n", block=4, encoding="utf-8")
def test_text_by_chunks_is_text_row_by_row(body: str, block: int, encoding: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(f"id,name\n1,start\n{body}".encode(encoding))
        table = read_table(path, delimiter=",", encoding=encoding)
        source = TextSource(path, encoding, ",", Header(1, ["id", "name"]), 2)
        for columns in (("id", "name"), ("name",)):
            by_chunks = outcome(lambda c=columns: rows_of_chunks(text_chunks(source, columns=c, size=3, block=block)))
            assert by_chunks == outcome(rows_read, table, columns)


def test_a_header_with_unnamed_columns_shifted_cells_and_a_late_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n , \n,id,,name,\n" + "x,1,y,n,\nx,2,y,n\n,,,,\nx,3,y,n,z\n,,y,,\n" * 5, encoding="utf-8")
    table = read_table(path, delimiter=",")
    source = TextSource(path, "utf-8", ",", Header(3, ["", "id", "", "name", ""]), 5)
    expected = rows_read(table, ("id", "name"))
    assert len(expected) == 20 and sum(bool(row[2]) for row in expected) == 5
    assert rows_of_chunks(table.chunks()) == expected
    for block in (1, 20, 40):
        assert rows_of_chunks(text_chunks(source, columns=("id", "name"), size=4, block=block)) == expected


def test_plain_text_is_not_read_line_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,name\n" + "1,张伟\n" * 200, encoding="utf-8")
    table = read_table(path)
    rows: list[int] = []
    careful = Header.row_of
    monkeypatch.setattr(Header, "row_of", lambda self, row, values: (rows.append(row), careful(self, row, values))[1])
    source = TextSource(path, "utf-8", ",", Header(1, ["id", "name"]), 2)
    found = rows_of_chunks(text_chunks(source, columns=table.columns, size=50, block=100))
    assert (len(found), rows) == (200, [])


def test_parquet_by_chunks_is_parquet_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    blank = None
    columns = {
        "text": pa.array([" a ", "", "\u3000", "b", blank, blank]),
        "code": pa.array(["x", "x", "y", blank, blank, "z"]).dictionary_encode(),
        "whole": pa.array([1, 2, blank, 4, blank, blank], pa.int64()),
        "money": pa.array([Decimal("1.50"), blank, blank, Decimal("-2.25"), blank, blank], pa.decimal128(12, 2)),
        "double": pa.array([0.1, 100.0, float("nan"), float("inf"), blank, blank]),
        "day": pa.array([date(2026, 3, 1), blank, blank, date(1999, 1, 1), blank, blank]),
        "moment": pa.array([datetime(2026, 3, 1, 9, tzinfo=UTC), *[blank] * 5], pa.timestamp("us", "UTC")),
        "yes": pa.array([True, False, blank, blank, blank, blank]),
        "list": pa.array([[1, 2], blank, blank, blank, blank, blank]),
    }
    pq.write_table(pa.table(columns), path)
    table = read_table(path)
    for names in (tuple(columns), ("text",), ("double", "whole"), ("code",)):
        plain = [
            (row, {name: plain_cell(cell) for name, cell in cells.items()}, problems)
            for row, cells, problems in rows_of_chunks(table.chunks(names, size=2))
        ]
        assert plain == rows_read(table, names)
