"""What happened this year: by how much a unit's or person's usual figure is multiplied in a given week.

Stories are told backwards from the last finished week, so that they are fresh on whatever day the demo starts.
"""

from collections.abc import Mapping
from random import Random

from sextant.demo import units
from sextant.demo.weeks import WEEKS, Quarter, Weeks

LAST = WEEKS - 1
VISITS_SLIDE = (0.90, 0.82, 0.74, 0.66, 0.58, 0.52, 0.47, 0.43)
COLLECTIONS_SLIDE = (0.84, 0.72, 0.60, 0.50, 0.42, 0.36)
"""Six weeks: money follows visits with a delay of two."""
CRISIS = {5: 2.1, 4: 1.9, 3: 1.15, 2: 0.92, 1: 0.82, 0: 0.78}
"""热线二组, response time by weeks before the last: coached three weeks ago."""
CRISIS_BEFORE = 1.8
CRISIS_WEEKS = 9
JUMPS = (0.62, 1.36)
SILENT_WEEKS = 3
WOBBLING = 0.06
"""Share of people who for reasons of their own fall back in the last weeks."""


class Stories:
    """Multipliers of all stories. `chains` holds each unit with all units above it, nearest first."""

    def __init__(self, seed: str, weeks: Weeks, chains: Mapping[str, tuple[str, ...]]) -> None:
        self._seed = seed
        self._weeks = weeks
        self._chains = chains
        self._drifts: dict[tuple[str, Quarter], float] = {}
        self._wobbles: dict[str, int] = {}
        self._strengths: dict[str, float] = {}

    def of_unit(self, measure: str, unit: str, week: int, *, strength: float = 1.0) -> float:
        """What the unit's story does to `measure` in `week`; 1 when there is none. `strength` is how hard it hits the
        one asked about: 0 not at all, 1 as told."""
        ago = LAST - week
        chain = self._chains[unit]
        if units.SLIDING in chain:
            return max(0.05, 1 - (1 - _slide(measure, ago)) * strength)
        if units.RECOVERING in chain:
            return _recovery(measure, ago)
        if units.JUMPING in chain and measure == "prod.output" and ago < 14:
            return JUMPS[ago % 2]
        return 1.0

    def is_silent(self, unit: str, week: int) -> bool:
        """Whether the unit's source was down."""
        return units.SILENT in self._chains[unit] and LAST - week < SILENT_WEEKS

    def of_person(self, number: str, week: int) -> float:
        """Good and bad quarters of one person, and the few who fall back."""
        quarter = Quarter.of(self._weeks.friday(week))
        key = (number, quarter)
        if key not in self._drifts:
            self._drifts[key] = Random(f"{self._seed}:drift:{number}:{quarter.code}").gauss(1, 0.05)
        return self._drifts[key] * (0.55 if LAST - week < self._wobble(number) else 1.0)

    def strength(self, number: str) -> float:
        """How hard the story of their unit hits one person: most near 1, a few hardly at all."""
        if number not in self._strengths:
            self._strengths[number] = Random(f"{self._seed}:strength:{number}").triangular(0.15, 1.5, 1.1)
        return self._strengths[number]

    def _wobble(self, number: str) -> int:
        if number not in self._wobbles:
            rng = Random(f"{self._seed}:wobble:{number}")
            self._wobbles[number] = rng.randint(2, 7) if rng.random() < WOBBLING else 0
        return self._wobbles[number]


def _slide(measure: str, ago: int) -> float:
    slide = {"sales.visits": VISITS_SLIDE, "sales.collections": COLLECTIONS_SLIDE}.get(measure)
    if slide is None or ago >= len(slide):
        return 1.0
    return slide[len(slide) - 1 - ago]


def _recovery(measure: str, ago: int) -> float:
    if ago >= CRISIS_WEEKS:
        return 1.0
    slower = CRISIS.get(ago, CRISIS_BEFORE)
    if measure == "support.response":
        return slower
    # three tenths of what makes callers wait shows in what they get
    return 1 / (1 + 0.3 * (slower - 1))
