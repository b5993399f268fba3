"""Windows over the rows of a unit, for 单位合计 and the like."""

from collections.abc import Sequence

from sqlglot import exp

VALUES = "unit values of this formula"
"""Name of the bound values. It has spaces and an odd wording so that no column is called the same."""


class PlainWindows:
    """Writes each window where it is used."""

    def __init__(self, partition: Sequence[str], dialect: str) -> None:
        self.partition, self.dialect = tuple(partition), dialect

    def over_unit(self, aggregate: exp.Expr) -> exp.Expr:
        """`aggregate` over the rows of the unit."""
        return exp.Window(this=aggregate, partition_by=[exp.Var(this=column) for column in self.partition])

    def around(self, written: str) -> str:
        """The whole formula, once all of it is written."""
        return written


class BoundWindows(PlainWindows):
    """Writes each window once, outside: DuckDB allows no window inside TRY, which the arithmetic needs.

    `list_transform([{w1: sum(…) OVER (…)}], lambda values: … values.w1 …)[1]` is the one way to name a value inside
    an expression.
    """

    def __init__(self, partition: Sequence[str], dialect: str) -> None:
        super().__init__(partition, dialect)
        self.bound: list[str] = []

    def over_unit(self, aggregate: exp.Expr) -> exp.Expr:
        window = super().over_unit(aggregate).sql(dialect=self.dialect)
        if window not in self.bound:
            self.bound.append(window)
        field = exp.Identifier(this=f"w{self.bound.index(window) + 1}", quoted=True)
        return exp.Column(this=field, table=_values())

    def around(self, written: str) -> str:
        if not self.bound:
            return written
        fields: list[exp.Expr] = [
            exp.PropertyEQ(this=exp.to_identifier(f"w{place}"), expression=exp.Var(this=window))
            for place, window in enumerate(self.bound, start=1)
        ]
        values = exp.Array(expressions=[exp.Anonymous(this="STRUCT_PACK", expressions=fields)])
        body = exp.Lambda(this=exp.Var(this=written), expressions=[_values()])
        mapped = exp.Anonymous(this="LIST_TRANSFORM", expressions=[values, body])
        return exp.Anonymous(this="LIST_EXTRACT", expressions=[mapped, exp.Literal.number(1)]).sql(dialect="duckdb")


def _values() -> exp.Identifier:
    return exp.Identifier(this=VALUES, quoted=True)
