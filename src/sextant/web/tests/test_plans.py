"""One owner's goals as a whole."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from sextant.engines.values import Light
from sextant.goals.contracts import GoalKind, GoalState, ProgressFrom
from sextant.goals.models import Goal
from sextant.goals.models.plans import Plan, ProgressNote
from sextant.goals.tests.makers import make_goal, make_standing
from sextant.goals.tests.plan_makers import NOW, make_pair
from sextant.metrics.tests.makers import make_metric
from sextant.people.tests.makers import make_person
from sextant.web.queries.goals import list_lines, most_urgent
from sextant.web.queries.plans import plan_of
from sextant.web.tests.makers import client_of, make_account


@pytest.mark.django_db
def test_a_suspended_goal_leaves_the_sums_and_glows_for_nobody() -> None:
    owner = make_person()
    judged, suspended = (make_goal(owner=owner, metric=make_metric(), weight=Decimal(50)) for _ in range(2))
    make_standing(judged, Light.YELLOW)
    make_standing(suspended, Light.RED)
    Goal.objects.filter(id=suspended.pk).update(state=GoalState.SUSPENDED)
    plan = plan_of(list_lines(Goal.objects.all()))
    assert [line.is_suspended for line in sorted(plan.lines, key=lambda line: line.id)] == [False, True]
    assert (plan.worst and plan.worst.id, plan.counts.red, plan.missing) == (judged.pk, 0, ())
    assert [goal.pk for goal in most_urgent(Goal.objects.all(), limit=5)] == [judged.pk]


@pytest.mark.django_db
def test_workbench_person_and_plan_pages_say_the_same_score(django_assert_max_num_queries) -> None:
    """Half a cycle's goal, one nobody measures, one nobody told of, and what stands beside them."""
    pair = make_pair()
    middle = pair.cycle.from_on + timedelta(days=45)
    common = {"owner": pair.owner, "cycle": pair.cycle, "plan_id": pair.plan.pk}
    whole = make_goal(metric=make_metric(), weight=Decimal(40), **common)
    half = make_goal(metric=make_metric(), weight=Decimal(30), until_on=middle, **common)
    told = make_goal(metric=None, kind=GoalKind.GS, weight=Decimal(20), **common)
    make_goal(metric=None, kind=GoalKind.GS, weight=Decimal(10), **common)
    bonus = make_goal(metric=None, kind=GoalKind.BONUS, weight=Decimal(0), base=Decimal(5), title="救火", **common)
    make_goal(metric=None, kind=GoalKind.VETO, weight=Decimal(0), base=Decimal(20), title="红线", **common)
    make_standing(whole, Light.GREEN, score=Decimal(80))
    make_standing(half, Light.RED, score=Decimal(20))
    Goal.objects.filter(plan_id=pair.plan.pk, metric=None).update(progress_from=ProgressFrom.TYPED)
    for goal, ratio in ((told, "0.5"), (bonus, "1")):
        said = {"on": pair.cycle.from_on, "ratio": Decimal(ratio), "evidence": "见附件", "at": NOW}
        ProgressNote.objects.create(goal=goal, number=1, **said)
    # beside the plan: seen, not scored
    make_standing(
        make_goal(owner=pair.owner, metric=make_metric(), weight=Decimal(90)), Light.GREEN, score=Decimal(100)
    )
    Plan.objects.filter(id=pair.plan.pk).update(state="running")

    client = client_of(make_account(pair.owner))
    with django_assert_max_num_queries(15):
        workbench = client.get("/")
    with django_assert_max_num_queries(15):
        person = client.get(reverse("web:person", args=[pair.owner.pk]))
    plan = client.get(reverse("goals:plan", args=[pair.plan.pk]))
    score = plan.context["score"].score
    # (40·80 + 15·20 + 20·50) / 75 + 5
    assert (score.points, score.coverage) == (Decimal("65.000000"), Decimal("0.882353"))
    for page in (workbench.context["page"].own, person.context["page"].plan):
        assert (page.points, page.coverage) == (score.points, score.coverage)
    text = workbench.content.decode()
    assert all(word in text for word in ("65.0", "加分", "一票否决", "5 分", "20 分"))
    assert "65.0" in plan.content.decode() and "65.0" in person.content.decode()
