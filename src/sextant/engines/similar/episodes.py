"""Stretches of weeks in which a goal was not green, and whether it came back.

A stretch begins with a yellow or red week and goes on until the goal was green `STEADY` weeks running: one green week
between yellow ones is no recovery. Grey weeks (nothing is known) neither begin a stretch nor end one. Source:
requirement T4 (干预建议包: similar past cases), decision 194.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sextant.engines.values import Light

STEADY = 2
"""Green weeks running after which somebody has recovered."""
LEAST = 2
"""Weeks not green below which a stretch is only a bad week."""
_TROUBLE = (Light.YELLOW, Light.RED)


@dataclass(frozen=True, slots=True)
class WeekMark:
    """A goal at the end of a week: `completion` 完成率 (1 = as expected by then, None unknown) and its light."""

    ends_on: date
    completion: Decimal | None
    light: Light


@dataclass(frozen=True, slots=True)
class Episode:
    """One stretch. `first` is the place of its first week among the goal's weeks, `length` how many coloured weeks it
    had that were not green. `recovered_at` is the place of the first of the steady green weeks; None: it did not
    recover. `is_over`: it recovered, or the goal ended in it; a stretch that is not over may yet do either."""

    first: int
    length: int
    recovered_at: int | None
    is_over: bool

    @property
    def has_recovered(self) -> bool:
        """Whether it ended in green."""
        return self.recovered_at is not None


def list_episodes(weeks: Sequence[WeekMark], *, goal_is_over: bool) -> tuple[Episode, ...]:
    """The stretches of at least LEAST weeks, oldest first. `weeks` in their order; `goal_is_over` says that no week
    will follow: then one green week at the very end is a recovery, too.

    Two yellow weeks, a green one, a red one, then steadily green: one stretch of three bad weeks that recovered.

    >>> day, share = date(2026, 3, 1), Decimal("0.8")
    >>> marks = [WeekMark(day, share, Light(name)) for name in "yellow yellow green red green green".split()]
    >>> list_episodes(marks, goal_is_over=False)
    (Episode(first=0, length=3, recovered_at=4, is_over=True),)
    """
    found: list[Episode] = []
    first: int | None = None
    length, green_from = 0, None
    for place, week in enumerate(weeks):
        if week.light in _TROUBLE:
            first = place if first is None else first
            length, green_from = length + 1, None
        elif week.light is Light.GREEN and first is not None:
            green_from = place if green_from is None else green_from
            if _greens(weeks, green_from, place) >= STEADY:
                found.append(Episode(first, length, green_from, True))
                first, length, green_from = None, 0, None
    if first is not None:
        found.append(Episode(first, length, green_from if goal_is_over else None, goal_is_over))
    return tuple(one for one in found if one.length >= LEAST)


def _greens(weeks: Sequence[WeekMark], first: int, last: int) -> int:
    """Green weeks among those from place `first` to `last`: grey ones between them count for nothing."""
    return sum(week.light is Light.GREEN for week in weeks[first : last + 1])
