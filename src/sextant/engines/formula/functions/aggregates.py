"""Several arguments to one number: MIN, MAX, SUM, AVERAGE, COUNT. Missing arguments are left out."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlglot import exp

from sextant.engines.formula import numbers
from sextant.engines.formula.functions.function import EVERY_TYPE, Function, Parameter, Shape, Style, number, same
from sextant.engines.formula.sql_arithmetic import quotient
from sextant.engines.formula.sql_call import (
    SqlCall,
    case,
    count_where,
    is_present,
    number_literal,
    settled,
    total,
)
from sextant.engines.formula.types import DATE, NUMBER

_ORDERED = (NUMBER, DATE)


def _present(values: tuple[Any, ...]) -> list[Any]:
    return [value for value in values if value is not None]


def smallest(*values: Any) -> Any:
    """The smallest present value; missing when all are."""
    return min(_present(values), default=None)


def largest(*values: Any) -> Any:
    """The largest present value; missing when all are."""
    return max(_present(values), default=None)


def summed(*values: Decimal | None) -> Decimal | numbers.Fault | None:
    """The sum of the present values; missing when all are."""
    present = _present(values)
    return numbers.add(*present) if present else None


def averaged(*values: Decimal | None) -> Decimal | numbers.Fault | None:
    """Their sum divided by their count, missing ones left out of both."""
    present = _present(values)
    sum_of = summed(*present)
    return numbers.divide(sum_of, Decimal(len(present))) if isinstance(sum_of, Decimal) else sum_of


def counted(*values: Any) -> Decimal:
    """How many values are present; 0 when all are missing."""
    return Decimal(len(_present(values)))


def _extreme(node: type[exp.Expr]) -> Callable[[SqlCall], exp.Expr]:
    def write(sql: SqlCall) -> exp.Expr:
        first, *others = sql.all_args()
        return node(this=first, expressions=others, ignore_nulls=True) if others else first

    return write


def _or_zero(sql: SqlCall) -> list[exp.Expr]:
    return [exp.Coalesce(this=arg, expressions=[number_literal(0)]) for arg in sql.all_args()]


def _sum_sql(sql: SqlCall) -> exp.Expr:
    first, *others = sql.all_args()
    any_present = is_present(exp.Coalesce(this=first, expressions=others))
    return case((any_present, settled(total(_or_zero(sql)))))


def _count_sql(sql: SqlCall) -> exp.Expr:
    return count_where([is_present(arg) for arg in sql.all_args()])


def _average_sql(sql: SqlCall) -> exp.Expr:
    """With nothing present this is 0 ÷ 0, which `quotient` leaves missing."""
    return quotient(settled(total(_or_zero(sql))), _count_sql(sql), dialect=sql.dialect)


FUNCTIONS = (
    Function(
        name="MIN",
        aliases=("最小", "最小值"),
        shape=Shape(repeat=(same("值", "value", accepts=_ORDERED),)),
        gives="T",
        body=smallest,
        sql=_extreme(exp.Least),
        style=Style.LENIENT,
        zh="最小（最早）的值，缺失的不算，全缺失则缺失",
        en="the smallest (earliest), missing ones left out; missing when all are",
    ),
    Function(
        name="MAX",
        aliases=("最大", "最大值"),
        shape=Shape(repeat=(same("值", "value", accepts=_ORDERED),)),
        gives="T",
        body=largest,
        sql=_extreme(exp.Greatest),
        style=Style.LENIENT,
        zh="最大（最晚）的值，缺失的不算，全缺失则缺失",
        en="the largest (latest), missing ones left out; missing when all are",
    ),
    Function(
        name="SUM",
        aliases=("求和", "合计"),
        shape=Shape(repeat=(number("数", "number", copies=2),)),
        gives=NUMBER,
        body=summed,
        sql=_sum_sql,
        style=Style.LENIENT,
        zh="各数之和，缺失的不算，全缺失则缺失",
        en="the sum, missing ones left out; missing when all are",
    ),
    Function(
        name="AVERAGE",
        aliases=("平均", "平均值", "AVG"),
        shape=Shape(repeat=(number("数", "number", copies=3),)),
        gives=NUMBER,
        body=averaged,
        sql=_average_sql,
        style=Style.LENIENT,
        zh="各数的平均，缺失的不算，全缺失则缺失",
        en="the mean, missing ones left out; missing when all are",
    ),
    Function(
        name="COUNT",
        aliases=("计数",),
        shape=Shape(repeat=(Parameter("值", "value", EVERY_TYPE),)),
        gives=NUMBER,
        body=counted,
        sql=_count_sql,
        style=Style.LENIENT,
        forgives=True,
        bounds=(0, None),
        zh="不缺失的值有几个，全缺失为 0",
        en="how many values are present; 0 when none is",
    ),
)
