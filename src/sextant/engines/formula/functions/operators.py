"""The signs: + - * / ^ % & and comparisons. They are entries of the same table as the functions."""

import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlglot import exp

from sextant.engines.formula import numbers, sql_arithmetic
from sextant.engines.formula.functions.function import EVERY_TYPE, Function, Parameter, Shape, number, same
from sextant.engines.formula.sql_call import SqlCall, as_text, digits, paren, settled, total
from sextant.engines.formula.types import BOOLEAN, DATE, NUMBER, TEXT, FormulaType, Value

_LEFT, _RIGHT = number("左边", "left"), number("右边", "right")


def plain_text(value: Value) -> str:
    """A value as `&` joins it: 0.7 as "0.7", true as "TRUE", a date as "2026-03-31"."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return numbers.number_text(value)
    return value.isoformat() if isinstance(value, date) else value


def sql_plain_text(value: exp.Expr, kind: FormulaType) -> exp.Expr:
    """The twin of `plain_text`: DECIMAL(28, 9) prints nine places, so zeros and then the point are cut off."""
    if kind is NUMBER:
        return _cut_right(_cut_right(as_text(value), "0"), ".")
    if kind is BOOLEAN:
        return exp.Upper(this=as_text(value))
    return as_text(value) if kind is DATE else value


def _cut_right(words: exp.Expr, character: str) -> exp.Expr:
    return exp.Trim(this=words, expression=exp.Literal.string(character), position="TRAILING")


def _join_sql(sql: SqlCall) -> exp.Expr:
    pieces = [sql_plain_text(sql.arg(index), arg.type) for index, arg in enumerate(sql.call.args)]
    joined = pieces[0]
    for piece in pieces[1:]:
        joined = exp.DPipe(this=joined, expression=piece, safe=False)
    return joined


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
COMPARISON_NODES: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def _comparison(sign: str, zh: str, en: str) -> Function:
    ordered = sign not in ("=", "<>")
    accepts = (NUMBER, DATE) if ordered else EVERY_TYPE
    sides = (same("左边", "left", accepts=accepts), same("右边", "right", accepts=accepts))
    return Function(
        name=sign,
        aliases=(),
        shape=Shape(head=sides),
        gives=BOOLEAN,
        body=COMPARE[sign],
        sql=lambda sql: paren(COMPARISON_NODES[sign](this=sql.arg(0), expression=sql.arg(1))),
        zh=zh,
        en=en,
        is_operator=True,
    )


OPERATORS = (
    Function(
        name="+",
        aliases=(),
        shape=Shape(head=(_LEFT,), repeat=(_RIGHT,)),
        gives=NUMBER,
        body=numbers.add,
        sql=lambda sql: settled(total(sql.all_args())),
        zh="加；减号前后各一项时为减",
        en="sum; with a minus between two terms, difference",
        is_operator=True,
    ),
    Function(
        name="-",
        aliases=(),
        shape=Shape(head=(number("数", "number"),)),
        gives=NUMBER,
        body=operator.neg,
        sql=lambda sql: paren(exp.Neg(this=sql.arg(0))),
        zh="取相反数",
        en="the negative",
        is_operator=True,
    ),
    Function(
        name="*",
        aliases=(),
        shape=Shape(head=(_LEFT, _RIGHT)),
        gives=NUMBER,
        body=numbers.multiply,
        sql=lambda sql: sql_arithmetic.product(sql.arg(0), sql.arg(1), dialect=sql.dialect),
        zh="乘，结果四舍五入到 9 位小数",
        en="product, rounded half-up to 9 places",
        is_operator=True,
    ),
    Function(
        name="/",
        aliases=(),
        shape=Shape(head=(_LEFT, number("右边", "right", copies=2))),
        gives=NUMBER,
        body=numbers.divide,
        sql=lambda sql: sql_arithmetic.quotient(sql.arg(0), sql.arg(1), dialect=sql.dialect),
        zh="除，结果四舍五入到 9 位小数；除以 0 得缺失",
        en="quotient, rounded half-up to 9 places; by zero it is missing",
        is_operator=True,
    ),
    Function(
        name="^",
        aliases=(),
        shape=Shape(head=(number("底数", "base"), number("指数", "exponent"))),
        gives=NUMBER,
        body=numbers.power,
        sql=lambda sql: sql_arithmetic.binary_power(sql.arg(0), sql.arg(1), dialect=sql.dialect),
        zh="乘方，保留 15 位有效数字，再四舍五入到 9 位小数",
        en="power, 15 significant digits, then 9 places",
        is_operator=True,
    ),
    Function(
        name="%",
        aliases=(),
        shape=Shape(head=(number("数", "number"),)),
        gives=NUMBER,
        body=lambda value: numbers.multiply(value, Decimal("0.01")),
        sql=lambda sql: settled(exp.Mul(this=sql.arg(0), expression=digits(Decimal("0.01")))),
        zh="百分数：85% 即 0.85",
        en="per cent: 85% is 0.85",
        is_operator=True,
    ),
    Function(
        name="&",
        aliases=(),
        shape=Shape(head=(Parameter("左边", "left", EVERY_TYPE),), repeat=(Parameter("右边", "right", EVERY_TYPE),)),
        gives=TEXT,
        body=lambda *values: "".join(map(plain_text, values)),
        sql=_join_sql,
        zh="连接成文本",
        en="joins into a text",
        is_operator=True,
    ),
    _comparison("=", "是否相同（文本区分大小写）", "the same (texts: case matters)"),
    _comparison("<>", "是否不同（文本区分大小写）", "different (texts: case matters)"),
    _comparison("<", "小于，早于", "smaller or earlier"),
    _comparison("<=", "不大于，不晚于", "at most, not later"),
    _comparison(">", "大于，晚于", "larger or later"),
    _comparison(">=", "不小于，不早于", "at least, not earlier"),
)
