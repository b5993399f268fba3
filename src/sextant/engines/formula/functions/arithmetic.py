"""Numbers over several arguments: MIN, MAX, SUM, AVERAGE, COUNT, COUNTIF, ABS, CLAMP."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from sqlglot import exp

from sextant.engines.formula import numbers
from sextant.engines.formula.codes import Code, report
from sextant.engines.formula.functions.function import EVERY_TYPE, Function, Parameter, Shape, Style, number, same, text
from sextant.engines.formula.functions.operators import COMPARE, COMPARISON_NODES
from sextant.engines.formula.nodes import Call
from sextant.engines.formula.sql_arithmetic import quotient
from sextant.engines.formula.sql_call import (
    SqlCall,
    case,
    decimal_type,
    is_missing,
    is_present,
    number_literal,
    paren,
    settled,
    total,
)
from sextant.engines.formula.types import DATE, NUMBER, Value
from sextant.engines.values import Problem

_CRITERION = re.compile(r"\s*(<=|>=|<>|=|<|>)?\s*(-?\d+(?:\.\d+)?)(%?)\s*")
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


def counted_if(*values_and_criterion: Any) -> Decimal | None:
    """How many present numbers meet the criterion, the last argument: ">=0.9", "<>0", "5"."""
    *values, criterion = values_and_criterion
    if (parsed := parse_criterion(criterion)) is None:
        return None
    sign, bound = parsed
    return Decimal(sum(COMPARE[sign](value, bound) for value in _present(tuple(values))))


def parse_criterion(criterion: object) -> tuple[str, Decimal] | None:
    """Sign and bound of a criterion, or None when it is none.

    >>> parse_criterion(">= 90%"), parse_criterion("5"), parse_criterion("many")
    (('>=', Decimal('0.90')), ('=', Decimal('5')), None)
    """
    match = _CRITERION.fullmatch(str(criterion))
    if match is None:
        return None
    bound = Decimal(match[2]) * (Decimal("0.01") if match[3] else 1)
    return (match[1] or "=", bound) if numbers.fits(bound) else None


def clamped(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """`value` held between `low` and `high` (`high` wins when they are reversed)."""
    return min(max(value, low), high)


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


def _count_sql(sql: SqlCall, tests: list[exp.Expr] | None = None) -> exp.Expr:
    ones = [case((test, exp.Literal.number(1)), default=exp.Literal.number(0)) for test in tests or _all_present(sql)]
    counted_so_far: exp.Expr = ones[0]
    for one in ones[1:]:
        counted_so_far = exp.Add(this=counted_so_far, expression=one)
    return exp.Cast(this=paren(counted_so_far), to=decimal_type())


def _all_present(sql: SqlCall) -> list[exp.Expr]:
    return [is_present(arg) for arg in sql.all_args()]


def _average_sql(sql: SqlCall) -> exp.Expr:
    """With nothing present this is 0 ÷ 0, which `quotient` leaves missing."""
    return quotient(settled(total(_or_zero(sql))), _count_sql(sql), dialect=sql.dialect)


def _count_if_sql(sql: SqlCall) -> exp.Expr:
    sign, bound = parse_criterion(sql.constants[-1]) or ("=", Decimal(0))
    node = COMPARISON_NODES[sign]
    tests: list[exp.Expr] = [paren(node(this=arg, expression=number_literal(bound))) for arg in sql.all_args()[:-1]]
    return _count_sql(sql, tests)


def _clamp_sql(sql: SqlCall) -> exp.Expr:
    """LEAST and GREATEST pass over missing arguments, so these are sorted out first."""
    value, low, high = sql.all_args()
    held: exp.Expr = exp.Greatest(this=value, expressions=[low], ignore_nulls=True)
    held = exp.Least(this=held, expressions=[high], ignore_nulls=True)
    gaps = [(is_missing(arg), exp.Null()) for arg in sql.all_args()]
    return case(*gaps, default=held)


def _check_criterion(call: Call, constants: Sequence[Value | None]) -> Problem | None:
    if parse_criterion(constants[-1]) is not None:
        return None
    return report(Code.BAD_CRITERION, at=call.args[-1].at, criterion=str(constants[-1]))


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
        shape=Shape(repeat=(number("数", "number", copies=2),)),
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
        zh="不缺失的值有几个，全缺失为 0",
        en="how many values are present; 0 when none is",
    ),
    Function(
        name="COUNTIF",
        aliases=("条件计数",),
        shape=Shape(repeat=(number("数", "number"),), tail=(text("标准", "criterion", constant=True),)),
        gives=NUMBER,
        body=counted_if,
        sql=_count_if_sql,
        style=Style.LENIENT,
        forgives=True,
        check=_check_criterion,
        zh='符合标准的数有几个，标准如 ">=0.9"',
        en='how many numbers meet a criterion such as ">=0.9"',
    ),
    Function(
        name="ABS",
        aliases=("绝对值",),
        shape=Shape(head=(number("数", "number"),)),
        gives=NUMBER,
        body=abs,
        sql=lambda sql: exp.Abs(this=sql.arg(0)),
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
