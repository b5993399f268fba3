"""Last cycle's goals copied for a whole branch, and reminders of plans that wait."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.foundation.access.contracts import Role
from sextant.foundation.notices.models import Notice
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.copying import CopyOrder, copy_goals, preview_copy
from sextant.goals.actions.reminding import remind_plans
from sextant.goals.contracts import GoalState, PlanState, Side
from sextant.goals.models import Alignment, Goal, Milestone, Plan, PlanReminder, PlanTemplateVersion
from sextant.goals.policy.cascade import Recipient
from sextant.goals.queries.copying import owners_within
from sextant.goals.queries.waiting import list_waiting, open_plans_below
from sextant.goals.tests.agreement_makers import make_proposed, sign
from sextant.goals.tests.makers import make_cycle, make_goal
from sextant.goals.tests.plan_makers import NOW, employee
from sextant.goals.tests.test_cascade import HR, Company
from sextant.goals.tests.test_plan_pages import read, sign_in
from sextant.metrics.tests.makers import make_metric
from sextant.people.tests.makers import make_person, make_unit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 12)


def next_cycle():
    return make_cycle("2026Q2", from_on=date(2026, 4, 1), until_on=date(2026, 7, 1))


def fill(told: Company, *people) -> None:
    """Each has a figure that supports the region's, a rate, and a milestone goal due in March."""
    rate = make_metric("按时率", aggregation="mean", decimals=2)
    for person in people:
        own = make_goal(owner=person, metric=told.metric, base=Decimal(425), parent=told.goal, title="回款")
        Alignment.objects.filter(child=own).update(how="跟进客户", contribution=Decimal(30))
        make_goal(owner=person, metric=rate, base=Decimal("0.95"), stretch=None)
        work = make_goal(owner=person, metric=None, kind="milestone", title="装机", due_on=date(2026, 3, 18))
        Milestone.objects.create(goal=work, position=0, title="第一家", points=100, due_on=date(2026, 2, 1))


def test_a_branch_gets_last_cycles_goals_as_drafts_in_as_many_statements_as_one_person():
    told = Company(size=4)
    fill(told, *told.people[:3])
    first, second, third, _fourth = told.people
    Goal.objects.filter(owner_person=third).update(until_on=date(2026, 2, 1))  # handed over in between
    cycle = next_cycle()
    settled = Plan.objects.create(
        owner_person=second,
        cycle=cycle,
        template_version=told.template,
        state="running",
        created_at=NOW,
        updated_at=NOW,
    )
    owners = owners_within([told.region.pk], on=TODAY)
    order = CopyOrder(told.cycle.pk, cycle.pk, owners, Decimal(110))
    seen = preview_copy(order, actor=told.actor(told.boss), today=TODAY)
    assert {(one.line.name, one.line.verdict.value, len(one.goals)) for one in seen} == {
        ("东区", "new", 1),
        ("员工0", "new", 3),
        ("员工1", "settled", 3),
    }
    assert not Goal.objects.filter(cycle=cycle).exists()
    with CaptureQueriesContext(connection) as spent:
        copy_goals(order, actor=told.actor(told.boss), now=NOW, today=TODAY)
    made = {goal.title: goal for goal in Goal.objects.filter(cycle=cycle, owner_person=first)}
    region = Goal.objects.get(cycle=cycle, owner_unit=told.region)
    assert all(goal.state == GoalState.DRAFT and goal.plan is not None for goal in made.values())
    # 425 × 110 % = 467.5, half up to the metric's places; a rate is no amount
    assert sorted(goal.base or 0 for goal in made.values()) == [0, Decimal("0.95"), 468]
    assert region.base == 990
    work = made["装机"]
    assert work.due_on == date(2026, 6, 16) and work.milestones.get().due_on == date(2026, 5, 2)
    link = Alignment.objects.get(child=made["回款"])
    assert (link.parent_id, link.how, link.contribution) == (region.pk, "跟进客户", Decimal(30))
    position = made["回款"].positions.get()
    assert position.side == Side.COUNTERPART and position.terms["base"] == "468"
    assert made["回款"].plan.revisions.get().changes[0]["field"] == "title"
    assert settled.goals.count() == 0

    copy_goals(order, actor=told.actor(told.boss), now=NOW, today=TODAY)
    assert Goal.objects.filter(cycle=cycle).count() == 4, "doing it again makes nothing"
    more = [make_person(f"新人{n}", unit=told.region, manager=told.head) for n in range(12)]
    fill(told, *more)
    again = CopyOrder(told.cycle.pk, cycle.pk, owners_within([told.region.pk], on=TODAY), Decimal(110))
    with CaptureQueriesContext(connection) as later:
        copy_goals(again, actor=HR, now=NOW, today=TODAY)
    assert Goal.objects.filter(cycle=cycle).count() == 4 + 36
    assert len(later) <= len(spent) <= 60, (len(spent), len(later))


