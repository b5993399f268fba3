"""Excel workbooks, read by calamine."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path

import python_calamine as calamine

from sextant.engines.values import Problem
from sextant.foundation.tabular.codes import Code
from sextant.foundation.tabular.header import named_rows, split_header
from sextant.foundation.tabular.rows import TableRow, TableUnreadable
from sextant.foundation.tabular.table import Table, TableKind

_EXCEL_DIGITS = ".15g"
"""Excel keeps 17 digits and shows 15: 0.1 + 0.2 reads 0.3 there, and must read 0.3 here."""


def read_workbook(path: Path, *, sheet: str | None) -> Table:
    """Open the named sheet, else the first visible one that holds anything.

    Formulas give the value stored by Excel; a cell that shows an error (#N/A) reads as blank, because that is how the
    reader delivers it.
    """
    found = _find_sheet(_open(path), path, sheet)
    header = split_header(path.name, _records(found, path))

    def rows() -> Iterator[TableRow]:
        return named_rows(header, (record for record in _records(found, path) if record[0] > header.row))

    return Table(header.columns, TableKind.WORKBOOK, rows, sheet=found.name, row_count=found.total_height - header.row)


def number_of(cell: float, digits: str = _EXCEL_DIGITS) -> int | Decimal | None:
    """A spreadsheet's float as the number it shows: whole ones as int (10023, not 10023.0), others as Decimal."""
    if cell != cell or cell in (float("inf"), float("-inf")):
        return None
    return int(cell) if cell.is_integer() else Decimal(format(cell, digits))


def _open(path: Path) -> calamine.CalamineWorkbook:
    try:
        return calamine.load_workbook(path)
    except calamine.PasswordError as error:
        raise TableUnreadable(Problem(Code.PROTECTED, {"file": path.name})) from error
    except BaseException as error:
        raise _broken(path, error) from error


def _broken(path: Path, error: BaseException) -> BaseException:
    # A panic of the Rust reader arrives as a BaseException of its own: damaged files must not end the process.
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
        return error
    return TableUnreadable(Problem(Code.BROKEN, {"file": path.name, "kind": "Excel", "detail": str(error)}))


def _find_sheet(book: calamine.CalamineWorkbook, path: Path, wanted: str | None) -> calamine.CalamineSheet:
    """Loading a sheet parses it whole, so the one that is found is kept."""
    if wanted is not None and wanted not in book.sheet_names:
        params = {"sheet": wanted, "sheets": ", ".join(book.sheet_names)}
        raise TableUnreadable(Problem(Code.UNKNOWN_SHEET, params))
    visible = [entry.name for entry in book.sheets_metadata if entry.visible == calamine.SheetVisibleEnum.Visible]
    hidden = [name for name in book.sheet_names if name not in visible]
    for name in [wanted] if wanted is not None else visible + hidden:
        try:
            sheet = book.get_sheet_by_name(name)
        except BaseException as error:
            raise _broken(path, error) from error
        if sheet.total_height > 0:
            return sheet
    raise TableUnreadable(Problem(Code.EMPTY, {"file": path.name}))


def _records(sheet: calamine.CalamineSheet, path: Path) -> Iterator[tuple[int, Sequence[object]]]:
    """Numbered rows from row 1 on; the reader fills up blank rows above the first used one by itself."""
    try:
        for row, cells in enumerate(sheet.iter_rows(), start=1):
            yield row, [_plain(cell) for cell in cells]
    except GeneratorExit:
        raise
    except BaseException as error:
        raise _broken(path, error) from error


def _plain(cell: object) -> object:
    if isinstance(cell, float):
        return number_of(cell)
    if isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date()
    return cell
