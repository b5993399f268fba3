"""Half-open periods of whole days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `from_on` up to, and without, `until_on`.

    >>> q2 = Period(date(2017, 4, 1), date(2017, 7, 1))
    >>> q2.days, q2.last_on, date(2017, 7, 1) in q2
    (91, datetime.date(2017, 6, 30), False)
    """

    from_on: date
    until_on: date

    def __post_init__(self) -> None:
        if self.until_on <= self.from_on:
            raise ValueError(f"period ends ({self.until_on}) on or before it starts ({self.from_on})")

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.from_on <= day < self.until_on

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.until_on - self.from_on).days

    @property
    def last_on(self) -> date:
        """The last day inside."""
        return self.until_on - timedelta(days=1)

    def each_day(self) -> Iterator[date]:
        """Every day inside, in order."""
        for offset in range(self.days):
            yield self.from_on + timedelta(days=offset)

    def overlap(self, other: "Period") -> "Period | None":
        """The days both hold, or None.

        >>> Period(date(2026, 1, 1), date(2026, 4, 1)).overlap(Period(date(2026, 4, 1), date(2026, 7, 1)))
        """
        start, end = max(self.from_on, other.from_on), min(self.until_on, other.until_on)
        return Period(start, end) if start < end else None
