"""Working days, elapsed shares and weeks."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.schedule import (
    FIVE_DAY_WEEK,
    Week,
    WorkCalendar,
    elapsed,
    list_finished_weeks,
    list_weeks,
    week_of,
)
from sextant.engines.values import Period

DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
PERIODS = st.builds(lambda start, days: Period(start, start + timedelta(days=days)), DAYS, st.integers(1, 400))
CALENDARS = st.builds(
    WorkCalendar,
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
    days_off=st.frozensets(st.dates(date(2019, 1, 1), date(2019, 3, 1))),
    days_on=st.frozensets(st.dates(date(2019, 1, 1), date(2019, 3, 1))),
)


@given(CALENDARS, st.dates(date(2018, 11, 1), date(2019, 4, 1)), st.integers(-3, 120))
def test_counting_a_stretch_equals_counting_its_days(calendar, start, days):
    by_day = sum(calendar.is_working(start + timedelta(days=offset)) for offset in range(days))
    assert calendar.count(start, start + timedelta(days=days)) == by_day


def test_golden_week_and_its_adjusted_sundays_change_the_count_and_the_version():
    calendar = WorkCalendar(
        name="cn-2026",
        days_off=frozenset(date(2026, 10, day) for day in range(1, 8)),
        days_on=frozenset({date(2026, 9, 27), date(2026, 10, 10)}),
    )
    assert FIVE_DAY_WEEK.count(date(2026, 9, 21), date(2026, 10, 19)) == 20
    assert calendar.count(date(2026, 9, 21), date(2026, 10, 19)) == 17
    assert calendar.version != FIVE_DAY_WEEK.version
    assert calendar.version.startswith("cn-2026:")


def test_a_day_named_both_off_and_on_is_worked():
    day = date(2026, 10, 1)
    calendar = WorkCalendar(days_off=frozenset({day}), days_on=frozenset({day}))
    assert calendar.is_working(day)
    assert calendar.version == FIVE_DAY_WEEK.version


def test_a_weekday_out_of_range_is_refused():
    with pytest.raises(ValueError, match="ISO numbers"):
        WorkCalendar(weekdays=frozenset({0}))


@given(PERIODS, st.integers(-10, 410))
def test_elapsed_share_grows_from_nothing_to_everything(period, offset):
    day = period.from_on + timedelta(days=offset)
    now, later = (elapsed(period, on=on, calendar=FIVE_DAY_WEEK) for on in (day, day + timedelta(days=1)))
    assert 0 <= now.share <= later.share <= 1
    assert elapsed(period, on=period.from_on - timedelta(days=1), calendar=FIVE_DAY_WEEK).done == 0
    assert elapsed(period, on=period.last_on, calendar=FIVE_DAY_WEEK).share == 1


def test_a_period_without_working_days_counts_calendar_days():
    weekend = Period(date(2026, 10, 10), date(2026, 10, 12))
    assert (
        elapsed(weekend, on=date(2026, 10, 10), calendar=FIVE_DAY_WEEK).ratio
        == elapsed(Period(date(2026, 10, 12), date(2026, 10, 14)), on=date(2026, 10, 12), calendar=FIVE_DAY_WEEK).ratio
    )


@given(PERIODS, st.integers(-10, 410))
def test_finished_weeks_lie_inside_and_have_ended(period, offset):
    on = period.from_on + timedelta(days=offset)
    weeks = list_finished_weeks(period, on=on)
    assert set(weeks) <= set(list_weeks(period, on=on))
    assert all(week.monday >= period.from_on and week.sunday <= min(on, period.last_on) for week in weeks)
    assert len(list_weeks(period, on=on)) - len(weeks) <= 2


def test_a_week_is_finished_on_its_sunday_and_not_on_its_saturday():
    period = Period(date(2026, 1, 5), date(2026, 2, 2))
    assert list_finished_weeks(period, on=date(2026, 1, 10)) == ()
    assert list_finished_weeks(period, on=date(2026, 1, 11)) == (week_of(date(2026, 1, 11)),)


def test_a_week_named_by_another_day_than_monday_is_refused():
    with pytest.raises(ValueError, match="not a Monday"):
        Week(date(2026, 1, 6))
