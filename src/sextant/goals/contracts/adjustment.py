"""Adjustment 校调: a target that is negotiated anew while it runs, as pages and neighbours read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sextant.goals.contracts.plans import Side


class AdjustmentState(StrEnum):
    """Where a request is on its way. `asked` and `countered`: an offer stands and may be answered or signed; `waiting`:
    both have signed, somebody who is neither side has yet to approve the exception; `agreed`: its day has yet to come;
    `in_force`: it counts. The others are ends without a change."""

    ASKED = "asked"
    COUNTERED = "countered"
    WAITING = "waiting"
    AGREED = "agreed"
    IN_FORCE = "in_force"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        """Whether somebody may still answer, sign or approve."""
        return self in OPEN_ADJUSTMENTS

    @property
    def is_agreed(self) -> bool:
        """Whether the change was agreed, be its day here or yet to come."""
        return self in AGREED_ADJUSTMENTS


OPEN_ADJUSTMENTS = (AdjustmentState.ASKED, AdjustmentState.COUNTERED, AdjustmentState.WAITING)
AGREED_ADJUSTMENTS = (AdjustmentState.AGREED, AdjustmentState.IN_FORCE)


class AdjustmentAct(StrEnum):
    """What was done to a request."""

    ASK = "ask"
    COUNTER = "counter"
    SIGN = "sign"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    DECLINE = "decline"
    EXPIRE = "expire"
    TAKE_EFFECT = "take_effect"


class AdjustmentException(StrEnum):
    """Why a change needs somebody else's consent beside that of both sides."""

    WINDOW = "window"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class AdjustmentStepRow:
    """One thing done to a request. `side` None: by nobody who speaks for a side. `terms` is the whole text of the goal
    an offer wants, `changes` what of it differs from the text in force, `effective_on` None: from the day both have
    signed; all three only of offers."""

    number: int
    act: AdjustmentAct
    side: Side | None
    by_name: str
    at: datetime
    note: str
    terms: dict[str, Any] | None
    changes: tuple[dict[str, Any], ...]
    effective_on: date | None


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A file somebody attached, with what it shows in a few words."""

    id: int
    file_id: int
    name: str
    note: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """A request with its standing offer. `before` is the text of the goal when it was asked for, `offer` the step that
    stands (the last one that says what the goal is to become). `exceptions` empty: within window and elasticity.
    `use` is the share of the elasticity an agreed change took, None before. `signed` are the sides whose signature
    is under the offer; whether it still counts, the digest decides. `owner_ids` and `counterpart_ids` are the persons
    who speak for the sides, () where nobody does."""

    id: int
    goal_id: int
    plan_id: int | None
    goal_title: str
    owner_name: str
    side: Side
    asked_by: str
    asked_at: datetime
    state: AdjustmentState
    reason: str
    before: dict[str, Any]
    offer: AdjustmentStepRow
    exceptions: tuple[AdjustmentException, ...]
    exception_reason: str
    expires_on: date
    approver_name: str
    effective_on: date | None
    use: Decimal | None
    suggestion: Mapping[str, Any]
    steps: tuple[AdjustmentStepRow, ...]
    owner_ids: frozenset[int] = frozenset()
    counterpart_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class TargetRow:
    """What a goal was measured against from a day on. `request_id` None: as it was first agreed."""

    goal_id: int
    from_on: date
    until_on: date
    base: Decimal | None
    stretch: Decimal | None
    start: Decimal | None
    range_low: Decimal | None
    range_high: Decimal | None
    tolerance: Decimal | None
    request_id: int | None


class AdjustmentMoved(Exception):
    """Somebody was faster: an answer was given to an offer that no longer stands. Nothing was done. `since` is what
    was done meanwhile, oldest first."""

    def __init__(self, since: tuple[AdjustmentStepRow, ...]) -> None:
        super().__init__([one.number for one in since])
        self.since = since
