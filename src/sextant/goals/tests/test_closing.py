"""结束方案: after the cycle and the days for what comes late, what was agreed is over, and stays readable as it was."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.foundation.events.models import Event
from sextant.goals import jobs
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.alignment import may_align
from sextant.goals.actions.closing import close_due_plans, close_plans, set_closing_days
from sextant.goals.actions.manual_light import may_set_light
from sextant.goals.actions.plan_opening import open_plan
from sextant.goals.actions.plans import name_counterpart
from sextant.goals.actions.suspension import suspend_goal
from sextant.goals.contracts import GoalState, PlanState
from sextant.goals.models import Contract, Cycle, Goal, Plan, PlanRevision, Suspension
from sextant.goals.queries import count_running_goals
from sextant.goals.queries.closing import preview_closing
from sextant.goals.queries.plan_score import score_of_plan
from sextant.goals.queries.specs import spec_of
from sextant.goals.queries.told import progress_of_goals
from sextant.goals.tests.adjustment_makers import Adjusted, ask
from sextant.goals.tests.agreement_makers import make_signed
from sextant.goals.tests.makers import make_goal, make_standing
from sextant.goals.tests.plan_makers import NOW, SYSTEM, Pair, employee
from sextant.goals.tests.test_plan_pages import read, sign_in
from sextant.metrics.models import Standing
from sextant.metrics.tests.makers import make_metric

DURING = datetime(2026, 2, 20, 2, 0, tzinfo=UTC)
EARLY, LATE = datetime(2026, 4, 10, 2, 0, tzinfo=UTC), datetime(2026, 4, 11, 2, 0, tzinfo=UTC)


@pytest.fixture
def pair(db: None, monkeypatch: pytest.MonkeyPatch) -> Pair:
    """A running plan of a measured goal, green, and a task, in a cycle that is over; the team's plan is a draft."""
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    pair = make_signed()
    make_standing(Goal.objects.get(plan=pair.plan, metric=pair.metric), Light.GREEN)
    open_plan(owner_unit_id=pair.unit.pk, cycle_id=pair.cycle.pk, actor=employee(pair.manager), now=NOW)
    monkeypatch.setenv("SEXTANT_NOW", LATE.isoformat())
    return pair


def test_a_cycle_that_is_over_closes_its_signed_plans_once_and_nothing_else(pair: Pair) -> None:
    figure, work = Goal.objects.filter(plan=pair.plan).order_by("id")
    loose = make_goal(owner=pair.stranger, metric=make_metric("客户数"), cycle=pair.cycle)
    suspend_goal(work.pk, weeks=2, reason="等设备", actor=SYSTEM, now=DURING)
    before = preview_closing(pair.cycle)
    assert (before.on, before.plans, before.goals, before.suspended, before.unsigned) == (LATE.date(), 1, 2, 1, 1)
    assert before.without_value == 1, "nobody has told anything of the task"
    contract, standing, spec = Contract.objects.values().get(), Standing.objects.values().get(), spec_of(figure.pk)
    running = count_running_goals(as_of=DURING.date())

    with pytest.raises(AccessDenied):
        close_plans(pair.cycle.pk, actor=pair.as_manager, now=LATE)
    with pytest.raises(GoalRefused) as refused:
        close_plans(pair.cycle.pk, actor=SYSTEM, now=EARLY)
    assert refused.value.problems[0].params == {"on": date(2026, 4, 11)}
    assert close_due_plans(actor=SYSTEM, now=EARLY) == 0
    jobs.close_due_plans(timestamp=0)
    assert close_plans(pair.cycle.pk, actor=SYSTEM, now=LATE) == 0, "the night has done it"

    assert {*Plan.objects.values_list("owner_unit_id", "state")} == {
        (None, PlanState.CLOSED),
        (pair.unit.pk, PlanState.DRAFT),
    }
    assert {*Goal.objects.filter(plan=pair.plan).values_list("state", flat=True)} == {GoalState.CLOSED}
    loose.refresh_from_db()
    assert loose.state == GoalState.RUNNING
    assert Suspension.objects.get().ended_on == DURING.date() + timedelta(weeks=2), "the days agreed, not a day more"
    assert PlanRevision.objects.filter(plan=pair.plan).latest("number").changes[-1]["new"] == PlanState.CLOSED
    assert AuditEntry.objects.filter(verb__in=["close_plan", "close_plans"]).count() == 2
    assert Contract.objects.values().get() == contract
    after = preview_closing(pair.cycle)
    assert (after.plans, after.closed, after.goals, after.unsigned) == (0, 1, 0, 1)

    assert Standing.objects.values().get() == standing and spec_of(figure.pk) == spec
    assert count_running_goals(as_of=DURING.date()) == running - 1, "no run looks at it again"
    score = score_of_plan(Plan.objects.select_related("cycle").get(id=pair.plan.pk))
    assert score is not None and score.ratios[figure.pk] == Standing.objects.get().attainment
    figure.refresh_from_db()
    assert not may_set_light(SYSTEM, figure, on=LATE.date()) and not may_align(pair.as_owner, figure, on=LATE.date())
    with pytest.raises(GoalRefused):
        name_counterpart(pair.plan.pk, person_id=pair.stranger.pk, actor=SYSTEM, now=LATE)


