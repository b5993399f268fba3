"""One row of a table, and why a table has none."""

from collections.abc import Mapping
from dataclasses import dataclass

from sextant.engines.values import Problem


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
