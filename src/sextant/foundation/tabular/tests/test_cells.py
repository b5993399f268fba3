"""Numbers and dates as people write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.foundation.tabular import Code, read_date, read_number


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1,234.5", "1234.5"),
        ("1，234．5", "1234.5"),
        ("87%", "0.87"),
        ("８７％", "0.87"),
        ("１２３", "123"),
        ("（1,234）", "-1234"),
        ("(1,234.50)", "-1234.50"),
        ("￥1,000", "1000"),
        ("¥-5", None),
        ("-¥5", "-5"),
        ("−3.5", "-3.5"),
        ("+7", "7"),
        ("1.2万", "12000"),
        ("3亿元", "300000000"),
        ("1 234", "1234"),
        ("1.5e3", "1500"),
        (".5", "0.5"),
        (42, "42"),
        (0.1, "0.1"),
        (Decimal("2.50"), "2.50"),
    ],
)
def test_number_as_written_is_read(written, expected):
    outcome = read_number(written)
    if expected is None:
        assert outcome.problems[0].code == Code.BAD_NUMBER
    else:
        assert outcome.value == Decimal(expected)
        assert not outcome.problems


@pytest.mark.parametrize("blank", [None, "", "   ", "\u3000", "\u00a0"])
def test_blank_cell_gives_no_value_and_no_problem(blank):
    assert read_number(blank).value is None
    assert read_number(blank).problems == ()
    assert read_date(blank).value is None
    assert read_date(blank).problems == ()


@pytest.mark.parametrize(
    "written", ["1,23", "1,2345", "1.234,5", "12a", "abc", "--5", "(5", "5)", "(-5)", "87%%", "-", "∞", "nan", True]
)
def test_number_that_could_mean_something_else_is_refused_with_its_text(written):
    outcome = read_number(written)
    assert outcome.value is None
    assert [problem.code for problem in outcome.problems] == [Code.BAD_NUMBER]
    assert outcome.problems[0].params["value"] == str(written)


@pytest.mark.parametrize("written", ["1e22", "10000000000000000000000", "9e999", "99999999999999999999亿"])
def test_number_beyond_the_ledger_is_too_large(written):
    assert read_number(written).problems[0].code == Code.NUMBER_TOO_LARGE


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4))
def test_any_number_printed_with_thousands_marks_reads_back(number):
    assert read_number(f"{number:,f}").value == number


@pytest.mark.parametrize(
    ("written", "formats", "expected"),
    [
        ("2015-01-31", (), date(2015, 1, 31)),
        ("2015/1/31", (), date(2015, 1, 31)),
        ("2015.1.31", (), date(2015, 1, 31)),
        ("20150131", (), date(2015, 1, 31)),
        (20150131, (), date(2015, 1, 31)),
        ("2015年1月31日", (), date(2015, 1, 31)),
        ("2015 年 1 月 31 日", (), date(2015, 1, 31)),
        ("２０１５－０１－３１", (), date(2015, 1, 31)),
        ("2015-01-31 08:30", (), date(2015, 1, 31)),
        ("2015-01-31T23:30:00+08:00", (), date(2015, 1, 31)),
        ("31/01/2015", (), date(2015, 1, 31)),
        ("01-31-2015", (), date(2015, 1, 31)),
        ("05/05/2015", (), date(2015, 5, 5)),
        ("01-02-2015", ["%m-%d-%Y"], date(2015, 1, 2)),
        ("1/2/2015", ["%m-%d-%Y", "%m/%d/%Y"], date(2015, 1, 2)),
        (42005, (), date(2015, 1, 1)),
        (datetime(2015, 1, 31, 8, tzinfo=UTC), (), date(2015, 1, 31)),
        (date(2015, 1, 31), ["%m/%d/%Y"], date(2015, 1, 31)),
    ],
)
def test_date_as_written_is_read(written, formats, expected):
    outcome = read_date(written, formats)
    assert outcome.value == expected
    assert outcome.problems == ()


@pytest.mark.parametrize(
    ("written", "formats", "code"),
    [
        ("01-02-2015", (), Code.AMBIGUOUS_DATE),
        ("1/2/2015", (), Code.AMBIGUOUS_DATE),
        ("1/2/2015", ["%d/%m/%Y", "%m/%d/%Y"], Code.AMBIGUOUS_DATE),
        ("2015-02-30", (), Code.BAD_DATE),
        ("13/13/2015", (), Code.BAD_DATE),
        ("31/1/15", (), Code.BAD_DATE),
        ("下周三", (), Code.BAD_DATE),
        (8, (), Code.BAD_DATE),
        (True, (), Code.BAD_DATE),
        (Decimal("42005.5"), (), Code.BAD_DATE),
        ("2015-01-31", ["%m/%d/%Y"], Code.DATE_NOT_DECLARED),
    ],
)
def test_date_that_is_no_day_or_two_days_is_refused(written, formats, code):
    outcome = read_date(written, formats)
    assert outcome.value is None
    assert [problem.code for problem in outcome.problems] == [code]


def test_two_formats_in_one_column_are_both_read_when_declared():
    column = ["01-01-2015", "1/13/2015", "02-03-2015"]
    days = [read_date(cell, ["%m-%d-%Y", "%m/%d/%Y"]).value for cell in column]
    assert days == [date(2015, 1, 1), date(2015, 1, 13), date(2015, 2, 3)]


@given(st.dates(min_value=date(1000, 1, 1)))
def test_any_day_in_iso_form_reads_back(day):
    assert read_date(day.isoformat()).value == day
