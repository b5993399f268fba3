"""How long flows take, as pages, files and metrics read it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

HOUR = Decimal(3600)


class TimesOf(StrEnum):
    """What is timed: whole runs, visits of steps, or the pieces of work of each person who was asked."""

    RUNS = "runs"
    STEPS = "steps"
    ANSWERS = "answers"


class TimeState(StrEnum):
    """Of what is timed: under way, over, or taken back before anybody answered."""

    OPEN = "open"
    LEFT = "left"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One thing that was timed. `record` names it for ever. `person_id` is who was asked; of runs and steps, whom the
    run is about. `step` is "" of runs. `is_late`: the first limit was reached before it was over; it stays so when it
    is taken back afterwards."""

    record: str
    instance_id: int
    version: int
    step: str
    person_id: int
    about_id: int
    entered_at: datetime
    due_at: datetime | None
    left_at: datetime | None
    state: TimeState
    is_late: bool

    @property
    def hours(self) -> Decimal | None:
        """Hours from entering to leaving, day and night, at four places; None while it is open or when it was taken
        back."""
        if self.left_at is None or self.state is not TimeState.LEFT:
            return None
        span = self.left_at - self.entered_at
        return (Decimal(span.days * 86_400 + span.seconds) / HOUR).quantize(Decimal("0.0001"))

    @property
    def counted_at(self) -> datetime | None:
        """When it is settled whether it was late: at the limit, or on leaving before it. What is settled never moves to
        another day, so a share of late ones says the same whenever it is asked. None while it may still be in time."""
        return self.due_at if self.is_late else self.left_at


@dataclass(frozen=True, slots=True)
class TimesRow:
    """How long a step, a person or a unit took. `key` is the code or the id. Of `left` that are over, median and 90th
    percentile in hours (None without any); of `limited` whose lateness is settled, `late` were; `open` are under way,
    `open_late` of them past their limit."""

    key: str | int
    left: int
    median_hours: Decimal | None
    p90_hours: Decimal | None
    limited: int
    late: int
    open: int
    open_late: int

    @property
    def late_share(self) -> Decimal | None:
        """Share of late ones, 0 … 1, at four places; None where nothing had a limit."""
        return (Decimal(self.late) / self.limited).quantize(Decimal("0.0001")) if self.limited else None

    @property
    def figures(self) -> dict[str, int | Decimal | None]:
        """Everything, in the order of a file."""
        return {
            "left": self.left,
            "median_hours": self.median_hours,
            "p90_hours": self.p90_hours,
            "limited": self.limited,
            "late": self.late,
            "late_share": self.late_share,
            "open": self.open,
            "open_late": self.open_late,
        }
