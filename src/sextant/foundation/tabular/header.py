"""The header row, trimmed and checked, and the cells under it. Shared by text files and workbooks."""

from collections.abc import Iterator, Sequence

from sextant.engines.values import Problem
from sextant.foundation.tabular.codes import Code
from sextant.foundation.tabular.rows import TableRow, TableUnreadable

# What people's files carry at the ends of cells: no-break, ideographic and zero-width blanks, a stray byte order mark.
BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\ufeff"


def trim(cell: object) -> object:
    """Text without blanks at its ends, None when nothing is left; other values as they are."""
    if isinstance(cell, str):
        return cell.strip(BLANKS) or None
    return cell


class Header:
    """Names and positions of the columns. Columns without a name are left out: nothing could refer to them."""

    def __init__(self, row: int, names: Sequence[object]) -> None:
        self.row = row
        self._placed = [(place, str(name)) for place, name in enumerate(map(trim, names)) if name is not None]
        self.width = self._placed[-1][0] + 1 if self._placed else 0
        self._places = first_places = dict[str, int]()
        for place, name in self._placed:
            if name in first_places:
                params = {"column": name, "first": first_places[name] + 1, "second": place + 1}
                raise TableUnreadable(Problem(Code.DUPLICATE_COLUMN, params))
            first_places[name] = place

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names from left to right."""
        return tuple(name for _, name in self._placed)

    def place_of(self, name: str) -> int:
        """Position of a column in a record, from 0."""
        return self._places[name]

    def row_of(self, row: int, values: Sequence[object]) -> TableRow:
        """The row as named cells. A short row is filled with None; a value beyond the last column is a problem,
        because it means that the cells have shifted (an unquoted comma in a name)."""
        trimmed = [trim(value) for value in values]
        beyond = [value for value in trimmed[self.width :] if value is not None]
        cells = {name: trimmed[place] if place < len(trimmed) else None for place, name in self._placed}
        if not beyond:
            return TableRow(row, cells)
        params = {"columns": self.width, "cells": self.width + len(beyond), "value": str(beyond[0])}
        return TableRow(row, cells, (Problem(Code.TOO_MANY_CELLS, params),))


def split_header(file: str, rows: Iterator[tuple[int, Sequence[object]]]) -> Header:
    """Consume `rows` up to the header, which is the first row that holds anything; blank rows above are skipped."""
    for row, values in rows:
        if any(trim(value) is not None for value in values):
            return Header(row, values)
    raise TableUnreadable(Problem(Code.EMPTY, {"file": file}))


def named_rows(header: Header, rows: Iterator[tuple[int, Sequence[object]]]) -> Iterator[TableRow]:
    """The rows below the header, without the blank ones."""
    for row, values in rows:
        if any(trim(value) is not None for value in values):
            yield header.row_of(row, values)
