"""How far a goal is that no metric measures: its status, what was told of it, and what may be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sextant.engines.values import Light
from sextant.goals.contracts.goals import ProgressFrom

RISKIEST = "told.riskiest"
"""The code of a status that is taken from a goal below."""


@dataclass(frozen=True, slots=True)
class GoalStatus:
    """Where a goal without a metric stands. `progress` is 0…1.5 of what was promised, None: nobody has said; `elapsed`
    how much of its time is gone. `code` and `params` say why, as `messages.progress.say_status` reads them; with
    `told.riskiest` the light is that of the goal `riskiest_id` below, whose own reason is in `params`."""

    light: Light
    progress: Decimal | None
    completion: Decimal | None
    elapsed: Decimal | None
    source: ProgressFrom
    code: str
    params: Mapping[str, str]
    riskiest_id: int | None = None


@dataclass(frozen=True, slots=True)
class StepRow:
    """A milestone or an action item as it is ticked off. `points` None: an action item has none."""

    id: int
    title: str
    points: Decimal | None
    person_name: str
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One update of a goal. `steps` are those whose state it changed: (title, is done)."""

    id: int
    number: int
    on: date
    at: datetime
    by_name: str
    ratio: Decimal | None
    confidence: Decimal | None
    steps: tuple[tuple[str, bool], ...]
    evidence: str
    file_name: str


class ProgressIsStale(Exception):
    """An update was written without the latest one in view: nothing was kept. `since` are those missed, oldest
    first."""

    def __init__(self, since: tuple[NoteRow, ...]) -> None:
        super().__init__(len(since))
        self.since = since
