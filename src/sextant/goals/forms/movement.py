"""The guided step as it comes from a page: a decision a goal, the day, and the state of things it was read on."""

from collections.abc import Mapping, Sequence
from datetime import date

from sextant.engines.movement import Cause, Decision
from sextant.goals.contracts.movement import GoalChoice, MoveCase, MoveOrder


def read_cause(text: str | None) -> Cause | None:
    """A cause from an address or a form; None for anything else."""
    return Cause(text) if text in tuple(Cause) else None


def read_day(text: str | None) -> date | None:
    """A day as a date field sends it; None for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def read_order(posted: Mapping[str, str], case: MoveCase) -> MoveOrder:
    """What the page asks for. A goal without a readable choice is left out: the policy says that it is undecided."""
    choices = {goal.id: found for goal in case.goals if (found := _choice(posted, goal.id)) is not None}
    return MoveOrder(
        person_id=case.person_id,
        cause=case.cause,
        on=case.on,
        choices=choices,
        fingerprint=posted.get("fingerprint", ""),
        last_id=_number(posted.get("last")) or 0,
        until_on=read_day(posted.get("until_on")) if case.cause is Cause.LEAVE else None,
        note=posted.get("note", "").strip(),
    )


def first_order(case: MoveCase, *, successor_ids: Sequence[int]) -> MoveOrder:
    """What the page begins with: everything as proposed, handed to the first of those who are offered."""
    first = successor_ids[0] if successor_ids else None
    choices = {
        goal.id: GoalChoice(goal.proposal.decision, first if goal.proposal.decision.needs_successor else None)
        for goal in case.goals
    }
    return MoveOrder(case.person_id, case.cause, case.on, choices, case.fingerprint, case.last_id)


def _choice(posted: Mapping[str, str], goal_id: int) -> GoalChoice | None:
    decision = posted.get(f"decision-{goal_id}")
    if decision not in tuple(Decision):
        return None
    return GoalChoice(Decision(decision), _number(posted.get(f"successor-{goal_id}")))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
