"""A plan from the empty draft to what may be signed: who writes what, what is refused, what is kept."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from sextant.foundation.access.contracts import AccessDenied
from sextant.foundation.audit.models import AuditEntry
from sextant.goals.access import side_of, visible_plans
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plan_opening import open_plan
from sextant.goals.actions.plans import name_counterpart, propose_plan, return_to_discussion, start_discussion
from sextant.goals.actions.positions import accept_positions, drop_goal, save_goal_position
from sextant.goals.contracts import GoalState, PlanState, RevisionIsStale, Side
from sextant.goals.models import Goal, Plan, PlanRevision
from sextant.goals.queries import count_running_goals, write_goal_specs
from sextant.goals.queries.plans import list_plan_goals, list_revisions
from sextant.goals.tests.makers import make_goal
from sextant.goals.tests.plan_makers import NOW, SYSTEM, Pair, employee, kpi, make_pair, make_template, task
from sextant.people.tests.makers import make_person, make_unit

TODAY = NOW.date()


@pytest.fixture
def pair(db: None) -> Pair:
    return make_pair()


def save(pair, terms, *, by, goal_id=None, revision=None):
    at = Plan.objects.get(id=pair.plan.id).revision if revision is None else revision
    return save_goal_position(pair.plan.id, goal_id=goal_id, terms=terms, revision=at, actor=by, now=NOW)


def codes(refused):
    return [problem.code for problem in refused.value.problems]


def test_two_sides_come_to_one_text_and_propose_it(pair, tmp_path: Path):
    plan_id = pair.plan.id
    assert (pair.plan.counterpart, pair.plan.state) == (pair.manager, PlanState.DRAFT)
    first = save(pair, kpi(pair.metric, base=Decimal(400)), by=pair.as_owner)
    second = save(pair, task(), by=pair.as_owner)
    assert (first.revision, second.revision) == (1, 2)
    # a draft is on the map and in nobody's figures
    assert set(Goal.objects.values_list("state", flat=True)) == {GoalState.DRAFT}
    write_goal_specs(tmp_path / "goals.csv", as_of=TODAY)
    assert count_running_goals(as_of=TODAY) == 0 and len((tmp_path / "goals.csv").read_text().splitlines()) == 1
    # the same text again is no new save
    assert not save(pair, task(), by=pair.as_owner, goal_id=second.goal_id).has_changed

    with pytest.raises(GoalRefused) as refused:
        start_discussion(plan_id, revision=2, actor=pair.as_manager, now=NOW)
    assert codes(refused) == ["plan.start_is_the_owners"]
    start_discussion(plan_id, revision=2, actor=pair.as_owner, now=NOW)
    save(pair, kpi(pair.metric), by=pair.as_manager, goal_id=first.goal_id)
    goal = list_plan_goals(plan_id)[0]
    assert (goal.terms(Side.OWNER).base, goal.terms(Side.COUNTERPART).base) == (400, 420)
    assert Goal.objects.get(id=first.goal_id).base == 420, "the row says the latest text"
    assert list_revisions(plan_id)[0].changes == ({"goal": first.goal_id, "field": "base", "old": "400", "new": "420"},)

    with pytest.raises(GoalRefused) as refused:
        propose_plan(plan_id, revision=4, actor=pair.as_owner, now=NOW)
    assert refused.value.problems[0].params == {"n": 2}
    accept_positions(plan_id, goal_ids=[first.goal_id], revision=4, actor=pair.as_owner, now=NOW)
    accept_positions(plan_id, goal_ids=[second.goal_id], revision=5, actor=pair.as_manager, now=NOW)
    assert all(goal.is_agreed for goal in list_plan_goals(plan_id))
    assert propose_plan(plan_id, revision=6, actor=pair.as_manager, now=NOW) == 7
    with pytest.raises(GoalRefused) as refused:
        save(pair, task(), by=pair.as_owner, goal_id=second.goal_id)
    assert codes(refused) == ["plan.state"]
    return_to_discussion(plan_id, revision=7, actor=pair.as_owner, now=NOW)
    assert Plan.objects.get(id=plan_id).state == PlanState.DISCUSSION
    assert [one.number for one in list_revisions(plan_id)] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert "420" not in str(AuditEntry.objects.filter(object_kind="plan").values_list("changes", flat=True))


def test_what_never_could_be_judged_is_refused_and_what_is_unfinished_is_kept(pair):
    for terms, code in (
        (kpi(pair.metric, base=Decimal(0), stretch=None), "goal.base_zero"),
        (kpi(pair.metric, stretch=Decimal(300)), "goal.stretch_not_beyond_base"),
        (kpi(pair.metric, weight=Decimal(101)), "goals.weight_range"),
        (kpi(pair.metric, title=" "), "plan.title_missing"),
        (replace(kpi(pair.metric), metric="no.such"), "goals.metric_unknown"),
    ):
        with pytest.raises(GoalRefused) as refused:
            save(pair, terms, by=pair.as_owner)
        assert codes(refused) == [code]
    assert (Goal.objects.count(), Plan.objects.get(id=pair.plan.id).revision) == (0, 0)
    saved = save(pair, kpi(pair.metric, base=None, stretch=None, weight=Decimal(0)), by=pair.as_owner)
    assert Goal.objects.get(id=saved.goal_id).metric == pair.metric
    with pytest.raises(GoalRefused) as refused:
        save(pair, kpi(pair.metric), by=pair.as_owner)
    assert codes(refused) == ["plan.metric_promised"]


def test_a_save_on_an_older_revision_is_refused_with_what_came_between(pair):
    saved = save(pair, task(), by=pair.as_owner)
    save(pair, task(weight=Decimal(20)), by=pair.as_manager, goal_id=saved.goal_id)
    with pytest.raises(RevisionIsStale) as stale:
        save(pair, task(title="晚了"), by=pair.as_owner, goal_id=saved.goal_id, revision=1)
    assert stale.value.revision == 2
    assert [(one.number, one.by_name, one.changes[0]["field"]) for one in stale.value.since] == [
        (2, "林清越", "weight")
    ]
    assert not PlanRevision.objects.filter(number=3).exists()


def test_a_goal_goes_when_both_sides_want_it_gone(pair):
    mine, theirs = save(pair, task(), by=pair.as_owner), save(pair, kpi(pair.metric), by=pair.as_owner)
    drop_goal(pair.plan.id, goal_id=mine.goal_id, revision=2, actor=pair.as_owner, now=NOW)
    assert Goal.objects.get(id=mine.goal_id).state == GoalState.DROPPED, "the other side never spoke of it"
    save(pair, kpi(pair.metric), by=pair.as_manager, goal_id=theirs.goal_id)
    drop_goal(pair.plan.id, goal_id=theirs.goal_id, revision=4, actor=pair.as_manager, now=NOW)
    assert Goal.objects.get(id=theirs.goal_id).state == GoalState.DRAFT
    accept_positions(pair.plan.id, goal_ids=[theirs.goal_id], revision=5, actor=pair.as_owner, now=NOW)
    assert Goal.objects.get(id=theirs.goal_id).state == GoalState.DROPPED
    # what was dropped is no promise: the metric is free again
    assert save(pair, kpi(pair.metric), by=pair.as_owner).has_changed


def test_goals_from_a_file_join_the_plan_agreed_and_their_rows_change_by_signature_alone(pair):
    owner = make_person("何书瑶", unit=pair.unit, manager=pair.manager)
    imported = make_goal(owner=owner, metric=pair.metric, weight=Decimal(100))
    plan_id = open_plan(owner_person_id=owner.id, cycle_id=pair.cycle.id, actor=pair.as_manager, now=NOW)
    assert open_plan(owner_person_id=owner.id, cycle_id=pair.cycle.id, actor=SYSTEM, now=NOW) == plan_id
    goal = list_plan_goals(plan_id)[0]
    assert (goal.id, goal.state, goal.is_agreed) == (imported.id, GoalState.RUNNING, True)
    changed = replace(goal.terms(Side.OWNER), base=Decimal(120))
    save_goal_position(plan_id, goal_id=goal.id, terms=changed, revision=0, actor=employee(owner), now=NOW)
    assert Goal.objects.get(id=imported.id).base == 100 and not list_plan_goals(plan_id)[0].is_agreed


def test_steps_keep_the_day_they_were_done(pair):
    from sextant.engines.agreement import GoalTerms, StepTerms

    steps = (StepTerms("立项", Decimal(40)), StepTerms("上线", Decimal(60)))
    terms = GoalTerms("系统上线", "milestone", dimension="tasks", weight=Decimal(30), milestones=steps)
    saved = save(pair, terms, by=pair.as_owner)
    goal = Goal.objects.get(id=saved.goal_id)
    goal.milestones.filter(title="立项").update(done_on=TODAY)
    save(pair, replace(terms, milestones=(steps[0], StepTerms("验收", Decimal(60)))), by=pair.as_owner, goal_id=goal.id)
    assert list(goal.milestones.order_by("position").values_list("title", "done_on")) == [
        ("立项", TODAY),
        ("验收", None),
    ]


def test_who_sees_and_who_writes(pair):
    head = make_person("周以宁", unit=pair.unit.parent, is_head=True)
    unit_plan = open_plan(owner_unit_id=pair.unit.id, cycle_id=pair.cycle.id, actor=pair.as_manager, now=NOW)
    found = Plan.objects.get(id=unit_plan)
    assert found.counterpart == head, "the head of the unit above"
    assert side_of(pair.as_manager, found, on=TODAY) is Side.OWNER
    assert side_of(employee(head), found, on=TODAY) is Side.COUNTERPART
    seen = {who: set(visible_plans(actor, on=TODAY).values_list("id", flat=True)) for who, actor in _cast(pair, head)}
    assert seen == {
        "owner": {pair.plan.id},  # not what the head of their unit still argues about
        "manager": {pair.plan.id, unit_plan},
        "head": {pair.plan.id, unit_plan},
        "stranger": set(),
    }
    Plan.objects.filter(id=unit_plan).update(state=PlanState.RUNNING)
    assert unit_plan in visible_plans(pair.as_owner, on=TODAY).values_list("id", flat=True)
    with pytest.raises(AccessDenied):  # above the line: reads, and speaks for nobody
        save(pair, task(), by=employee(head))
    for owner in ({"owner_person_id": pair.manager.id}, {"owner_unit_id": pair.unit.id}):
        with pytest.raises(AccessDenied):
            open_plan(**owner, cycle_id=pair.cycle.id, actor=employee(pair.stranger), now=NOW)
    with pytest.raises(GoalRefused) as refused:
        name_counterpart(pair.plan.id, person_id=pair.owner.id, actor=SYSTEM, now=NOW)
    assert codes(refused) == ["plan.own_counterpart"]
    name_counterpart(pair.plan.id, person_id=head.id, actor=SYSTEM, now=NOW)
    assert side_of(pair.as_manager, Plan.objects.get(id=pair.plan.id), on=TODAY) is None


def _cast(pair, head):
    yield "owner", pair.as_owner
    yield "manager", pair.as_manager
    yield "head", employee(head)
    yield "stranger", employee(pair.stranger)


def test_the_database_itself_refuses_what_cannot_be(pair):
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(id=pair.plan.id).update(counterpart=pair.owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.create(
            owner_person=pair.owner,
            cycle=pair.cycle,
            template_version=pair.plan.template_version,
            created_at=NOW,
            updated_at=NOW,
        )
    save(pair, task(), by=pair.as_owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanRevision.objects.update(changes=[])


def test_the_template_made_for_the_post_is_taken(pair):
    make_template("sales", role_families=["客户经理"])
    make_template("units", role_families=["unit"])
    other = make_person("唐予安", unit=pair.unit, manager=pair.manager, title="高级客户经理")
    found = {
        name: Plan.objects.get(id=open_plan(**owner, cycle_id=pair.cycle.id, actor=SYSTEM, now=NOW))
        for name, owner in (
            ("rep", {"owner_person_id": other.id}),
            ("unit", {"owner_unit_id": make_unit("新区").id}),
            ("head", {"owner_person_id": pair.manager.id}),
        )
    }
    assert {name: plan.template_version.template.code for name, plan in found.items()} == {
        "rep": "sales",
        "unit": "units",
        "head": pair.plan.template_version.template.code,
    }
