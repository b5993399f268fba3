"""One number made into another: ABS, CLAMP."""

from decimal import Decimal

from sqlglot import exp

from sextant.engines.formula.functions.function import Function, Shape, number
from sextant.engines.formula.sql_call import SqlCall, case, is_missing
from sextant.engines.formula.types import NUMBER


def clamped(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """`value` held between `low` and `high` (`high` wins when they are reversed)."""
    return min(max(value, low), high)


def _clamp_sql(sql: SqlCall) -> exp.Expr:
    """LEAST and GREATEST pass over missing arguments, so these are sorted out first."""
    value, low, high = sql.all_args()
    held: exp.Expr = exp.Greatest(this=value, expressions=[low], ignore_nulls=True)
    held = exp.Least(this=held, expressions=[high], ignore_nulls=True)
    gaps = [(is_missing(arg), exp.Null()) for arg in sql.all_args()]
    return case(*gaps, default=held)


FUNCTIONS = (
    Function(
        name="ABS",
        aliases=("绝对值",),
        shape=Shape(head=(number("数", "number"),)),
        gives=NUMBER,
        body=abs,
        sql=lambda sql: exp.Abs(this=sql.arg(0)),
        bounds=(0, None),
        zh="去掉正负号",
        en="the number without its sign",
    ),
    Function(
        name="CLAMP",
        aliases=("限幅", "限制"),
        shape=Shape(
            head=(
                number("数", "number", copies=2),
                number("下限", "low", copies=2),
                number("上限", "high", copies=2),
            )
        ),
        gives=NUMBER,
        body=clamped,
        sql=_clamp_sql,
        zh="低于下限取下限，高于上限取上限",
        en="the number, but not below low nor above high",
    ),
)
