"""Texts: LEN, LEFT, RIGHT, CONTAINS. A character is a code point, as in the database."""

from collections.abc import Callable
from decimal import Decimal

from sqlglot import exp

from sextant.engines.formula.functions.function import Function, Shape, number, text
from sextant.engines.formula.sql_call import SqlCall, case, decimal_type, digits, number_literal, paren
from sextant.engines.formula.types import BOOLEAN, NUMBER, TEXT

LONGEST = 1_000_000
"""Characters LEFT and RIGHT can take at most: the database refuses counts beyond four thousand million."""


def _count(wanted: Decimal) -> int:
    return int(min(max(wanted, Decimal(0)), Decimal(LONGEST)))


def left(words: str, wanted: Decimal = Decimal(1)) -> str:
    """The first characters; a fraction of a character is dropped, less than none is none."""
    return words[: _count(wanted)]


def right(words: str, wanted: Decimal = Decimal(1)) -> str:
    """The last characters, as `left`."""
    return words[max(len(words) - _count(wanted), 0) :]


def _cut_sql(node: type[exp.Expr]) -> Callable[[SqlCall], exp.Expr]:
    def write(sql: SqlCall) -> exp.Expr:
        wanted = _count_sql(sql) if len(sql.args) == 2 else digits(1)
        return node(this=sql.arg(0), expression=wanted)

    return write


def _count_sql(sql: SqlCall) -> exp.Expr:
    """Not by LEAST and GREATEST: these would turn a missing count into a bound."""
    known = sql.constants[1]
    if isinstance(known, Decimal):
        return digits(_count(known))
    too_small = paren(exp.LT(this=sql.arg(1), expression=number_literal(0)))
    too_large = paren(exp.GT(this=sql.arg(1), expression=number_literal(LONGEST)))
    held = case((too_small, digits(0)), (too_large, digits(LONGEST)), default=exp.Floor(this=sql.arg(1)))
    return exp.Cast(this=held, to=exp.DataType.build("BIGINT"))


def _shape() -> Shape:
    count = number("字数", "characters", copies=3)
    return Shape(head=(text("文本", "text"),), tail=(count,), tail_is_optional=True)


FUNCTIONS = (
    Function(
        name="LEN",
        aliases=("长度", "字数"),
        shape=Shape(head=(text("文本", "text"),)),
        gives=NUMBER,
        body=lambda words: Decimal(len(words)),
        sql=lambda sql: exp.Cast(this=exp.Length(this=sql.arg(0)), to=decimal_type()),
        bounds=(0, None),
        zh="文本有几个字符",
        en="number of characters",
    ),
    Function(
        name="LEFT",
        aliases=("左取", "取左"),
        shape=_shape(),
        gives=TEXT,
        body=left,
        sql=_cut_sql(exp.Left),
        zh="开头若干个字符，不写为 1 个",
        en="the first characters, one when no number is given",
    ),
    Function(
        name="RIGHT",
        aliases=("右取", "取右"),
        shape=_shape(),
        gives=TEXT,
        body=right,
        sql=_cut_sql(exp.Right),
        zh="末尾若干个字符，不写为 1 个",
        en="the last characters, one when no number is given",
    ),
    Function(
        name="CONTAINS",
        aliases=("包含",),
        shape=Shape(head=(text("文本", "text"), text("要找的", "part"))),
        gives=BOOLEAN,
        body=lambda words, part: part in words,
        sql=lambda sql: exp.Contains(this=sql.arg(0), expression=sql.arg(1)),
        zh="文本里有没有这一段（区分大小写）",
        en="whether the text contains the part (case matters)",
    ),
)
