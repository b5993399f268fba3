"""A table of people or units as an order for the allocation engine, and a finished split as a file of goals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sextant.engines.allocation import Allocation, Factor, Order, Recipient
from sextant.engines.values import Outcome, Problem
from sextant.foundation.tabular import Table, TableRow, read_number, read_table, write_table
from sextant.goals.policy.columns import HEADERS, folded_header

_BOUNDS: Mapping[str, tuple[str, ...]] = {
    "floor": ("floor", "下限", "保底", "最低"),
    "cap": ("cap", "上限", "封顶", "最高"),
    "fixed": ("fixed", "固定", "固定份额"),
}
_OWNERS = {name: HEADERS[name] for name in ("owner", "owner_unit")}


@dataclass(frozen=True, slots=True)
class AllocationFile:
    """A table read for a split. `owner_field` is the field of a goals file its keys belong to: owner or owner_unit."""

    order: Order
    owner_field: str


def read_order(path: Path, *, total: Decimal, unit: Decimal, factors: Sequence[Factor]) -> Outcome[AllocationFile]:
    """The order a table states: a column of owners (or of units), one column a factor by its header, and where wanted
    floor 下限, cap 上限 and fixed 固定.

    A blank bound is none; a blank factor stays missing, for the engine to refuse. Problems are the codes
    `goals.column_missing` and `tabular.bad_number`, the latter with `row` and `field`. Raises TableUnreadable.
    """
    table = read_table(path)
    owner_field, owner = _find(table, _OWNERS)
    problems = [] if owner else [_missing("owner", _OWNERS["owner"][:3])]
    problems += [_missing(factor.key, table.columns) for factor in factors if factor.key not in table.columns]
    if problems:
        return Outcome(None, tuple(problems))
    bounds = {name: header for name, headers in _BOUNDS.items() if (header := _find(table, {name: headers})[1])}
    columns = {factor.key: factor.key for factor in factors} | bounds
    recipients: list[Recipient] = []
    for row in table.rows():
        if (key := str(row.cells[owner] or "").strip()) == "":
            continue
        numbers, bad = _numbers(row, columns)
        problems += bad
        values = {factor.key: value for factor in factors if (value := numbers[factor.key]) is not None}
        recipients.append(Recipient(key, values, **{name: numbers[name] for name in bounds}))
    if problems:
        return Outcome(None, tuple(problems))
    return Outcome(AllocationFile(Order(total, tuple(recipients), tuple(factors), unit), owner_field))


def write_goals(path: Path, split: Allocation, *, owner_field: str, metric: str, period: str) -> int:
    """The split as a file that `goals import` takes: a goal a share with the amount as its base; count of rows."""
    rows = ((share.key, metric, share.amount, period) for share in split.shares)
    return write_table(path, columns=(owner_field, "metric", "base", "period"), rows=rows)


def _find(table: Table, fields: Mapping[str, tuple[str, ...]]) -> tuple[str, str]:
    """(field, header) of the first column that one of `fields` may be called; ("", "") without one."""
    names = {folded_header(header): field for field, headers in fields.items() for header in headers}
    return next(
        ((names[folded_header(column)], column) for column in table.columns if folded_header(column) in names), ("", "")
    )


def _numbers(row: TableRow, columns: Mapping[str, str]) -> tuple[dict[str, Decimal | None], list[Problem]]:
    numbers: dict[str, Decimal | None] = {}
    problems: list[Problem] = []
    for name, header in columns.items():
        outcome = read_number(row.cells[header])
        numbers[name] = outcome.value
        problems += [
            Problem(one.code, {**one.params, "row": row.row, "field": header}, one.severity) for one in outcome.problems
        ]
    return numbers, problems


def _missing(field: str, accepted: Sequence[str]) -> Problem:
    return Problem("goals.column_missing", {"field": field, "value": "", "accepted": "、".join(accepted)})
