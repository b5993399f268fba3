"""The arithmetic of formulas in SQL: the twin of `numbers.py`, which states the rule.

DuckDB is the engine the rule is proved on. For Spark the text follows the same rule as far as its decimals allow; it
needs `spark.sql.ansi.enabled=false` and `spark.sql.decimalOperations.allowPrecisionLoss=false`.
"""

from decimal import Decimal

from sqlglot import exp

from sextant.engines.formula.numbers import PLACES
from sextant.engines.formula.sql_call import WIDEST, as_text, decimal_type, digits, settled, tried

_SCALE = 10**PLACES
_TENTH = Decimal(1).scaleb(-PLACES - 1)


def product(left: exp.Expr, right: exp.Expr, *, dialect: str) -> exp.Expr:
    """left × right: 38 digits with 18 places inside, so TRY catches what is too large even for that."""
    exact = exp.Mul(this=left, expression=right)
    return settled(tried(exact) if dialect == "duckdb" else exact)


def quotient(left: exp.Expr, right: exp.Expr, *, dialect: str) -> exp.Expr:
    """left ÷ right, rounded half-up once, NULL for a zero divisor.

    DuckDB divides decimals in binary floating point, hence whole numbers: both sides times 10^9, the upper one times
    10^10 more (below 10^38, so it fits HUGEINT). The whole quotient is cut off after the tenth place, and cutting
    there cannot change how the ninth is rounded. NULLIF and not TRY for the zero: an error in one row makes TRY go
    through its 2,048 neighbours one by one (measured: 3.5 times slower with one zero in a thousand rows).
    """
    if dialect != "duckdb":
        return settled(exp.SafeDivide(this=left, expression=right))
    above = exp.Mul(this=_whole(left), expression=exp.Cast(this=digits(10 ** (PLACES + 1)), to=_HUGE.copy()))
    below = exp.Nullif(this=_whole(right), expression=digits(0))
    cut = exp.IntDiv(this=exp.Paren(this=above), expression=below)
    return settled(exp.Mul(this=exp.Cast(this=cut, to=decimal_type(0, WIDEST)), expression=digits(_TENTH)))


def binary_power(base: exp.Expr, exponent: exp.Expr, *, dialect: str) -> exp.Expr:
    """base ^ exponent over the nearest binary numbers, 15 significant digits. Through text, because only that way is
    the nearest binary number promised on both sides."""
    power = exp.Pow(this=_binary(base), expression=_binary(exponent))
    if dialect != "duckdb":
        return settled(exp.func("FORMAT_STRING", exp.Literal.string("%.14e"), power))
    shown = exp.Anonymous(this="FORMAT", expressions=[exp.Literal.string("{:.14e}"), tried(power)])
    # In two steps: DuckDB 2.0 reads the text 1.02496827199025e+19 into DECIMAL(28, 9), ten times too large for it.
    return settled(exp.TryCast(this=shown, to=decimal_type(digits=WIDEST)))


_HUGE = exp.DataType.build("HUGEINT", dialect="duckdb")


def _whole(value: exp.Expr) -> exp.Expr:
    scaled = exp.Mul(this=value, expression=digits(_SCALE))
    return exp.Cast(this=scaled, to=_HUGE.copy())


def _binary(value: exp.Expr) -> exp.Expr:
    return exp.Cast(this=as_text(value), to=exp.DataType.build("DOUBLE"))
