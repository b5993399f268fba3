"""Typed tree to SQL, for whole tables at once. Built from sqlglot nodes; the user's text is never parsed as SQL.

Each node is written out before it is put into its parent, so the depth of what sqlglot walks is that of one function
whatever the depth of the formula.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlglot import exp

from sextant.engines.formula.constants import constant_of
from sextant.engines.formula.formula import Formula
from sextant.engines.formula.functions import TABLE
from sextant.engines.formula.nodes import Literal, Node, Reference
from sextant.engines.formula.sql_call import SqlCall, number_literal, quoted, settled
from sextant.engines.formula.sql_windows import BoundWindows, PlainWindows
from sextant.engines.formula.types import BOOLEAN, DATE, NUMBER, TEXT

DIALECTS = ("duckdb", "spark")

_CASTS = {TEXT: "TEXT", BOOLEAN: "BOOLEAN", DATE: "DATE"}
_NEEDS_BRACKETS = (exp.Binary, exp.Unary)


def to_sql(
    formula: Formula,
    dialect: str = "duckdb",
    *,
    columns: Mapping[str, str] | None = None,
    group_by: Sequence[str] = (),
) -> str:
    """One SQL expression with the value of the formula in each row; NULL where it is missing.

    A number comes out as DECIMAL(28, 9). `columns` names the column of each name (default: the name itself);
    `group_by` are the columns that make one unit for 单位合计 and the like (none: all rows are one unit).
    `dialect`: "duckdb", proved equal to `Formula.evaluate`, or "spark", which needs the settings named in
    `sql_arithmetic.py`. Raises ValueError for another dialect.
    """
    if dialect not in DIALECTS:
        raise ValueError(f"formulas are written for {' and '.join(DIALECTS)}, not for {dialect!r}")
    partition = [_column(name).sql(dialect=dialect) for name in group_by]
    windows = BoundWindows if dialect == "duckdb" else PlainWindows
    return _Writer(dialect, columns or {}, windows(partition, dialect)).formula(formula.root)


@dataclass(frozen=True, slots=True)
class _Writer:
    dialect: str
    columns: Mapping[str, str]
    windows: PlainWindows

    def formula(self, root: Node) -> str:
        return self.windows.around(self.write(root))

    def write(self, node: Node) -> str:
        written = self._expression(node)
        if isinstance(written, _NEEDS_BRACKETS) and not isinstance(written, exp.Paren):
            written = exp.Paren(this=written)
        return written.sql(dialect=self.dialect)

    def _expression(self, node: Node) -> exp.Expr:
        if isinstance(node, Literal):
            return _literal(node)
        if isinstance(node, Reference):
            return self._reference(node)
        call = SqlCall(
            call=node,
            args=tuple(self.write(arg) for arg in node.args),
            constants=tuple(constant_of(arg) for arg in node.args),
            dialect=self.dialect,
            over_unit=self.windows.over_unit,
        )
        return TABLE[node.function].sql(call)

    def _reference(self, node: Reference) -> exp.Expr:
        column = _column(self.columns.get(node.name, node.name))
        if node.type is NUMBER:
            return settled(column)
        return exp.TryCast(this=column, to=exp.DataType.build(_CASTS[node.type]))


def _column(name: str) -> exp.Expr:
    return exp.Column(this=exp.Identifier(this=name, quoted=True))


def _literal(node: Literal) -> exp.Expr:
    value = node.value
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, Decimal):
        return number_literal(value)
    if isinstance(value, date):
        return exp.Cast(this=quoted(value.isoformat()), to=exp.DataType.build("DATE"))
    return quoted(value)