def test_a_goal_above_keeps_what_closed_goals_came_to(pair: Pair) -> None:
    figure = Goal.objects.get(plan=pair.plan, metric=pair.metric)
    above = make_goal(owner=pair.unit, metric=None, cycle=pair.cycle, progress_from="children")
    Goal.objects.filter(id=figure.pk).update(parent=above)
    before = progress_of_goals([above.pk])
    assert before[above.pk] is not None
    close_plans(pair.cycle.pk, actor=SYSTEM, now=LATE)
    assert progress_of_goals([above.pk]) == before


def test_a_request_without_an_answer_expires_with_the_plan(pair: Pair) -> None:
    request_id = ask(Adjusted(pair, Goal.objects.get(plan=pair.plan, metric=pair.metric), approver=SYSTEM))
    assert preview_closing(pair.cycle).asked == 1
    close_plans(pair.cycle.pk, actor=SYSTEM, now=LATE)
    assert preview_closing(pair.cycle).asked == 0
    assert AuditEntry.objects.filter(verb="adjustment_expire", object_id=str(request_id)).exists()
    assert not Event.objects.filter(code="goal.adjusted").exists()


def test_hr_sees_what_would_be_closed_waits_shorter_and_closes(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    hr, url = sign_in(None, Role.HR), reverse("goals:cycle_close", args=[pair.cycle.pk])
    monkeypatch.setenv("SEXTANT_NOW", EARLY.isoformat())
    assert url in read(hr, "goals:cycles")
    page = read(hr, "goals:cycle_close", pair.cycle.pk)
    assert 'value="close"' not in page and pair.unit.name in page
    assert "才能结束" in hr.post(url, {"act": "close"}, follow=True).content.decode()
    assert "1 到 30 天" in hr.post(url, {"act": "days", "days": "31"}, follow=True).content.decode()
    hr.post(url, {"act": "days", "days": "5"})
    assert Cycle.objects.get(id=pair.cycle.pk).closing_days == 5
    assert 'value="close"' in read(hr, "goals:cycle_close", pair.cycle.pk)
    assert "已结束 1 份方案" in hr.post(url, {"act": "close"}, follow=True).content.decode()
    assert hr.get(reverse("goals:cycle_close", args=[10**9])).status_code == 404
    with pytest.raises(GoalRefused):
        set_closing_days(pair.cycle.pk, days=0, actor=SYSTEM, now=LATE)

    figure = Goal.objects.get(plan=pair.plan, metric=pair.metric)
    plan = read(hr, "goals:plan", pair.plan.pk)
    assert "方案得分" in plan and "新目标" not in plan
    assert "SX-2026Q1-0001" in read(hr, "goals:contract", pair.plan.pk)
    assert read(hr, "goals:negotiate", pair.plan.pk)
    detail = read(hr, "goals:detail", figure.pk)
    assert "正常" in detail and reverse("goals:explain", args=[figure.pk]) in detail
    assert read(hr, "goals:explain", figure.pk, queries=30)
