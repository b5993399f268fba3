"""变动说明: what a movement decided, as one text that stands beside the contracts it touches and never changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sextant.engines.agreement import canonical_text, hash_of, plain
from sextant.foundation.access.contracts import Actor
from sextant.goals.actions.moved_goals import Change
from sextant.goals.contracts.movement import MoveCase, MoveOrder
from sextant.goals.models import Contract
from sextant.people.models import Person

FORMAT = "sextant.movement/1"


@dataclass(frozen=True, slots=True)
class Paper:
    """The canonical text and its SHA-256."""

    content: str
    digest: str


def write_addendum(
    order: MoveOrder, case: MoveCase, changes: Sequence[Change], *, actor: Actor, now: datetime
) -> Paper:
    """The text: who moved when and why, the contracts it adds to, and every goal with its terms before, after, and with
    the successor (null where there is none). Two queries."""
    successors = [one.successor for one in changes if one.successor]
    ids = {order.person_id, *(one.owner_person_id for one in successors if one.owner_person_id)}
    people = {one.pk: {"number": one.number, "name": one.name} for one in Person.objects.filter(id__in=ids)}
    plan_ids = {one.id for one in case.plans} | {one.plan_id for one in successors if one.plan_id}
    contracts = Contract.objects.filter(plan_id__in=plan_ids).order_by("number", "version")
    content = canonical_text(
        {
            "format": FORMAT,
            "person": people[order.person_id],
            "cause": order.cause.value,
            "on": order.on.isoformat(),
            "until_on": order.until_on.isoformat() if order.until_on else None,
            "note": order.note.strip(),
            "decided_by": actor.label,
            "decided_at": now.isoformat(),
            "contracts": [list(one) for one in contracts.values_list("number", "version", "digest")],
            "goals": [_goal(one, people) for one in changes],
        }
    )
    return Paper(content, hash_of(content))


def _goal(change: Change, people: dict[int, dict[str, str]]) -> dict[str, object]:
    successor = change.successor
    return {
        "code": change.goal.code,
        "decision": change.decision.value,
        "before": plain(change.before),
        "after": plain(change.after) if change.after else None,
        "successor": {**people[successor.owner_person_id or 0], "code": successor.code} if successor else None,
        "rest": plain(change.rest) if change.rest else None,
    }
