"""One row of a goals file as a draft: what it says, before anyone is looked up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sextant.engines.evaluation import Curve
from sextant.engines.values import Outcome, Problem
from sextant.foundation.tabular import TableRow, read_number
from sextant.foundation.tabular.marks import unmarked
from sextant.goals.contracts import GoalKind, NamedPeriod
from sextant.goals.policy import FileColumns, decide_kind, decide_period
from sextant.goals.policy.names import CODE_LENGTH

UNIT_PREFIX = "unit:"
MEASURED_KINDS = (None, GoalKind.KPI, GoalKind.KEY_RESULT)
"""What a new goal without a metric cannot be; None: the file does not say."""
NUMBERS = ("base", "stretch", "start", "range_low", "range_high", "tolerance")
TITLE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Draft:
    """What a row asks for. `values` holds only the fields whose column the file has, so that a file without a stretch
    column leaves stretch targets alone, and an empty cell clears one."""

    row: int
    owner: str
    is_unit: bool
    metric: str
    code: str
    parent: str | None
    period: NamedPeriod
    values: Mapping[str, object]


@dataclass(slots=True)
class _Reading:
    """Cells of one row under their fields, and the problems met while reading them."""

    row: TableRow
    columns: FileColumns
    problems: list[Problem] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return name in self.columns.headers

    def cell(self, name: str) -> object:
        return self.row.cells.get(self.columns.headers[name]) if self.has(name) else None

    def text(self, name: str) -> str:
        cell = self.cell(name)
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)  # a workbook keeps the number 1007 as 1007.0
        if isinstance(cell, Decimal) and cell == cell.to_integral_value():
            cell = int(cell)
        return "" if cell is None else unmarked(str(cell).strip())

    def refuse(self, code: str, name: str, value: object = "", **params: object) -> None:
        self.problems.append(Problem(code, {"field": name, "value": value, **params}))

    def take(self, outcome: Outcome[object], name: str) -> object:
        for problem in outcome.problems:
            self.problems.append(Problem(problem.code, {"value": self.text(name), **problem.params, "field": name}))
        return outcome.value


def read_draft(row: TableRow, columns: FileColumns) -> tuple[Draft | None, tuple[Problem, ...]]:
    """The draft of `row`, or None with every problem of the row at once, so that one correction round is enough."""
    reading = _Reading(row, columns)
    reading.problems += [
        Problem(problem.code, {"field": "", "value": "", **problem.params}) for problem in row.problems
    ]
    owner, is_unit = _owner(reading)
    period = reading.take(decide_period(reading.cell("period")), "period")
    values = _values(reading)
    metric = reading.text("metric")
    if not metric and "title" not in values:
        # without a kind that needs no metric, the metric is what is missing
        missing = "metric" if values.get("kind") in MEASURED_KINDS else "title"
        reading.refuse(f"goals.{missing}_missing", missing)
    code = reading.text("code")
    if len(code) > CODE_LENGTH:
        reading.refuse("goals.code_too_long", "code", code)
    if reading.problems or not isinstance(period, NamedPeriod):
        return None, tuple(reading.problems)
    parent = reading.text("parent") if reading.has("parent") else None
    return Draft(row.row, owner, is_unit, metric, code, parent, period, values), ()


def _owner(reading: _Reading) -> tuple[str, bool]:
    owner, unit = reading.text("owner"), reading.text("owner_unit")
    if owner and unit:
        reading.refuse("goals.owner_twice", "owner_unit", unit)
    if not owner and not unit:
        reading.refuse("goals.owner_missing", "owner" if reading.has("owner") else "owner_unit")
    if owner.casefold().startswith(UNIT_PREFIX):
        return owner[len(UNIT_PREFIX) :].strip(), True
    return owner or unit, not owner


def _values(reading: _Reading) -> dict[str, object]:
    values: dict[str, object] = {
        name: reading.take(read_number(reading.cell(name)), name) for name in NUMBERS if reading.has(name)
    }
    for name, read in _READERS.items():
        if reading.has(name):
            read(reading, values)
    return values


def _read_weight(reading: _Reading, values: dict[str, object]) -> None:
    number = reading.take(read_number(reading.cell("weight")), "weight")
    # "35%" and 35 are the same weight; read_number makes 0.35 of the first
    is_per_cent = isinstance(number, Decimal) and reading.text("weight").rstrip().endswith(("%", "％"))
    values["weight"] = number * 100 if is_per_cent and isinstance(number, Decimal) else number or Decimal(0)


def _read_title(reading: _Reading, values: dict[str, object]) -> None:
    title = reading.text("title")
    if len(title) > TITLE_LENGTH:
        reading.refuse("goals.title_too_long", "title", title)
    if title:
        values["title"] = title


def _read_kind(reading: _Reading, values: dict[str, object]) -> None:
    if word := reading.text("kind"):
        values["kind"] = reading.take(decide_kind(word), "kind")


def _read_curve(reading: _Reading, values: dict[str, object]) -> None:
    values["curve"] = reading.text("curve").casefold() or Curve.PARALLEL.value


_READERS: Mapping[str, Callable[[_Reading, dict[str, object]], None]] = {
    "weight": _read_weight,
    "title": _read_title,
    "kind": _read_kind,
    "curve": _read_curve,
}


def shown(value: object) -> str:
    """A cell as the report of rejected rows shows it."""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
