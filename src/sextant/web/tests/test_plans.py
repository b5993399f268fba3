"""One owner's goals as a whole."""

from decimal import Decimal

import pytest

from sextant.engines.values import Light
from sextant.goals.contracts import GoalState
from sextant.goals.models import Goal
from sextant.goals.tests.makers import make_goal, make_standing
from sextant.metrics.tests.makers import make_metric
from sextant.people.tests.makers import make_person
from sextant.web.queries.goals import list_lines, most_urgent
from sextant.web.queries.plans import plan_of


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
