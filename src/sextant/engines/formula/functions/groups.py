"""Functions over everyone in the unit. They need a set of rows: `Formula.evaluate_group`, or a window in SQL."""

from collections.abc import Sequence
from decimal import Decimal

from sqlglot import exp

from sextant.engines.formula.functions.aggregates import averaged, summed
from sextant.engines.formula.functions.function import Function, Shape, Style, condition, number
from sextant.engines.formula.numbers import Fault
from sextant.engines.formula.sql_arithmetic import quotient
from sextant.engines.formula.sql_call import SqlCall, case, decimal_type, digits, settled
from sextant.engines.formula.types import NUMBER


def unit_sum(values: Sequence[Decimal | None]) -> Decimal | Fault | None:
    """The sum over the unit, missing ones left out."""
    return summed(*values)


def unit_average(values: Sequence[Decimal | None]) -> Decimal | Fault | None:
    """The mean over the unit, missing ones left out."""
    return averaged(*values)


def unit_count_if(values: Sequence[bool | None]) -> Decimal:
    """In how many rows of the unit the condition holds."""
    return Decimal(sum(1 for value in values if value))


def _sum_sql(sql: SqlCall) -> exp.Expr:
    return settled(sql.over_unit(exp.Sum(this=sql.arg(0))))


def _average_sql(sql: SqlCall) -> exp.Expr:
    count = exp.Cast(this=sql.over_unit(exp.Count(this=sql.arg(0))), to=decimal_type())
    return quotient(_sum_sql(sql), count, dialect=sql.dialect)


def _count_if_sql(sql: SqlCall) -> exp.Expr:
    one = case((sql.arg(0), digits(1)))
    return exp.Cast(this=sql.over_unit(exp.Count(this=one)), to=decimal_type())


FUNCTIONS = (
    Function(
        name="UNIT_SUM",
        aliases=("单位合计",),
        shape=Shape(head=(number("数", "number"),)),
        gives=NUMBER,
        body=unit_sum,
        sql=_sum_sql,
        style=Style.GROUP,
        zh="本单位所有人之和，缺失的不算",
        en="the sum over everyone in the unit, missing ones left out",
    ),
    Function(
        name="UNIT_AVERAGE",
        aliases=("单位平均",),
        shape=Shape(head=(number("数", "number", copies=2),)),
        gives=NUMBER,
        body=unit_average,
        sql=_average_sql,
        style=Style.GROUP,
        zh="本单位所有人的平均，缺失的不算",
        en="the mean over everyone in the unit, missing ones left out",
    ),
    Function(
        name="UNIT_COUNTIF",
        aliases=("单位计数", "单位条件计数"),
        shape=Shape(head=(condition(),)),
        gives=NUMBER,
        body=unit_count_if,
        sql=_count_if_sql,
        style=Style.GROUP,
        bounds=(0, None),
        zh="本单位有几人符合条件",
        en="how many in the unit meet the condition",
    ),
)
