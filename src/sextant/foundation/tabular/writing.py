"""Writing a table for people to open: refused rows, exports."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path


def write_table(path: Path, *, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a workbook when `path` ends in .xlsx, else CSV in UTF-8 with the mark that Excel needs; count of rows.

    In a workbook text stays text ("007", "=1+1" are never turned into numbers or formulas), dates are dates.
    """
    if path.suffix.lower() == ".xlsx":
        return _write_workbook(path, columns, rows)
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow(["" if cell is None else cell for cell in row])
            count += 1
    return count


def _write_workbook(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    import xlsxwriter  # type: ignore[import-untyped] # slow to load, and most processes write no workbook

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    count = 0
    with xlsxwriter.Workbook(str(path), {**options, "constant_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, columns)
        for count, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(count, place, cell, day)
                elif isinstance(cell, int | Decimal) and not isinstance(cell, bool):
                    sheet.write_number(count, place, cell)
                elif cell is not None:
                    sheet.write_string(count, place, str(cell))
    return count
