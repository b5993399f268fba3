"""What pages of 干预建议包 show, as frozen rows."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sextant.engines.similar import Part
from sextant.engines.values import Light
from sextant.tracking.contracts.help import ActKind, ActState, Cause, PackOutcome, PackState


class HelpSide(StrEnum):
    """What a reader is to somebody's help: whoever chooses it, whose goal it is, or who reads it only."""

    CHOOSES = "chooses"
    OWNS = "owns"
    READS = "reads"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A past trouble the reader may see. Completions are shares: `low` at the moment of that trouble that compares with
    now, `high` in the week it was green again (None where it was no higher then), `weeks` between the two; None where
    it was not. `tried` is what was done then, as the packs of that goal say. `helper_id` is whom to ask how they did
    it: the owner, None for a unit and for the one whose trouble it is now."""

    goal_id: int
    title: str
    owner_name: str
    metric_name: str
    likeness: Decimal
    parts: tuple[Part, ...]
    trouble_on: date
    low: Decimal | None
    high: Decimal | None
    weeks: int | None
    has_recovered: bool
    tried: tuple[str, ...] = ()
    helper_id: int | None = None


@dataclass(frozen=True, slots=True)
class CaseGroup:
    """Past troubles of people the reader may not see, at least five together. `cycle_id` None: of several cycles.
    `low`, `high` and `weeks` are means over those who recovered, None where fewer than five did."""

    cycle_id: int | None
    cycle_code: str
    cycle_name: str
    people: int
    recovered: int
    low: Decimal | None
    high: Decimal | None
    weeks: Decimal | None


@dataclass(frozen=True, slots=True)
class ScriptRow:
    """A script of the library. `uses` counts packs in which it was chosen, `ended` those of them whose end is recorded,
    `turned` those of these whose light turned green. `fits` says that it is for the cause assumed."""

    id: int
    title: str
    text: str
    metric_id: int | None
    metric_name: str
    cause: Cause | None
    file_name: str
    number: int
    writer_name: str
    changed_at: datetime
    uses: int
    ended: int
    turned: int
    is_retired: bool = False
    fits: bool = False


@dataclass(frozen=True, slots=True)
class HelperRow:
    """Somebody green at this metric for weeks now. `is_offered`: they said that they may be named."""

    person_id: int
    name: str
    unit_name: str
    completion: Decimal | None
    is_offered: bool


@dataclass(frozen=True, slots=True)
class TeamRow:
    """Another unit that does well at this metric: of `people` measured (at least five) `green` are green."""

    unit_id: int
    name: str
    head_id: int
    head_name: str
    people: int
    green: int


@dataclass(frozen=True, slots=True)
class ActRow:
    """Something chosen."""

    id: int
    kind: ActKind
    state: ActState
    text: str
    person_id: int
    person_name: str
    due_on: date
    reason: str
    script_id: int | None
    chosen_at: datetime
    chosen_by_name: str
    answered_at: datetime | None
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in (ActState.ASKED, ActState.AGREED)


@dataclass(frozen=True, slots=True)
class PackRow:
    """A pack with what was chosen; `acts` is empty in lists, where `chosen` and `done` count."""

    id: int
    goal_id: int
    goal_title: str
    person_id: int | None
    unit_id: int | None
    owner_name: str
    metric_name: str
    keeper_id: int | None
    keeper_name: str
    trouble_on: date
    weeks: int
    state: PackState
    cause: Cause | None
    hypothesis: str
    opened_at: datetime
    light_before: Light
    completion_before: Decimal | None
    before_on: date
    watch_until: date | None
    closed_at: datetime | None
    outcome: PackOutcome | None
    light_after: Light | None
    completion_after: Decimal | None
    after_on: date | None
    run_id: int | None
    acts: tuple[ActRow, ...] = ()
    chosen: int = 0
    done: int = 0

    @property
    def is_open(self) -> bool:
        """Whether its end is still to be recorded."""
        return self.state is not PackState.CLOSED


@dataclass(frozen=True, slots=True)
class Help:
    """What can be offered for one goal, and what was chosen already. For the one whose goal it is only `pack` is
    filled: others' troubles are not theirs to read."""

    goal_id: int
    side: HelpSide
    pack: PackRow | None
    cases: tuple[CaseRow, ...] = ()
    groups: tuple[CaseGroup, ...] = ()
    scripts: tuple[ScriptRow, ...] = ()
    helpers: tuple[HelperRow, ...] = ()
    teams: tuple[TeamRow, ...] = ()

    @property
    def may_choose(self) -> bool:
        """Whether the reader decides what is done."""
        return self.side is HelpSide.CHOOSES

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be offered."""
        return not (self.cases or self.groups or self.scripts or self.helpers or self.teams)
