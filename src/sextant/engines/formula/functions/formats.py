"""TEXT: a number or a date written in a stated format."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlglot import exp

from sextant.engines.formula.codes import Code, report
from sextant.engines.formula.functions.function import Function, Parameter, Shape, text
from sextant.engines.formula.nodes import Call
from sextant.engines.formula.numbers import round_places
from sextant.engines.formula.sql_call import WIDEST, SqlCall, as_text, decimal_type, digits, quoted
from sextant.engines.formula.types import DATE, NUMBER, TEXT, Value
from sextant.engines.values import Problem

_NUMBER = re.compile(r"0(?:\.(0{1,9}))?(%?)|(#,##0)(?:\.(0{1,2}))?(%?)")
_DATE_PIECE = re.compile(r"YYYY|MM|M|DD|D|[-/. 年月日]")
_DIRECTIVES = {"YYYY": "%Y", "MM": "%m", "M": "%-m", "DD": "%d", "D": "%-d"}


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """`0.00`, `#,##0`, `0.0%` taken apart."""

    places: int
    has_commas: bool
    is_percent: bool


def number_format(words: str) -> NumberFormat | None:
    """The number format, or None.

    >>> number_format("#,##0.0%")
    NumberFormat(places=1, has_commas=True, is_percent=True)
    """
    match = _NUMBER.fullmatch(words)
    if match is None:
        return None
    places = len(match[1] or match[4] or "")
    return NumberFormat(places, has_commas=bool(match[3]), is_percent=bool(match[2] or match[5]))


def date_pieces(words: str) -> list[str] | None:
    """The date format in pieces, or None.

    >>> date_pieces("YYYY年M月"), date_pieces("HH:MM")
    (['YYYY', '年', 'M', '月'], None)
    """
    pieces = _DATE_PIECE.findall(words)
    return pieces if "".join(pieces) == words and any(piece in _DIRECTIVES for piece in pieces) else None


def formatted(value: Value, words: str) -> str | None:
    """`value` in the format, which was checked when the formula was saved.

    >>> formatted(Decimal("1234.565"), "#,##0.00"), formatted(date(2026, 3, 1), "YYYY年M月")
    ('1,234.57', '2026年3月')
    """
    if isinstance(value, Decimal):
        form = number_format(words)
        return None if form is None else _number(value, form)
    pieces = date_pieces(words)
    return None if pieces is None or not isinstance(value, date) else _date(value, pieces)


def _number(value: Decimal, form: NumberFormat) -> str:
    rounded = round_places(value.scaleb(2) if form.is_percent else value, form.places)
    shown = rounded if rounded else abs(rounded)
    return f"{shown:{',' if form.has_commas else ''}.{form.places}f}{'%' if form.is_percent else ''}"


def _date(value: date, pieces: list[str]) -> str:
    written = {
        "YYYY": f"{value.year:04d}",
        "MM": f"{value.month:02d}",
        "M": str(value.month),
        "DD": f"{value.day:02d}",
        "D": str(value.day),
    }
    return "".join(written.get(piece, piece) for piece in pieces)


def _sql(sql: SqlCall) -> exp.Expr:
    words = sql.words(1)
    if sql.call.args[0].type is DATE:
        directives = "".join(_DIRECTIVES.get(piece, piece) for piece in date_pieces(words) or [])
        return exp.TimeToStr(this=sql.arg(0), format=quoted(directives))
    form = number_format(words) or NumberFormat(0, has_commas=False, is_percent=False)
    shown = _number_sql(sql, form)
    return exp.DPipe(this=shown, expression=quoted("%"), safe=False) if form.is_percent else shown


def _number_sql(sql: SqlCall, form: NumberFormat) -> exp.Expr:
    value = exp.Mul(this=sql.arg(0), expression=digits(100)) if form.is_percent else sql.arg(0)
    rounded = exp.Cast(this=value, to=decimal_type(form.places, WIDEST))
    if not form.has_commas:
        return as_text(rounded)
    if sql.dialect != "duckdb":
        return exp.func("FORMAT_NUMBER", rounded, digits(form.places))
    return _with_commas(as_text(rounded))


def _with_commas(shown: exp.Expr) -> exp.Expr:
    """Turned round, a comma after every three digits (two places and the point are no three digits), turned back."""
    turned = exp.Reverse(this=shown)
    grouped = exp.RegexpReplace(
        this=turned,
        expression=quoted(r"(\d{3})"),
        replacement=quoted(r"\1,"),
        modifiers=quoted("g"),
    )
    back = exp.Reverse(this=exp.Trim(this=grouped, expression=quoted(","), position="TRAILING"))
    return exp.func("REPLACE", back, quoted("-,"), quoted("-"))


def _check(call: Call, constants: Sequence[Value | None]) -> Problem | None:
    words = str(constants[1])
    known = number_format(words) if call.args[0].type is NUMBER else date_pieces(words)
    return None if known else report(Code.BAD_FORMAT, at=call.args[1].at, format=words)


FUNCTIONS = (
    Function(
        name="TEXT",
        aliases=("文本", "格式"),
        shape=Shape(
            head=(Parameter("数值或日期", "number or date", (NUMBER, DATE)), text("格式", "format", constant=True))
        ),
        gives=TEXT,
        body=formatted,
        sql=_sql,
        check=_check,
        zh='按格式写成文本："0"、"0.00"、"0.0%"、"#,##0"、"#,##0.00"、"YYYY-MM-DD"、"YYYY年M月D日" 等',
        en='written in a format: "0", "0.00", "0.0%", "#,##0", "#,##0.00", "YYYY-MM-DD", "YYYY年M月D日" and the like',
    ),
)
