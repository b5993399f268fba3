"""What a function sees when it writes itself as SQL, and the small pieces most of them need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from sextant.engines.formula.nodes import Call
from sextant.engines.formula.numbers import DIGITS, PLACES
from sextant.engines.formula.types import Value

WIDEST = 38


@dataclass(frozen=True, slots=True)
class SqlCall:
    """One function call being written. `args` are finished pieces of SQL, each safe to put anywhere in an expression.

    `constants` holds the value of each argument that does not depend on the row, else None. `over_unit` makes an
    aggregate a window over the rows of one unit.
    """

    call: Call
    args: tuple[str, ...]
    constants: tuple[Value | None, ...]
    dialect: str
    over_unit: Callable[[exp.Expr], exp.Expr]

    def arg(self, index: int) -> exp.Expr:
        """The argument as a fresh node (a sqlglot node belongs to one parent only)."""
        return exp.Var(this=self.args[index])

    def all_args(self) -> list[exp.Expr]:
        """All arguments as fresh nodes."""
        return [self.arg(index) for index in range(len(self.args))]

    def whole(self, index: int, default: int = 0) -> int:
        """A constant argument as a whole number."""
        value = self.constants[index] if index < len(self.args) else None
        return int(value) if isinstance(value, Decimal) else default

    def words(self, index: int) -> str:
        """A constant argument as text."""
        return str(self.constants[index])


def decimal_type(places: int = PLACES, digits: int = DIGITS) -> exp.DataType:
    """DECIMAL(28, 9), or another width."""
    return exp.DataType.build(f"DECIMAL({digits}, {places})")


def digits(value: Decimal | int) -> exp.Expr:
    """A number as bare digits, negative ones in brackets."""
    literal = exp.Literal.number(f"{abs(value):f}" if isinstance(value, Decimal) else str(abs(value)))
    return exp.Paren(this=exp.Neg(this=literal)) if value < 0 else literal


def number_literal(value: Decimal | int) -> exp.Expr:
    """A number as DECIMAL(28, 9)."""
    return exp.Cast(this=digits(value), to=decimal_type())


def settled(value: exp.Expr) -> exp.Expr:
    """`value` rounded half-up to DECIMAL(28, 9); NULL when it does not fit."""
    return exp.TryCast(this=value, to=decimal_type())


def quoted(words: str) -> exp.Expr:
    """A text literal."""
    return exp.Literal.string(words)


def as_text(value: exp.Expr) -> exp.Expr:
    """`value` as the database prints it."""
    return exp.Cast(this=value, to=exp.DataType.build("TEXT"))


def tried(value: exp.Expr) -> exp.Expr:
    """NULL where computing `value` is an error. DuckDB only; Spark answers NULL by itself (see `sql_arithmetic`)."""
    return exp.func("TRY", value)


def paren(value: exp.Expr) -> exp.Expr:
    """`value` in brackets."""
    return exp.Paren(this=value)


def case(*branches: tuple[exp.Expr, exp.Expr], default: exp.Expr | None = None) -> exp.Expr:
    """CASE WHEN … THEN … ELSE … END."""
    return exp.Case(ifs=[exp.If(this=test, true=value) for test, value in branches], default=default)


def is_missing(value: exp.Expr) -> exp.Expr:
    """`value` IS NULL, in brackets."""
    return paren(exp.Is(this=value, expression=exp.Null()))


def is_present(value: exp.Expr) -> exp.Expr:
    """`value` IS NOT NULL, in brackets."""
    return paren(exp.Not(this=is_missing(value)))


def count_where(tests: Sequence[exp.Expr]) -> exp.Expr:
    """How many of the tests hold, as DECIMAL(28, 9)."""
    counted: exp.Expr | None = None
    for test in tests:
        one = case((test, exp.Literal.number(1)), default=exp.Literal.number(0))
        counted = exp.Add(this=counted, expression=one) if counted else one
    return exp.Cast(this=paren(counted or exp.Literal.number(0)), to=decimal_type())


def total(values: Sequence[exp.Expr]) -> exp.Expr:
    """The sum of DECIMAL(28, 9) values, wide enough never to fail: bring it back with `settled`."""
    result: exp.Expr = exp.Cast(this=values[0], to=decimal_type(digits=WIDEST))
    for value in values[1:]:
        result = exp.Add(this=result, expression=value)
    return result
