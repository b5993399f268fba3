"""How far a cycle has gone, counted as the evaluation counts."""

from datetime import date

import pytest

from sextant.goals.contracts import CycleRow
from sextant.web.queries.cycles import _state

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
    state = _state(QUARTER, today)
    assert (state.week, state.weeks, state.elapsed_pct) == (week, 14, elapsed_pct)
