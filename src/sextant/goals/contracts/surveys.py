"""共识调查: one question about the goals of a cycle, answered without a name."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

SURVEY_WORK = "goals.survey_answer"
"""Kind of the item in the inbox of whoever is asked."""
SURVEY_LOW = "goals.survey_low"
"""Code of the notice of a low mean."""


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """A survey as HR lists it: how many were asked and have answered, never who. `mean` None: open, or too few
    answers. `unshown` counts answers too few even for the topmost unit, in no figure at all."""

    id: int
    cycle_id: int
    cycle_code: str
    cycle_name: str
    unit_id: int
    unit_name: str
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    asked: int
    answered: int
    mean: Decimal | None
    unshown: int

    @property
    def is_open(self) -> bool:
        """Whether the hourly job has not closed it yet."""
        return self.closed_at is None

    @property
    def rate(self) -> Decimal:
        """Share of those asked who have answered, 0…1."""
        return Decimal(self.answered) / self.asked if self.asked else Decimal(0)


@dataclass(frozen=True, slots=True)
class SurveyResultRow:
    """What a unit and everything below it said. `spread` counts the marks 1 to 5; None where they would
    point at people. `depth` counts the units above it in the survey."""

    survey_id: int
    unit_id: int
    unit_name: str
    answers: int
    mean: Decimal
    spread: tuple[int, ...] | None
    own_answers: int
    depth: int
    is_low: bool

    @property
    def steps(self) -> range:
        """One item a level above it, for indenting."""
        return range(self.depth)

    @property
    def bars(self) -> tuple[tuple[int, int, int], ...]:
        """(mark, how many gave it, that in per cent of the most frequent), the best mark first; () without a spread."""
        if self.spread is None:
            return ()
        most = max(self.spread)
        return tuple((place + 1, count, 100 * count // most) for place, count in reversed(list(enumerate(self.spread))))


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """A survey as one person meets it."""

    survey_id: int
    cycle_code: str
    cycle_name: str
    cycle_id: int
    closes_at: datetime
    is_over: bool
    has_answered: bool
