"""Numbers, days and sizes as pages write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from sextant.ui import formats
from sextant.ui.formats import DASH

TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 6, 40, tzinfo=UTC)


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (None, 0, DASH),
        (0, 0, "0"),
        (Decimal("-0.004"), 2, "0.00"),
        (Decimal("0.005"), 2, "0.01"),
        (Decimal("-0.005"), 2, "−0.01"),
        (Decimal("1234567.891"), 1, "1,234,567.9"),
        (Decimal("1E+3"), 0, "1,000"),
        (2.675, 2, "2.68"),
    ],
)
def test_number_is_rounded_half_up_and_grouped(value, decimals, text):
    assert formats.write_number(value, decimals) == text


@pytest.mark.parametrize(("value", "text"), [(Decimal("0.04"), "0.0"), (Decimal("0.05"), "+0.1"), (-1, "−1.0")])
def test_change_has_a_sign_unless_it_rounds_to_nothing(value, text):
    assert formats.write_change(value, 1) == text


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (None, DASH, DASH),
        (950, "950", "950"),
        (Decimal("12.5"), "12.5", "12.5"),
        (1860, "1,860", "1.9K"),
        (9_994, "9,994", "10K"),
        (12_000, "1.2万", "12K"),
        (18_600_000, "1,860万", "18.6M"),
        (99_999_999, "1亿", "100M"),
        (-123_456_789, "−1.2亿", "−123.5M"),
        (2_000_000_000, "20亿", "2B"),
    ],
)
def test_short_number_uses_the_steps_of_the_language(value, chinese, english):
    assert formats.write_short_number(value) == chinese
    with translation.override("en"):
        assert formats.write_short_number(value) == english


@pytest.mark.parametrize(
    ("days", "text"), [(6, "剩 6 天"), (1, "剩 1 天"), (0, "今天截止"), (-1, "逾期 1 天"), (-10, "逾期 10 天")]
)
def test_days_left_counts_the_due_day_as_in_time(days, text):
    assert formats.write_days_left(TODAY + timedelta(days=days), TODAY) == text


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=59), "刚刚"),
        (timedelta(minutes=-3), "刚刚"),
        (timedelta(minutes=59), "59 分钟前"),
        (timedelta(minutes=60), "1 小时前"),
        (timedelta(hours=24), "1 天前"),
        (timedelta(days=7), "2026-11-23"),
    ],
)
def test_ago_turns_into_a_day_after_a_week(ago, text):
    assert formats.write_ago(NOW - ago, NOW) == text


def test_moment_is_written_in_the_company_zone(settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    assert formats.write_moment(datetime(2026, 11, 29, 22, 31, tzinfo=UTC)) == "2026-11-30 06:31"


def test_day_of_a_moment_is_its_day():
    assert formats.write_day(TODAY) == "2026-11-30"
    assert formats.write_day_words(TODAY) == "11 月 30 日"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1,023 B"), (1024, "1 KB"), (10 * 1024**2, "10 MB"), (3 * 1024**3, "3.0 GB")],
)
def test_file_size_uses_powers_of_1024(size, text):
    assert formats.write_file_size(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(Decimal("0.424"), "0.42 秒"), (7, "7.0 秒"), (38, "38 秒"), (192, "3 分 12 秒")]
)
def test_seconds_get_coarser_as_they_grow(seconds, text):
    assert formats.write_seconds(seconds) == text


@pytest.mark.parametrize(
    "write", [formats.write_day, formats.write_day_words, formats.write_moment, formats.write_seconds]
)
def test_missing_is_a_dash_never_zero(write):
    assert write(None) == DASH
