"""How far a cycle has gone, counted as the evaluation counts."""

from datetime import UTC, date, datetime

import pytest

from sextant.engines.schedule import FIVE_DAY_WEEK, WorkCalendar
from sextant.goals.contracts import CycleRow
from sextant.goals.tests.makers import make_cycle
from sextant.metrics.models import CalendarVersion
from sextant.web.queries.cycles import _state, find_cycle_state

QUARTER = CycleRow(1, "2026Q4", "2026Q4", date(2026, 10, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("today", "week", "elapsed_pct"),
    [
        (date(2026, 9, 30), 0, 0),
        (date(2026, 10, 1), 1, 2),
        (date(2026, 10, 4), 1, 3),
        (date(2026, 10, 5), 2, 5),
        (date(2026, 11, 21), 8, 56),
        (date(2026, 12, 31), 14, 100),
        (date(2027, 3, 1), 14, 100),
    ],
)
def test_week_and_elapsed_time_are_those_of_the_evaluation(today: date, week: int, elapsed_pct: int) -> None:
    state = _state(QUARTER, today, FIVE_DAY_WEEK)
    assert (state.week, state.weeks, state.elapsed_pct) == (week, 14, elapsed_pct)


def test_days_the_company_does_not_work_do_not_pass() -> None:
    golden_week = WorkCalendar(days_off=frozenset(date(2026, 10, day) for day in range(1, 9)))
    assert _state(QUARTER, date(2026, 10, 8), golden_week).elapsed_pct == 0


@pytest.mark.django_db
def test_the_newest_calendar_of_the_company_counts_the_days() -> None:
    make_cycle(from_on=QUARTER.from_on, until_on=QUARTER.until_on)
    moment = datetime(2026, 9, 1, tzinfo=UTC)
    for version, days in ((1, 3), (2, 8)):
        off = [f"2026-10-{day:02}" for day in range(1, days + 1)]
        CalendarVersion.objects.create(
            code="company", version=version, document={"days_off": off}, created_at=moment, created_by="hr"
        )
    state, _ = find_cycle_state(today=date(2026, 10, 8))
    assert state is not None
    assert state.elapsed_pct == 0
