"""Where somebody stands to a goal: it is theirs, or they stand above whoever owns it."""

from datetime import date

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import may
from sextant.goals.models import Goal
from sextant.people.contracts import LineKind
from sextant.people.models import Post
from sextant.people.queries import list_report_ids, list_subtree_ids, list_unit_chain, list_units


def owns_goal(person_id: int, goal: Goal, *, on: date) -> bool:
    """Whether the goal is this person's own, or that of a unit they head on the day. At most two queries."""
    if goal.owner_unit_id is None:
        return goal.owner_person_id == person_id
    return any(unit.head_id == person_id for unit in list_units(on=on, ids=[goal.owner_unit_id]))


def stands_above_goal(person_id: int, goal: Goal, *, on: date) -> bool:
    """Whether the goal belongs to somebody below this person, on a solid or a dotted line, or to a unit below one they
    head. The head's own unit is their own goal: somebody above answers for it. At most three queries."""
    if goal.owner_person_id is not None:
        return goal.owner_person_id in list_report_ids(person_id, on=on, kinds=(LineKind.SOLID, LineKind.DOTTED))
    assert goal.owner_unit_id is not None  # the database holds exactly one owner
    above = [unit.id for unit in list_unit_chain(goal.owner_unit_id) if unit.id != goal.owner_unit_id]
    return any(unit.head_id == person_id for unit in list_units(on=on, ids=above))


def speaks_for_owner(actor: Actor, goal: Goal, *, on: date) -> bool:
    """Whether the actor may say what became of the goal: it is theirs, or of somebody they lead on solid lines, or of a
    unit they head or one below it. At most two queries."""
    if actor.person_id is None:
        return False
    if goal.owner_person_id is not None:
        if goal.owner_person_id == actor.person_id:
            return True
        return goal.owner_person_id in list_report_ids(actor.person_id, on=on)
    headed = Post.objects.filter(person_id=actor.person_id, is_head=True, valid_from__lte=on)
    ids = headed.exclude(valid_until__lte=on).values_list("unit_id", flat=True)
    return goal.owner_unit_id in list_subtree_ids(ids, on=on)


def answers_for(actor: Actor, goal: Goal, *, on: date) -> bool:
    """Whether the actor has a say in what becomes of the goal: its owner, whoever stands above them, HR. At most five
    queries."""
    if may(actor, Permission.PLAN_MANAGE):
        return True
    person_id = actor.person_id
    return person_id is not None and (owns_goal(person_id, goal, on=on) or stands_above_goal(person_id, goal, on=on))
