"""ROUND, ROUNDUP, ROUNDDOWN: halves and directions count away from zero, on every engine."""

from collections.abc import Callable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal

from sqlglot import exp

from sextant.engines.formula.codes import Code, report
from sextant.engines.formula.functions.function import Function, Shape, number
from sextant.engines.formula.nodes import Call
from sextant.engines.formula.numbers import PLACES, Fault, settle
from sextant.engines.formula.sql_call import SqlCall, case, digits, number_literal, paren, settled
from sextant.engines.formula.types import NUMBER, Value
from sextant.engines.values import Problem

LEAST_PLACES = -15


def _rounder(rounding: str) -> Callable[..., Decimal | Fault]:
    context = Context(prec=80, rounding=rounding)

    def rounded(value: Decimal, places: Decimal = Decimal(0)) -> Decimal | Fault:
        return settle(value.quantize(Decimal(1).scaleb(-int(places)), context=context))

    return rounded


def _check_places(call: Call, constants: Sequence[Value | None]) -> Problem | None:
    """Places must be whole, -15 to 9: hundreds are -2."""
    if len(constants) < 2:
        return None
    places = constants[1]
    if isinstance(places, Decimal) and places == int(places) and LEAST_PLACES <= places <= PLACES:
        return None
    at = call.args[1].at
    return report(Code.BAD_PLACES, at=at, function=call.function, least=LEAST_PLACES, most=PLACES)


def _round_sql(sql: SqlCall) -> exp.Expr:
    return settled(exp.Round(this=sql.arg(0), decimals=digits(sql.whole(1))))


def _cut_sql(up: type[exp.Func], down: type[exp.Func]) -> Callable[[SqlCall], exp.Expr]:
    """Shift the point, cut to whole (`up` for positive numbers, `down` for negative ones), shift back."""

    def write(sql: SqlCall) -> exp.Expr:
        shift = Decimal(1).scaleb(sql.whole(1))

        def cut(node: type[exp.Func]) -> exp.Expr:
            return node(this=exp.Mul(this=sql.arg(0), expression=digits(shift)))

        is_positive = paren(exp.GTE(this=sql.arg(0), expression=number_literal(0)))
        whole = case((is_positive, cut(up)), default=cut(down))
        return settled(exp.Mul(this=whole, expression=digits(Decimal(1).scaleb(-sql.whole(1)))))

    return write


def _shape(copies: int) -> Shape:
    places = number("小数位", "places", constant=True)
    return Shape(head=(number("数值", "number", copies=copies),), tail=(places,), tail_is_optional=True)


FUNCTIONS = (
    Function(
        name="ROUND",
        aliases=("四舍五入",),
        shape=_shape(1),
        gives=NUMBER,
        body=_rounder(ROUND_HALF_UP),
        sql=_round_sql,
        check=_check_places,
        zh="四舍五入到若干位小数（不写为整数，-2 为百位），负数的一半向远离 0 的方向进",
        en="rounds half away from zero to so many places (none: whole; -2: hundreds)",
    ),
    Function(
        name="ROUNDUP",
        aliases=("向上舍入", "进位"),
        shape=_shape(3),
        gives=NUMBER,
        body=_rounder(ROUND_UP),
        sql=_cut_sql(exp.Ceil, exp.Floor),
        check=_check_places,
        zh="向远离 0 的方向进位",
        en="rounds away from zero",
    ),
    Function(
        name="ROUNDDOWN",
        aliases=("向下舍入", "舍去"),
        shape=_shape(3),
        gives=NUMBER,
        body=_rounder(ROUND_DOWN),
        sql=_cut_sql(exp.Floor, exp.Ceil),
        check=_check_places,
        zh="向 0 的方向舍去",
        en="rounds towards zero",
    ),
)
