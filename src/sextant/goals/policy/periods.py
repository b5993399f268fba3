"""The ways people write a period, and the one code each period has."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from sextant.engines.values import Outcome, Period, Problem
from sextant.goals.contracts import NamedPeriod

_YEAR = r"(?P<year>\d{4})\s*年?"
_DATE = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
_DIGITS = str.maketrans("一二三四", "1234")


def decide_period(cell: object) -> Outcome[NamedPeriod]:
    """The period a cell means: `2017Q2`, `2017年第二季度`, `2017-04`, `2017年4月`, `2017H1`, `2017`, or
    `2017-04-01..2017-07-01` (half-open: the second day is the first one after).

    Full-width characters are read; a spreadsheet that turned `2017-04` into the first of April is understood, and so is
    a year kept as a number. Dates that are exactly a quarter get the quarter's code. Codes: goals.period_missing,
    goals.period_unreadable.

    >>> decide_period("2017Q2").value
    NamedPeriod(code='2017Q2', period=Period(from_on=datetime.date(2017, 4, 1), until_on=datetime.date(2017, 7, 1)))
    >>> decide_period("2017-04-01..2017-07-01").value.code
    '2017Q2'
    >>> decide_period("spring").problems[0].code
    'goals.period_unreadable'
    """
    if isinstance(cell, date):  # datetime is a date, too
        cell = f"{cell:%Y-%m}" if cell.day == 1 else f"{cell:%Y-%m-%d}"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFKC", str(cell or "")).strip()
    if not text:
        return Outcome(None, (Problem("goals.period_missing", {"field": "period", "value": ""}),))
    period = _read(text)
    if period is None:
        return Outcome(None, (Problem("goals.period_unreadable", {"field": "period", "value": text}),))
    return Outcome(NamedPeriod(_code(period), period))


def period_from_code(code: str) -> Period | None:
    """The period a cycle's code stands for, None when the code is a name that somebody chose.

    >>> period_from_code("2017H2")
    Period(from_on=datetime.date(2017, 7, 1), until_on=datetime.date(2018, 1, 1))
    """
    return _read(code)


def _read(text: str) -> Period | None:
    for pattern, build in _READERS:
        if found := re.fullmatch(pattern, text, re.IGNORECASE):
            try:
                return build(found)
            except ValueError:  # month 13, the 31st of June, an end before its start
                return None
    return None


def _months(year: int, month: int, length: int) -> Period:
    start = date(year, month, 1)
    index = year * 12 + month - 1 + length
    return Period(start, date(index // 12, index % 12 + 1, 1))


def _quarter(found: re.Match[str]) -> Period:
    return _months(int(found["year"]), 3 * int(found["part"].translate(_DIGITS)) - 2, 3)


def _half(found: re.Match[str]) -> Period:
    part = {"1": 1, "2": 7, "上": 1, "下": 7}[found["part"]]
    return _months(int(found["year"]), part, 6)


def _month(found: re.Match[str]) -> Period:
    return _months(int(found["year"]), int(found["part"]), 1)


def _dates(found: re.Match[str]) -> Period:
    return Period(_day(found["from"]), _day(found["until"]))


def _day(text: str) -> date:
    year, month, day = (int(part) for part in re.split(r"[-/.]", text))
    return date(year, month, day)


_READERS: tuple[tuple[str, Callable[[re.Match[str]], Period]], ...] = (
    (_YEAR + r"\s*[-/]?\s*Q(?P<part>[1-4])", _quarter),
    (_YEAR + r"\s*第?(?P<part>[1-4一二三四])季度?", _quarter),
    (_YEAR + r"\s*[-/]?\s*H(?P<part>[12])", _half),
    (_YEAR + r"\s*(?P<part>[上下])半年", _half),
    (_YEAR + r"\s*[-/.]?\s*(?P<part>\d{1,2})\s*月?", _month),
    (rf"(?P<from>{_DATE})\s*(?:\.\.|~|至|to)\s*(?P<until>{_DATE})", _dates),
    (_YEAR + r"(?:全年|度)?", lambda found: _months(int(found["year"]), 1, 12)),
)


def _code(period: Period) -> str:
    """The shortest code that means exactly this period."""
    start = period.from_on
    shapes = (
        (12, f"{start:%Y}"),
        (6, f"{start:%Y}H{(start.month + 5) // 6}"),
        (3, f"{start:%Y}Q{(start.month + 2) // 3}"),
        (1, f"{start:%Y-%m}"),
    )
    for length, code in shapes:
        if (start.month - 1) % length == 0 and start.day == 1 and period == _months(start.year, start.month, length):
            return code
    return f"{start}..{period.until_on}"
