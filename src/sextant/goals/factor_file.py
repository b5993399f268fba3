"""A table of factor values for a split: a row for everybody who shares, a column for each factor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from sextant.engines.values import Problem, Severity
from sextant.foundation.tabular import TableRow, read_number, read_table
from sextant.goals.policy.columns import HEADERS, folded_header

_NAMED = frozenset(
    folded_header(header)
    for header in (
        *HEADERS["owner"],
        *HEADERS["owner_unit"],
        *("编码", "编号", "名称", "单位编码", "单位名称", "对象", "code", "name", "unit_code", "unit_name"),
    )
)


@dataclass(frozen=True, slots=True)
class Known:
    """Who may stand in the file: the key of the row in the split, and the code and the name a file may say."""

    key: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class FactorFile:
    """What a file says: the factors in its order, values by key and factor, and what it says that cannot be read."""

    factors: tuple[str, ...]
    values: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_factor_file(path: Path, known: Sequence[Known]) -> FactorFile:
    """The values in a table. Who a row is about says its column of names or codes, by its header, else the first one;
    every other column is a factor. A cell that is empty says nothing.

    What is sound is read; problems name row, field and value: quota.file_unknown, quota.file_ambiguous,
    quota.file_twice, quota.file_no_factor and `tabular.*`. Raises TableUnreadable.
    """
    table = read_table(path)
    named = [column for column in table.columns if folded_header(column) in _NAMED] or [table.columns[0]]
    factors = tuple(column for column in table.columns if column not in named)
    if not factors:
        return FactorFile((), {}, (Problem("quota.file_no_factor", {"columns": "、".join(table.columns)}),))
    reader = _Reader(known, named, factors)
    for row in table.rows():
        reader.take(row)
    return FactorFile(factors, reader.values, tuple(reader.problems))


class _Reader:
    """Takes row by row, and collects what is wrong."""

    def __init__(self, known: Sequence[Known], named: Sequence[str], factors: Sequence[str]) -> None:
        self.named, self.factors = named, factors
        self.codes = {one.code.strip().casefold(): one.key for one in known}
        self.names: dict[str, list[str]] = {}
        for one in known:
            self.names.setdefault(one.name.strip().casefold(), []).append(one.key)
        self.values: dict[str, dict[str, Decimal]] = {}
        self.problems: list[Problem] = []

    def take(self, row: TableRow) -> None:
        self.problems += [_at(row, one, "") for one in row.problems]
        key = self._key(row)
        if key is None:
            return
        if key in self.values:
            self._refuse("quota.file_twice", row)
            return
        self.values[key] = {}
        for factor in self.factors:
            outcome = read_number(row.cells.get(factor))
            self.problems += [_at(row, one, factor) for one in outcome.problems]
            if outcome.value is not None:
                self.values[key][factor] = outcome.value

    def _key(self, row: TableRow) -> str | None:
        """Whom the row is about: a code speaks before a name."""
        said = [str(cell).strip().casefold() for column in self.named if (cell := row.cells.get(column)) is not None]
        by_code = next((self.codes[one] for one in said if one in self.codes), None)
        if by_code is not None:
            return by_code
        found = next((self.names[one] for one in said if one in self.names), [])
        if len(found) == 1:
            return found[0]
        self._refuse("quota.file_ambiguous" if found else "quota.file_unknown", row)
        return None

    def _refuse(self, code: str, row: TableRow) -> None:
        value = next((str(cell) for column in self.named if (cell := row.cells.get(column)) is not None), "")
        self.problems.append(Problem(code, {"row": row.row, "field": self.named[0], "value": value}))


def _at(row: TableRow, problem: Problem, column: str) -> Problem:
    return Problem(problem.code, {**problem.params, "row": row.row, "field": column}, Severity.WARNING)
