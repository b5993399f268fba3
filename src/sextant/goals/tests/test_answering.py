"""Plans that wait for the one who answers for the company, and units nobody answers for."""

import pytest
from django.urls import reverse

from sextant.foundation.access.contracts import Role
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.plan_opening import open_plan
from sextant.goals.actions.plans import name_counterpart, return_to_discussion
from sextant.goals.contracts import PlanState, Side
from sextant.goals.models import Plan
from sextant.goals.queries.answering import plans_to_answer, tell_plans_to_answer
from sextant.goals.tests.agreement_makers import at, make_proposed, sign
from sextant.goals.tests.plan_makers import NOW, SYSTEM, Pair, employee
from sextant.goals.tests.test_plan_pages import read, sign_in
from sextant.people.models import Person
from sextant.people.tests.makers import make_person


@pytest.fixture
def pair(db: None, monkeypatch: pytest.MonkeyPatch) -> Pair:
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    return make_proposed()


def test_who_answers_sees_whose_turn_it_is_and_the_way_to_the_table(pair: Pair) -> None:
    def turn() -> list[tuple[PlanState, bool]]:
        found = plans_to_answer(pair.manager.pk, on=NOW.date()).select_related("cycle", "owner_person", "owner_unit")
        return [(one.state, one.is_turn) for one in tell_plans_to_answer(found)]

    def wrote_last(side: Side) -> None:
        actor = pair.as_owner if side is Side.OWNER else pair.as_manager
        return_to_discussion(pair.plan.pk, revision=at(pair), actor=actor, now=NOW)

    assert turn() == [(PlanState.PROPOSED, True)]
    sign(pair, employee(pair.manager))
    assert turn() == [(PlanState.PROPOSED, False)], "the owner signs next"
    wrote_last(Side.OWNER)
    assert turn() == [(PlanState.DISCUSSION, True)]
    Plan.objects.filter(id=pair.plan.pk).update(state=PlanState.PROPOSED)
    assert turn() == [(PlanState.PROPOSED, True)], "a signature of an older revision is none"
    wrote_last(Side.COUNTERPART)
    assert turn() == [(PlanState.DISCUSSION, False)]
    assert not plans_to_answer(pair.manager.pk, on=pair.cycle.until_on).exists()

    manager = Person.objects.get(pk=pair.manager.pk)
    for number in range(11):
        rep = make_person(f"同事{number}", unit=pair.unit, manager=manager)
        plan_id = open_plan(owner_person_id=rep.pk, cycle_id=pair.cycle.pk, actor=employee(rep), now=NOW)
        Plan.objects.filter(id=plan_id).update(state=PlanState.PROPOSED)
    client, told = sign_in(pair.stranger), "等我答复或签署的方案"
    assert told not in read(client, "goals:plans")
    client.force_login(manager.user)
    first = read(client, "goals:plans")
    assert told in first and "同事9" in first and "同事10" not in first
    own = open_plan(owner_person_id=manager.pk, cycle_id=pair.cycle.pk, actor=employee(manager), now=NOW)
    second = read(client, "goals:plan", own, answering="2")
    assert told in second and reverse("goals:negotiate", args=[pair.plan.pk]) in second, "it waits for the other: last"


def test_a_unit_whose_counterpart_has_left_is_told_to_hr_and_to_the_head_above(pair: Pair) -> None:
    company = pair.unit.parent
    gone, chief = make_person("前总经理", unit=company), make_person("韩总", unit=company, is_head=True)
    plan_id = open_plan(owner_unit_id=pair.unit.pk, cycle_id=pair.cycle.pk, actor=employee(pair.manager), now=NOW)
    Plan.objects.filter(id=plan_id).update(counterpart=gone, state=PlanState.RUNNING)
    hr, above, head, other = sign_in(None, Role.HR), sign_in(chief), sign_in(pair.manager), sign_in(pair.stranger)
    told, link = "没有人代表公司的单位", reverse("goals:plan", args=[plan_id])
    assert told not in read(hr, "goals:movements")
    with pytest.raises(GoalRefused):
        name_counterpart(plan_id, person_id=chief.pk, actor=SYSTEM, now=NOW)  # who is there is not replaced once signed
    Person.objects.filter(pk=gone.pk).update(left_on=NOW.date())
    assert told in read(hr, "goals:movements") and link in read(hr, "goals:movements")
    assert told in read(above, "goals:movements") and "苏南区" in read(above, "goals:movements")
    assert told not in read(other, "goals:movements") and told not in read(head, "goals:movements")

    assert reverse("goals:plan_counterpart", args=[plan_id]) in read(hr, "goals:plan", plan_id)
    done = hr.post(reverse("goals:plan_counterpart", args=[plan_id]), {"person": chief.number}, follow=True)
    assert "契约不变" in done.content.decode()
    kept = Plan.objects.get(id=plan_id)
    assert (kept.counterpart_id, kept.state) == (chief.pk, PlanState.RUNNING)
    assert told not in read(hr, "goals:movements")
    assert reverse("goals:plan_counterpart", args=[plan_id]) not in read(hr, "goals:plan", plan_id)
