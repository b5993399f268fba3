"""Two people at one plan in the same instant: one is first, the other is told, and nothing is lost."""

from decimal import Decimal

import pytest

from sextant.goals.actions.plan_opening import open_plan
from sextant.goals.actions.plans import propose_plan
from sextant.goals.actions.positions import accept_positions, save_goal_position
from sextant.goals.contracts import RevisionIsStale
from sextant.goals.models import Plan, PlanRevision
from sextant.goals.queries.plans import list_plan_goals
from sextant.goals.tests.makers import make_cycle
from sextant.goals.tests.plan_makers import NOW, SYSTEM, kpi, make_pair, task
from tests.at_once import at_once


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_at_once_one_is_told_what_the_other_wrote():
    pair = make_pair()
    plan_id = pair.plan.id
    goal_id = save_goal_position(plan_id, goal_id=None, terms=task(), revision=0, actor=pair.as_owner, now=NOW).goal_id

    def save(actor, weight):
        return lambda: save_goal_position(
            plan_id, goal_id=goal_id, terms=task(weight=Decimal(weight)), revision=1, actor=actor, now=NOW
        )

    found = at_once(save(pair.as_owner, 20), save(pair.as_manager, 25))
    stale = [one for one in found if isinstance(one, RevisionIsStale)]
    assert len(stale) == 1 and len(found) == 2
    (change,) = stale[0].since[0].changes
    assert (change["field"], change["new"]) in {("weight", "20"), ("weight", "25")}
    assert list(PlanRevision.objects.order_by("number").values_list("number", flat=True)) == [1, 2]

    # a proposal and a save on the same revision: never a proposal of a text that changed under it
    def revision():
        return Plan.objects.get(id=plan_id).revision

    made = save_goal_position(
        plan_id, goal_id=None, terms=kpi(pair.metric), revision=2, actor=pair.as_owner, now=NOW
    ).goal_id
    save_goal_position(plan_id, goal_id=goal_id, terms=task(), revision=revision(), actor=pair.as_owner, now=NOW)
    Plan.objects.filter(id=plan_id).update(state="discussion")
    accept_positions(plan_id, goal_ids=[goal_id, made], revision=revision(), actor=pair.as_manager, now=NOW)
    last = revision()
    at_once(
        lambda: propose_plan(plan_id, revision=last, actor=pair.as_manager, now=NOW),
        lambda: save_goal_position(
            plan_id, goal_id=goal_id, terms=task(weight=Decimal(10)), revision=last, actor=pair.as_owner, now=NOW
        ),
    )
    plan = Plan.objects.get(id=plan_id)
    assert (plan.state == "proposed") == all(goal.is_agreed for goal in list_plan_goals(plan_id))
    assert plan.revision == last + 1

    # two open one plan: both are led to the same
    cycle = make_cycle(
        "2026Q3", from_on=NOW.date().replace(month=7, day=1), until_on=NOW.date().replace(month=10, day=1)
    )
    opened = at_once(
        *(lambda: open_plan(owner_person_id=pair.owner.id, cycle_id=cycle.id, actor=SYSTEM, now=NOW) for _ in range(2))
    )
    assert len(set(opened)) == 1