def test_who_may_copy_whom_and_what_is_refused():
    told = Company(size=1)
    fill(told, *told.people)
    cycle, outsider = next_cycle(), make_person("外人", unit=make_unit("别处"))
    owners = [Recipient(person_id=told.people[0].pk)]

    def refused(**changes) -> str:
        values = {
            "former_id": told.cycle.pk,
            "cycle_id": cycle.pk,
            "owners": owners,
            "percent": Decimal(100),
            **changes,
        }
        with pytest.raises(GoalRefused) as found:
            copy_goals(CopyOrder(**values), actor=HR, now=NOW, today=TODAY)
        return found.value.problems[0].code

    assert refused(former_id=cycle.pk) == "copy.same_cycle"
    assert refused(percent=Decimal(0)) == "copy.percent"
    assert refused(owners=[]) == "copy.nobody"
    (line,) = copy_goals(CopyOrder(told.cycle.pk, cycle.pk, owners), actor=employee(outsider), now=NOW, today=TODAY)
    assert line.line.verdict.value == "out_of_line" and not Plan.objects.filter(cycle=cycle).exists()


def test_the_page_of_a_copy_looks_before_it_copies(monkeypatch):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    told = Company(size=2)
    fill(told, *told.people)
    cycle, client = next_cycle(), sign_in(told.head)
    assert "东区" in read(client, "goals:copy")
    sent = {"former": told.cycle.pk, "cycle": cycle.pk, "people": "员工0、没有这个人", "percent": "100"}
    url = reverse("goals:copy")
    page = client.post(url, {**sent, "preview": "1"}).content.decode()
    assert "3 个目标" in page and "没有这个人" in page and not Goal.objects.filter(cycle=cycle).exists()
    assert client.post(url, sent).status_code == 302
    assert Goal.objects.filter(cycle=cycle).count() == 3
    assert client.post(url, {**sent, "percent": "0"}).status_code == 422


def test_reminders_go_to_who_is_next_and_at_most_once_a_day(monkeypatch):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    pair = make_proposed()
    draft = Plan.objects.create(
        owner_person=make_person("吴起草", unit=pair.unit, manager=pair.manager),
        cycle=pair.cycle,
        template_version=PlanTemplateVersion.objects.get(),
        counterpart=pair.manager,
        created_at=NOW,
        updated_at=NOW - timedelta(days=3),
    )
    sign(pair, employee(pair.owner))
    plans = open_plans_below(HR, on=TODAY).select_related("cycle", "owner_person", "owner_unit").order_by("id")
    waits = {one.id: [name for _, name in one.persons] for one in list_waiting(list(plans), on=TODAY)}
    assert waits == {pair.plan.pk: ["林清越"], draft.pk: ["吴起草"]}, "the owner has signed, a draft is its owner's"

    hr = sign_in(None, Role.HR)
    page = read(hr, "goals:waiting")
    assert page.index("吴起草") < page.index("沈亦舟"), "what stands still the longest comes first"
    assert "吴起草" not in read(hr, "goals:waiting", state=PlanState.PROPOSED.value)
    hr.post(reverse("goals:remind"), {"plan": [pair.plan.pk, draft.pk]})
    assert PlanReminder.objects.count() == 2
    assert Notice.objects.filter(code="goals.plan_waiting").count() == 2
    done = remind_plans([pair.plan.pk, draft.pk], actor=HR, now=NOW + timedelta(hours=3))
    assert (done.plans, done.people, done.left) == (0, 0, 2)
    assert remind_plans([draft.pk], actor=HR, now=NOW + timedelta(days=1)).people == 1
    # nobody reminds of plans that are not theirs to see to, nor themselves
    assert remind_plans([draft.pk], actor=employee(pair.stranger), now=NOW + timedelta(days=2)).plans == 0
    assert remind_plans([pair.plan.pk], actor=employee(pair.manager), now=NOW + timedelta(days=2)).plans == 0
