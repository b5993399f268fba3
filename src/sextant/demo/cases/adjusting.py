"""校调 for many: each asks with a reason, whoever leads them reads what the data say, both sign."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from django.conf import settings

from sextant.demo.cases.company import CaseGoal
from sextant.demo.cases.loading import CaseFolder
from sextant.demo.cast import PASSWORD
from sextant.demo.contracts import DemoRefused
from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.accounts.queries import find_user_id
from sextant.goals.access import visible_adjustments
from sextant.goals.actions.adjustment_signing import OfferReading, sign_adjustment
from sextant.goals.actions.adjustments import ask_adjustment
from sextant.goals.actions.signing import Hand
from sextant.goals.policy.adjustment import Wish
from sextant.goals.queries import find_goal_id
from sextant.goals.queries.adjusted_text import adjusted_digest
from sextant.goals.queries.adjustments import list_adjustments
from sextant.people.actions import link_account
from sextant.people.queries import names_of_persons, resolve_persons

REASON = "对手从第五周起买一送一，进货量掉了一成多，附周报"
ASKED_AT, ANSWERED_AT = time(10), time(16)


def adjust(goals: Sequence[tuple[CaseGoal, str]], *, folder: CaseFolder, share: Decimal, on: date) -> None:
    """Let the owner of each goal ask for `share` of its base on the day `on`, and both sides sign; beside each goal
    the number of who answers for the company. Their accounts are opened where there are none."""
    numbers = {one for goal, lead in goals for one in (goal.owner, lead)}
    actors = _sign_in(sorted(numbers), folder=folder)
    for goal, lead in goals:
        base = (goal.base * share).quantize(Decimal("0.1"))
        stretch = (base * Decimal("1.15")).quantize(Decimal("0.1"))
        asked_at = datetime.combine(on, ASKED_AT, tzinfo=settings.SEXTANT_ZONE)
        wish = Wish({"base": base, "stretch": stretch}, note=REASON)
        goal_id = find_goal_id(goal.code)
        if goal_id is None:
            raise DemoRefused(f"{goal.code} is not there")
        owner = actors[goal.owner]
        request_id = ask_adjustment(goal_id, wish=wish, actor=owner, now=asked_at)
        answered_at = datetime.combine(on, ANSWERED_AT, tzinfo=settings.SEXTANT_ZONE)
        for signer in (owner, actors[lead]):
            _sign(request_id, goal.code, signer=signer, now=answered_at)


def _sign(request_id: int, code: str, *, signer: Actor, now: datetime) -> None:
    (row,) = list_adjustments(visible_adjustments(signer, on=now.date()).filter(id=request_id))
    reading = OfferReading(row.steps[-1].number, adjusted_digest(row, plan=None, code=code))
    hand = Hand(signer.label, PASSWORD, "Chrome · Windows", None)
    sign_adjustment(request_id, reading=reading, hand=hand, actor=signer, now=now)


def _sign_in(numbers: Sequence[str], *, folder: CaseFolder) -> dict[str, Actor]:
    """Each of them with an account of their own, by number."""
    found = resolve_persons(numbers, by="number")
    names = names_of_persons([one for one in found.values() if one is not None])
    actors = {}
    for number, person_id in found.items():
        if person_id is None:
            raise DemoRefused(f"{number} is not on the roster")
        username, name = number.lower(), names[person_id]
        user_id = find_user_id(username)
        if user_id is None:
            roles = [Role.EMPLOYEE]
            user_id = create_account(
                username, password=PASSWORD, name=name, roles=roles, actor=folder.actor, now=folder.now
            )
        link_account(person_id, user_id=user_id, actor=folder.actor, now=folder.now)
        actors[number] = Actor(user_id, person_id, frozenset({Role.EMPLOYEE}), name)
    return actors
