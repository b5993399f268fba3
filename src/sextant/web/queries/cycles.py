"""The cycle a page speaks of, and how far it has gone."""

from dataclasses import dataclass
from datetime import date

from sextant.engines.schedule import WorkCalendar, elapsed, list_weeks
from sextant.engines.values import Period, round_half_up
from sextant.goals.contracts import CycleRow
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.queries import choose_current_cycle, list_cycles_with_calendar


@dataclass(frozen=True, slots=True)
class CycleState:
    """A cycle on a day: `week` of `weeks` (1-based, 0 before the cycle), working days gone as `elapsed_pct` 0…100."""

    cycle: CycleRow
    week: int
    weeks: int
    elapsed_pct: int

    @property
    def name(self) -> str:
        """The cycle in the reader's language."""
        return name_of_cycle(self.cycle.code, self.cycle.name)


def find_cycle_state(*, today: date, code: str = "") -> tuple[CycleState | None, list[CycleRow]]:
    """The cycle with `code`, else the one of the day, and all cycles, latest first; None when there is none. One
    query."""
    cycles, calendar = list_cycles_with_calendar()
    chosen = next((cycle for cycle in cycles if code and cycle.code == code), None)
    chosen = chosen or choose_current_cycle(cycles, on=today)
    return (None if chosen is None else _state(chosen, today, calendar)), cycles


def _state(cycle: CycleRow, today: date, calendar: WorkCalendar) -> CycleState:
    """Weeks and elapsed time as the evaluation counts them: ISO weeks and working days, so that the head of a page
    never contradicts the light below it."""
    period = Period(cycle.from_on, cycle.until_on)
    gone = elapsed(period, on=today, calendar=calendar)
    return CycleState(
        cycle,
        week=len(list_weeks(period, on=today)),
        weeks=len(list_weeks(period, on=period.last_on)),
        elapsed_pct=int(round_half_up(gone.ratio * 100, 0)),
    )
