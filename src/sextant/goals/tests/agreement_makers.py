"""A plan both sides wrote alike, and people who can sign it."""

from django.contrib.auth.hashers import make_password

from sextant.foundation.access.contracts import Actor
from sextant.foundation.accounts.models import User
from sextant.goals.access import PLAN_PARTS
from sextant.goals.actions.plans import propose_plan, start_discussion
from sextant.goals.actions.positions import accept_positions, save_goal_position
from sextant.goals.actions.signing import Hand, Reading, sign_plan
from sextant.goals.contracts import PlanState, Signed
from sextant.goals.models import Plan
from sextant.goals.queries.contracts import plan_digest_now
from sextant.goals.queries.plans import list_plan_goals
from sextant.goals.tests.plan_makers import NOW, Pair, employee, kpi, make_pair, task

PASSWORD = "correct horse battery"


def make_signers(pair: Pair) -> None:
    """Accounts for both sides of the plan; the password is `PASSWORD`."""
    for person in (pair.owner, pair.manager):
        person.user = User.objects.create(
            username=person.number, name=person.name, password=make_password(PASSWORD), created_at=NOW
        )
        person.save()


def make_proposed() -> Pair:
    """A plan of two goals, proposed, with accounts for both."""
    pair = make_pair()
    make_signers(pair)
    for terms in (kpi(pair.metric), task()):
        save_goal_position(pair.plan.id, goal_id=None, terms=terms, revision=at(pair), actor=pair.as_owner, now=NOW)
    start_discussion(pair.plan.id, revision=at(pair), actor=pair.as_owner, now=NOW)
    propose(pair)
    return pair


def propose(pair: Pair) -> None:
    """The company takes over what the owner wrote, and proposes."""
    ids = [goal.id for goal in list_plan_goals(pair.plan.id)]
    accept_positions(pair.plan.id, goal_ids=ids, revision=at(pair), actor=pair.as_manager, now=NOW)
    propose_plan(pair.plan.id, revision=at(pair), actor=pair.as_manager, now=NOW)


def at(pair: Pair) -> int:
    """The plan's revision now."""
    return Plan.objects.get(id=pair.plan.id).revision


def read(pair: Pair) -> Reading:
    """What a page would show now."""
    plan = Plan.objects.select_related(*PLAN_PARTS).get(id=pair.plan.id)
    return Reading(plan.revision, plan_digest_now(plan))


def sign(pair: Pair, actor: Actor, *, reading: Reading | None = None, **changes: str) -> Signed:
    """Sign as the actor, with the right name and password unless changed."""
    hand = Hand(
        **{"typed_name": actor.label, "password": PASSWORD, "device": "Chrome · Windows", **changes}, address=None
    )
    return sign_plan(pair.plan.id, reading=reading or read(pair), hand=hand, actor=actor, now=NOW)


def make_signed() -> Pair:
    """A plan signed by both: it runs."""
    pair = make_proposed()
    sign(pair, employee(pair.owner))
    sign(pair, employee(pair.manager))
    assert Plan.objects.get(id=pair.plan.id).state == PlanState.RUNNING
    return pair
