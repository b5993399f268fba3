"""共识调查: one question about the goals of a cycle, answered without a name."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


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


@dataclass(frozen=True, slots=True)
class SurveyResultRow:
    """What a unit and everything below it said. `spread` counts the answers 1 to 5; None where so few answered that it
    would point at people."""

    survey_id: int
    unit_id: int
    unit_name: str
    answers: int
    mean: Decimal
    spread: tuple[int, ...] | None
    own_answers: int


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
