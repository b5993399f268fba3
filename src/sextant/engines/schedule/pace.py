"""What elapsed shares are counted in: working days, or the weights of a season."""

from datetime import date
from typing import Protocol

from sextant.engines.values import Period


class Pace(Protocol):
    """Counts whole units between days. `WorkCalendar` counts working days, `SeasonalCalendar` parts of a year."""

    @property
    def version(self) -> str:
        """Name and fingerprint of the content."""

    def is_working(self, day: date) -> bool:
        """Whether people work on `day`."""

    def count(self, from_on: date, until_on: date) -> int:
        """Units in [from_on, until_on); 0 when the end is not after the start."""

    def count_in(self, period: Period) -> int:
        """Units of a period."""
