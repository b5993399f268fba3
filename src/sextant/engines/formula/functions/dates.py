"""Dates: DATE, YEAR, MONTH, DAY, DATEDIF."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from sqlglot import exp

from sextant.engines.formula.codes import Code, report
from sextant.engines.formula.functions.function import Function, Shape, day, number, text
from sextant.engines.formula.nodes import Call
from sextant.engines.formula.numbers import Fault
from sextant.engines.formula.sql_call import SqlCall, case, decimal_type, digits, paren, quoted
from sextant.engines.formula.types import DATE, NUMBER, Value
from sextant.engines.values import Problem

UNITS = ("D", "M", "Y")


def built_date(year: Decimal, month: Decimal, day_of_month: Decimal) -> date | None:
    """The date, or None when there is no such day.

    >>> built_date(Decimal(2026), Decimal(2), Decimal(28)), built_date(Decimal(2026), Decimal(2), Decimal(29))
    (datetime.date(2026, 2, 28), None)
    """
    parts = (year, month, day_of_month)
    if any(part != int(part) or not 0 < part < 10_000 for part in parts):
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


def between(start: date, end: date, unit: str) -> Decimal | Fault:
    """Whole days, months or years from `start` to `end`; a month is whole when its day of the month is reached.

    >>> between(date(2026, 1, 31), date(2026, 2, 28), "M"), between(date(2026, 1, 31), date(2026, 3, 31), "M")
    (Decimal('0'), Decimal('2'))
    """
    if start > end:
        return Fault.DATES_REVERSED
    if unit.upper() == "D":
        return Decimal((end - start).days)
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return Decimal(months if unit.upper() == "M" else months // 12)


def _between_sql(sql: SqlCall) -> exp.Expr:
    unit = sql.words(2).upper()
    whole = _days_sql(sql) if unit == "D" else _months_sql(sql)
    if unit == "Y":
        whole = exp.IntDiv(this=paren(whole), expression=digits(12))
    in_order = paren(exp.LTE(this=sql.arg(0), expression=sql.arg(1)))
    return case((in_order, exp.Cast(this=paren(whole), to=decimal_type())))


def _days_sql(sql: SqlCall) -> exp.Expr:
    return exp.DateDiff(this=sql.arg(1), expression=sql.arg(0), unit=exp.var("DAY"))


def _months_sql(sql: SqlCall) -> exp.Expr:
    is_short = paren(exp.LT(this=_part_sql(sql, 1, "DAY"), expression=_part_sql(sql, 0, "DAY")))
    missing_month = case((is_short, digits(1)), default=digits(0))
    span = exp.Sub(this=_month_number(sql, 1), expression=_month_number(sql, 0))
    return exp.Sub(this=span, expression=missing_month)


def _month_number(sql: SqlCall, index: int) -> exp.Expr:
    years = exp.Mul(this=_part_sql(sql, index, "YEAR"), expression=digits(12))
    return paren(exp.Add(this=years, expression=_part_sql(sql, index, "MONTH")))


def _part_sql(sql: SqlCall, index: int, part: str) -> exp.Expr:
    return exp.Extract(this=exp.var(part), expression=sql.arg(index))


def _date_sql(sql: SqlCall) -> exp.Expr:
    """The three numbers are constant and were checked, so a literal is enough."""
    year, month, day_of_month = (sql.whole(index) for index in range(3))
    written = quoted(f"{year:04d}-{month:02d}-{day_of_month:02d}")
    return exp.Cast(this=written, to=exp.DataType.build("DATE"))


def _check_date(call: Call, constants: Sequence[Value | None]) -> Problem | None:
    parts = [part for part in constants if isinstance(part, Decimal)]
    if len(parts) == 3 and built_date(*parts) is not None:
        return None
    return report(Code.BAD_DATE, at=call.at)


def _check_unit(call: Call, constants: Sequence[Value | None]) -> Problem | None:
    unit = str(constants[2])
    return None if unit.upper() in UNITS else report(Code.BAD_DATE_UNIT, at=call.args[2].at, unit=unit)


def _part(name: str, alias: str, part: Callable[[date], int], most: int, zh: str, en: str) -> Function:
    return Function(
        name=name,
        aliases=(alias,),
        shape=Shape(head=(day("日期", "date"),)),
        gives=NUMBER,
        body=lambda given: Decimal(part(given)),
        sql=lambda sql: exp.Cast(this=_part_sql(sql, 0, name), to=decimal_type()),
        bounds=(1, most),
        zh=zh,
        en=en,
    )


FUNCTIONS = (
    Function(
        name="DATE",
        aliases=("日期",),
        shape=Shape(
            head=(
                number("年", "year", constant=True),
                number("月", "month", constant=True),
                number("日", "day", constant=True),
            )
        ),
        gives=DATE,
        body=built_date,
        sql=_date_sql,
        check=_check_date,
        zh="写一个固定的日期",
        en="a fixed date",
    ),
    _part("YEAR", "年份", lambda given: given.year, 9999, "日期的年", "the year of a date"),
    _part("MONTH", "月份", lambda given: given.month, 12, "日期的月，1 到 12", "the month of a date, 1 to 12"),
    _part("DAY", "日", lambda given: given.day, 31, "日期的日，1 到 31", "the day of the month, 1 to 31"),
    Function(
        name="DATEDIF",
        aliases=("日期间隔", "相隔"),
        shape=Shape(
            head=(
                day("开始", "start", copies=4),
                day("结束", "end", copies=4),
                text("单位", "unit", constant=True),
            )
        ),
        gives=NUMBER,
        body=between,
        sql=_between_sql,
        check=_check_unit,
        bounds=(0, None),
        zh='两个日期之间的整天 "D"、整月 "M" 或整年 "Y" 数；开始晚于结束时缺失',
        en='whole days "D", months "M" or years "Y" between two dates; missing when the start is later',
    ),
)
