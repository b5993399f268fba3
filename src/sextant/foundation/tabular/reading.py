"""`read_table`: one door for every kind of file."""

from pathlib import Path

from sextant.engines.values import Problem
from sextant.foundation.tabular.codes import Code
from sextant.foundation.tabular.rows import TableUnreadable
from sextant.foundation.tabular.table import Table, TableKind
from sextant.foundation.tabular.text import read_text
from sextant.foundation.tabular.workbook import read_workbook

_WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
_WORKBOOK_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read_table(
    path: Path, *, sheet: str | None = None, delimiter: str | None = None, encoding: str | None = None
) -> Table:
    """Open the table in `path`; what it is, is decided by its first bytes, then by its name.

    Give `sheet` to choose a worksheet, `delimiter` and `encoding` when finding them by themselves goes wrong. Raises
    TableUnreadable: no such file, empty, only a header, broken, protected, undecodable, unknown sheet, a column twice.
    """
    table = _open(path, sheet=sheet, delimiter=delimiter, encoding=encoding)
    if next(table.rows(), None) is None:
        raise TableUnreadable(Problem(Code.NO_ROWS, {"file": path.name}))
    return table


def _open(path: Path, *, sheet: str | None, delimiter: str | None, encoding: str | None) -> Table:
    # pyarrow is slow to load, and most processes read neither Parquet nor JSONL
    match _kind_of(path):
        case TableKind.WORKBOOK:
            return read_workbook(path, sheet=sheet)
        case TableKind.PARQUET:
            from sextant.foundation.tabular.records import read_parquet

            return read_parquet(path)
        case TableKind.JSONL:
            from sextant.foundation.tabular.records import read_jsonl

            return read_jsonl(path, encoding=encoding)
    return read_text(path, delimiter=delimiter, encoding=encoding)


def _kind_of(path: Path) -> TableKind:
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise TableUnreadable(Problem(Code.MISSING, {"path": str(path)})) from error
    if not head:
        raise TableUnreadable(Problem(Code.EMPTY, {"file": path.name}))
    suffix = path.suffix.lower()
    # The bytes speak first: exports named .csv that are workbooks are common, and read well.
    if head.startswith(_WORKBOOK_MAGIC) or suffix in _WORKBOOK_SUFFIXES:
        return TableKind.WORKBOOK
    if head == b"PAR1" or suffix == ".parquet":
        return TableKind.PARQUET
    return TableKind.JSONL if suffix in {".jsonl", ".ndjson"} else TableKind.TEXT
