"""Where a goal stands: the answer of an evaluation, and its canonical row."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sextant.engines.evaluation.reason import Reason, canonical
from sextant.engines.values import Light

ENGINE_VERSION = "evaluation/2"
"""Changes whenever the same inputs could give another row."""


@dataclass(frozen=True, slots=True)
class WeekStanding:
    """A week that has begun: value so far, what was expected, the light shown at its end (or at τ while it runs).

    `ends_on` is its Sunday, or the last day of the period.
    """

    ends_on: date
    value: Decimal | None
    expected: Decimal | None
    light: Light


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one goal stands on `on`.

    `progress` 达成率 is p, floored and capped; `completion` 完成率 is p over what was expected; `expected` is in the
    metric's unit. Numbers are None when there was nothing to compute them from. `weeks`: oldest first, at most 26.
    """

    goal_id: int
    on: date
    value: Decimal | None
    expected: Decimal | None
    elapsed: Decimal
    progress: Decimal | None
    completion: Decimal | None
    score: Decimal | None
    light: Light
    reason: Reason
    weeks: tuple[WeekStanding, ...] = ()

    def canonical_row(self) -> str:
        r"""The standing as one line of PostgreSQL's COPY text: tab between fields, \N for unknown.

        Order: goal, day, value, expected, elapsed, progress, completion, score, light, reason, its parameters, week
        ends, week values, week expectations, one letter of light a week.
        """
        fields = (
            str(self.goal_id),
            self.on.isoformat(),
            _field(self.value),
            _field(self.expected),
            canonical(self.elapsed),
            _field(self.progress),
            _field(self.completion),
            _field(self.score),
            self.light.value,
            self.reason.code,
            self.reason.json().replace("\\", "\\\\"),
            _array(week.ends_on for week in self.weeks),
            _array(week.value for week in self.weeks),
            _array(week.expected for week in self.weeks),
            "".join(week.light.value[0] for week in self.weeks),
        )
        return "\t".join(fields) + "\n"


def _field(value: object) -> str:
    return "\\N" if value is None else canonical(value)


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join("NULL" if value is None else canonical(value) for value in values) + "}"


def digest(standings: Iterable[Standing]) -> str:
    """SHA-256 over the SHA-256 of each canonical row, in order of goal: equal results have equal digests on every path.

    Two levels, so that a run that computes a few goals anew can hash those rows alone and still answer for all.

    >>> digest([]) == hashlib.sha256().hexdigest()
    True
    """
    total = hashlib.sha256()
    for standing in sorted(standings, key=lambda one: one.goal_id):
        total.update(hashlib.sha256(standing.canonical_row().encode()).digest())
    return total.hexdigest()
