"""The demo's calendar: 52 finished weeks, the quarters they touch, and how much work a holiday week holds."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from sextant.engines.values import Period

WEEKS = 52
HOLIDAY_FLOOR = 0.65
"""What still gets done in a week without a working day."""
SPRING_FESTIVAL = {
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
    2029: date(2029, 2, 13),
    2030: date(2030, 2, 3),
    2031: date(2031, 1, 23),
    2032: date(2032, 2, 11),
}
"""First day of the lunar year. Years outside take 5 February: the demo needs the season, not the almanac."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """One calendar quarter as a cycle of goals."""

    year: int
    number: int

    @property
    def code(self) -> str:
        """Key in files: "2026-Q4"."""
        return f"{self.year}-Q{self.number}"

    @property
    def name(self) -> str:
        """Name on pages."""
        return f"{self.year} 年{self.spoken}"

    @property
    def spoken(self) -> str:
        """Name inside a goal's title."""
        return f"第{'一二三四'[self.number - 1]}季度"

    @property
    def period(self) -> Period:
        """Its days, half-open."""
        month = 3 * self.number - 2
        until = date(self.year + 1, 1, 1) if self.number == 4 else date(self.year, month + 3, 1)
        return Period(date(self.year, month, 1), until)

    @property
    def before(self) -> "Quarter":
        """The quarter that came before."""
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    @property
    def after(self) -> "Quarter":
        """The quarter that comes after."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter that holds `day`."""
        return cls(day.year, (day.month + 2) // 3)


@dataclass(frozen=True)
class Weeks:
    """52 weeks, Monday to Sunday, numbered 0 (a year ago) to 51 (the last finished one)."""

    last_sunday: date

    @classmethod
    def before(cls, today: date) -> "Weeks":
        """The weeks finished by `today`; a Sunday still belongs to its running week.

        >>> Weeks.before(date(2026, 11, 21)).last_sunday
        datetime.date(2026, 11, 15)
        """
        return cls(today - timedelta(days=today.weekday() + 1))

    def monday(self, week: int) -> date:
        """First day of a week."""
        return self.last_sunday - timedelta(days=6 + 7 * (WEEKS - 1 - week))

    def sunday(self, week: int) -> date:
        """Last day of a week."""
        return self.monday(week) + timedelta(days=6)

    def friday(self, week: int) -> date:
        """The day weekly figures are stamped with."""
        return self.monday(week) + timedelta(days=4)

    @property
    def first_on(self) -> date:
        """First day of the year told."""
        return self.monday(0)

    def index_of(self, day: date) -> int:
        """Number of the week that holds `day`; below 0 or above 51 when it lies outside."""
        return WEEKS - 1 - (self.last_sunday - day).days // 7

    def weekdays(self, week: int) -> list[date]:
        """Monday to Friday of the week."""
        return [self.monday(week) + timedelta(days=offset) for offset in range(5)]

    @cache  # noqa: B019 - a frozen value: one instance a run
    def working_days(self, week: int) -> list[date]:
        """Its weekdays that are no public holiday; at least one, because somebody is on call."""
        days = self.weekdays(week)
        return [day for day in days if not is_holiday(day)] or [days[0]]

    @cache  # noqa: B019 - as above
    def load(self, week: int) -> float:
        """How much of a usual week's work gets done in a week, 0.65…1.

        A holiday takes less than its share, because people work before and after it. The fortnight before the lunar
        new year runs at 90 %: customers are travelling already.
        """
        load = HOLIDAY_FLOOR + (1 - HOLIDAY_FLOOR) * len(self.working_days(week)) / 5
        ahead = (_spring_festival(self.friday(week).year) - self.friday(week)).days
        return load * 0.9 if 3 <= ahead < 17 else load

    def quarters(self) -> tuple[Quarter, ...]:
        """The quarter of the last finished week and the three before it, oldest first."""
        found = [Quarter.of(self.last_sunday)]
        while len(found) < 4:
            found.insert(0, found[0].before)
        return tuple(found)


@cache
def is_holiday(day: date) -> bool:
    """Public holidays as the demo company keeps them (no shifted working weekends)."""
    eve = _spring_festival(day.year) - timedelta(days=1)
    fixed = (
        (date(day.year, 1, 1), 1),
        (date(day.year, 4, 4), 3),
        (date(day.year, 5, 1), 5),
        (date(day.year, 10, 1), 7),
        (eve, 8),
    )
    return any(start <= day < start + timedelta(days=length) for start, length in fixed)


def _spring_festival(year: int) -> date:
    return SPRING_FESTIVAL.get(year, date(year, 2, 5))
