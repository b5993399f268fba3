"""Numbers and dates as people write them, read strictly: what could mean two things is a problem, not a guess."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sextant.engines.values import Outcome, Problem
from sextant.foundation.tabular.codes import Code
from sextant.foundation.tabular.header import trim

_LARGEST = Decimal(10) ** 22
"""Measurements and targets are stored with 28 digits, six of them decimals."""

_NUMBER = re.compile(
    r"""(?P<open>\()?
        (?P<sign>[+-])?
        (?P<currency>[¥$€£])?
        (?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)
        (?P<exponent>e[+-]?\d{1,3})?
        (?P<scale>[万亿])?
        (?P<percent>%)?元?
        (?P<close>\))?""",
    re.VERBOSE | re.IGNORECASE,
)
_SCALES = {"万": Decimal(10) ** 4, "亿": Decimal(10) ** 8}

_YEAR_FIRST = re.compile(r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})")
_EIGHT_DIGITS = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})")
_CHINESE = re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日?")
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4})")
_TIME_OF_DAY = re.compile(r"(?:T|\s+)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$")

_SERIAL_EPOCH = date(1899, 12, 30)
_SERIALS = range(20_000, 80_001)
"""Days that Excel writes for 1954 to 2119. Smaller numbers are quantities, not days."""


def read_number(cell: object) -> Outcome[Decimal]:
    """The number in a cell; blank gives None without a problem, because missing is not zero.

    Understood: thousands marks, full-width digits, currency signs (¥ ￥ $ € £, 元), 万 and 亿, per cent (87% is 0.87),
    a minus written as sign or as brackets. Refused, with `bad_number`: everything that could mean two things ("1,23"),
    words, true and false. `number_too_large` from 10²² on, which no ledger column holds.

    >>> [str(read_number(text).value) for text in ("1,234.5", "87%", "１２３", "（1,234）", "￥3.5万")]
    ['1234.5', '0.87', '123', '-1234', '35000.0']
    >>> read_number("1,23").problems[0].code, read_number("  ").value
    (<Code.BAD_NUMBER: 'tabular.bad_number'>, None)
    """
    cell = trim(cell)
    if cell is None:
        return Outcome(None)
    number = _number_of(cell)
    if number is None or not number.is_finite():
        return Outcome(None, (Problem(Code.BAD_NUMBER, {"value": str(cell)}),))
    if abs(number) >= _LARGEST:
        return Outcome(None, (Problem(Code.NUMBER_TOO_LARGE, {"value": str(cell)}),))
    return Outcome(number)


def _number_of(cell: object) -> Decimal | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | Decimal):
        return Decimal(cell)
    if isinstance(cell, float):
        return Decimal(repr(cell))
    return _number_of_text(cell) if isinstance(cell, str) else None


def _number_of_text(text: str) -> Decimal | None:
    # NFKC turns full-width digits, commas, brackets and ％ into plain ones; it leaves the typographic minus alone.
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-")
    found = _NUMBER.fullmatch("".join(plain.split()))
    if found is None or bool(found["open"]) != bool(found["close"]) or (found["open"] and found["sign"]):
        return None
    number = Decimal(found["digits"].replace(",", "") + (found["exponent"] or ""))
    number *= _SCALES.get(found["scale"], Decimal(1))
    if found["percent"]:
        number /= 100
    return -number if found["sign"] == "-" or found["open"] else number


def read_date(cell: object, formats: Sequence[str] = ()) -> Outcome[date]:
    """The day in a cell; blank gives None without a problem. A time of day is dropped, not converted.

    With declared `formats` (strptime) text must fit one of them; when it fits two and means two days, `ambiguous_date`;
    when none, `date_not_declared`. Without, text must be year first (2015-01-31, 2015/1/31, 2015.1.31, 20150131,
    2015年1月31日) or leave no choice (31/01/2015 has only one month); else `ambiguous_date` or `bad_date`. Date cells
    of workbooks and Excel's day numbers are days under any format.

    >>> read_date("2015年1月3日").value, read_date("01-13-2015").value
    (datetime.date(2015, 1, 3), datetime.date(2015, 1, 13))
    >>> read_date("01-02-2015").problems[0].code
    <Code.AMBIGUOUS_DATE: 'tabular.ambiguous_date'>
    >>> read_date("01-02-2015", ["%m-%d-%Y"]).value, read_date(42005).value
    (datetime.date(2015, 1, 2), datetime.date(2015, 1, 1))
    """
    cell = trim(cell)
    if cell is None:
        return Outcome(None)
    if isinstance(cell, datetime):
        return Outcome(cell.date())
    if isinstance(cell, date):
        return Outcome(cell)
    if isinstance(cell, int) and not isinstance(cell, bool) and cell in _SERIALS:
        return Outcome(_SERIAL_EPOCH + timedelta(days=cell))
    text = unicodedata.normalize("NFKC", str(cell)) if isinstance(cell, str | int) else ""
    days = set(_days_as_declared(text, formats) if formats else _days_as_written(text))
    if len(days) == 1:
        return Outcome(days.pop())
    return Outcome(None, (_date_problem(str(cell), sorted(days), formats),))


def _days_as_declared(text: str, formats: Sequence[str]) -> Iterator[date]:
    for declared in formats:
        try:
            yield datetime.strptime(text, declared).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue


def _days_as_written(text: str) -> Iterator[date]:
    """Every day the text can mean: none, one, or two when day and month could change places."""
    text = _TIME_OF_DAY.sub("", text)
    readings: list[tuple[str, str, str]] = []
    year_first = (_YEAR_FIRST.fullmatch(text), _EIGHT_DIGITS.fullmatch(text), _CHINESE.fullmatch("".join(text.split())))
    if found := next(filter(None, year_first), None):
        readings = [(found["y"], found["m"], found["d"])]
    elif found := _YEAR_LAST.fullmatch(text):
        readings = [(found["y"], found["a"], found["b"]), (found["y"], found["b"], found["a"])]
    for year, month, day in readings:
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:
            continue


def _date_problem(value: str, days: Sequence[date], formats: Sequence[str]) -> Problem:
    if len(days) > 1:
        params = {"value": value, "one": days[0].isoformat(), "other": days[1].isoformat()}
        return Problem(Code.AMBIGUOUS_DATE, params)
    if formats:
        return Problem(Code.DATE_NOT_DECLARED, {"value": value, "formats": ", ".join(formats)})
    return Problem(Code.BAD_DATE, {"value": value})
