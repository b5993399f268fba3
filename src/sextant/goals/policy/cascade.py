"""Goals pushed down to many: what becomes of each recipient, and who answers for the company in a new plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sextant.goals.contracts import PlanState


class Verdict(StrEnum):
    """What a push does for one recipient; only `NEW` gets a goal."""

    NEW = "new"
    HAS_GOAL = "has_goal"
    SETTLED = "settled"
    OUT_OF_LINE = "out_of_line"
    NO_TEMPLATE = "no_template"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is to get a goal: exactly one of person and unit. `base` is their own target, None = that of the push."""

    person_id: int | None = None
    unit_id: int | None = None
    base: Decimal | None = None

    @property
    def owner(self) -> tuple[int | None, int | None]:
        """The key by which plans and goals name their owner."""
        return (self.person_id, self.unit_id)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as the search for a counterpart needs it."""

    parent_id: int | None
    head_id: int | None


WRITABLE = frozenset({PlanState.DRAFT, PlanState.DISCUSSION})


def decide_verdict(*, is_in_line: bool, has_goal: bool, plan_state: PlanState | None, has_template: bool) -> Verdict:
    """What becomes of one recipient. `plan_state` None = no plan yet: one is opened if there is a template for it. What
    was proposed or signed is not written into behind the owner's back.

    >>> decide_verdict(is_in_line=True, has_goal=False, plan_state=PlanState.SIGNED, has_template=True).value
    'settled'
    """
    if not is_in_line:
        return Verdict.OUT_OF_LINE
    if has_goal:
        return Verdict.HAS_GOAL
    if plan_state is None:
        return Verdict.NEW if has_template else Verdict.NO_TEMPLATE
    return Verdict.NEW if plan_state in WRITABLE else Verdict.SETTLED


def choose_counterpart(
    owner_id: int | None, *, manager_id: int | None, unit_id: int | None, places: Mapping[int, Place]
) -> int | None:
    """Who answers for the company in a plan: the manager on the solid line; without one the head of the nearest unit
    from `unit_id` upwards who is somebody else than `owner_id`; None at the very top. For a unit's plan pass its head
    and the unit above it.

    >>> places = {1: Place(None, 10), 2: Place(1, 20)}
    >>> choose_counterpart(20, manager_id=None, unit_id=2, places=places)
    10
    """
    if manager_id is not None:
        return manager_id
    while unit_id is not None and unit_id in places:
        head = places[unit_id].head_id
        if head is not None and head != owner_id:
            return head
        unit_id = places[unit_id].parent_id
    return None
