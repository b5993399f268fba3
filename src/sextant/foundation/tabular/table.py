"""A table as its readers see it: named columns and a stream of rows, whatever the file was."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sextant.engines.values import Problem


class TableKind(StrEnum):
    """What sort of file a table came from."""

    TEXT = "text"
    WORKBOOK = "workbook"
    PARQUET = "parquet"
    JSONL = "jsonl"
    RECORDS = "records"


class TableUnreadable(Exception):
    """The file as a whole cannot be read; `problem` says why, `messages.say(problem)` says it in words.

    Raised by `read_table`, and by `Table.rows()` when the damage lies deeper in the file: whoever stores rows while
    reading does so in one transaction.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code, dict(problem.params))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row. `row` counts as a spreadsheet shows it (header = 1; in JSONL the line), `cells` holds every column.

    A cell is None when blank, else str (trimmed), int, Decimal, bool, date or datetime: never float. A row with
    `problems` was not understood; its cells are what could be saved.
    """

    row: int
    cells: Mapping[str, object]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """An opened table. `rows()` starts from the top each time; blank rows are skipped but counted.

    `row_count` is None where only reading to the end would tell; it may count blank rows. `encoding` and `delimiter`
    are set for text, `sheet` for workbooks.
    """

    columns: tuple[str, ...]
    kind: TableKind
    _open: Callable[[], Iterator[TableRow]] = field(repr=False)
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    row_count: int | None = None

    def rows(self) -> Iterator[TableRow]:
        """Every row that holds something, in order; raises TableUnreadable where the file turns out broken."""
        return self._open()
