"""One goal to many: who gets it, who is left as they are, at what cost."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.engines.agreement import GoalTerms, read_terms
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.cascade import PushOrder, preview_push, push_goal
from sextant.goals.contracts import GoalState, PlanState, Side
from sextant.goals.models import Alignment, Cycle, Goal, GoalPosition, Plan, PlanTemplate, PlanTemplateVersion
from sextant.goals.policy.cascade import Recipient, Verdict
from sextant.goals.tests.makers import NOW, make_cycle, make_goal
from sextant.goals.tests.plan_makers import make_template
from sextant.metrics.models import Metric
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person, Unit
from sextant.people.tests.makers import make_person, make_unit
from tests.cast import make_cast

pytestmark = pytest.mark.django_db

TODAY = date(2026, 1, 5)
HR = Actor(None, None, frozenset({Role.HR}), "HR")


class Company:
    """A company with a region below it, its head, and `size` people in the region who report to the head."""

    def __init__(self, size: int = 3) -> None:
        self.metric: Metric = make_metric()
        self.cycle: Cycle = make_cycle()
        self.template = PlanTemplateVersion.objects.get(template_id=make_template())
        company = make_unit(name="公司")
        self.boss: Person = make_person(name="周总", unit=company, is_head=True)
        self.region: Unit = make_unit(name="东区", parent=company)
        self.head: Person = make_person(name="林主管", unit=self.region, is_head=True)
        self.people = [make_person(name=f"员工{n}", unit=self.region, manager=self.head) for n in range(size)]
        self.goal = make_goal(owner=self.region, metric=self.metric, base=Decimal(900), title="东区回款")

    def actor(self, person: Person) -> Actor:
        return Actor(None, person.pk, frozenset({Role.EMPLOYEE}), person.name)

    def order(self, *recipients: Recipient, **changes: object) -> PushOrder:
        terms = GoalTerms("回款", "kpi", metric=self.metric.code, base=Decimal(300))
        values = {"supports_id": self.goal.pk, "how": "承担东区的客户", "terms": terms, **changes}
        recipients = recipients or tuple(Recipient(person_id=one.pk) for one in self.people)
        return PushOrder(cycle_id=self.cycle.pk, recipients=recipients, **values)  # type: ignore[arg-type]


def push(told: Company, order: PushOrder, *, actor: Actor | None = None):  # type: ignore[no-untyped-def]
    return push_goal(order, actor=actor or told.actor(told.head), now=NOW, today=TODAY)


def test_everyone_below_gets_the_goal_as_the_companys_position_in_a_draft_plan() -> None:
    told = Company()
    first, second, third = told.people
    has = make_goal(owner=first, metric=told.metric, title="已有的回款")
    older = make_goal(owner=third, metric=None, title="从文件来的目标", dimension="results", weight=Decimal(20))
    stranger = make_person(name="外人", unit=make_unit(name="别的公司"))
    order = told.order(
        *(Recipient(person_id=one.pk) for one in (first, second, stranger, told.head)),
        Recipient(person_id=third.pk, base=Decimal("310.5")),
        Recipient(person_id=10**9),
    )
    verdicts = [Verdict.HAS_GOAL, Verdict.NEW, Verdict.OUT_OF_LINE, Verdict.OUT_OF_LINE, Verdict.NEW]
    seen = preview_push(order, actor=told.actor(told.head), today=TODAY)
    assert [line.verdict for line in seen] == verdicts
    assert [(line.place.name, line.adopts) for line in seen] == [("", 0), ("业绩", 0), ("", 0), ("", 0), ("业绩", 1)]
    proposed = preview_push(replace(order, weight=Decimal(15)), actor=told.actor(told.head), today=TODAY)
    assert [line.place.weight for line in proposed if line.place.dimension] == [Decimal(15), Decimal(15)]
    assert Plan.objects.count() == 0

    done = push(told, order)
    assert [line.verdict for line in done.lines] == verdicts
    assert done.lines[0].goal_id == has.pk
    goals = [Goal.objects.get(id=done.goal_ids[one.pk, None]) for one in (second, third)]
    assert [(one.base, one.state, one.parent_id) for one in goals] == [
        (Decimal(300), GoalState.DRAFT, told.goal.pk),
        (Decimal("310.5"), GoalState.DRAFT, told.goal.pk),
    ]
    for goal in goals:
        (position,) = GoalPosition.objects.filter(goal=goal)
        assert position.side == Side.COUNTERPART
        assert position.by_person_id == told.head.pk
        assert read_terms(position.terms).base == goal.base
        # the first dimension of the template that takes the kind, with what is left of its 70 per cent
        assert (goal.dimension, goal.weight) == ("results", 50 if goal.owner_person_id == third.pk else 70)
        assert read_terms(position.terms).weight == goal.weight
        plan = goal.plan
        assert plan is not None
        assert (plan.state, plan.counterpart_id, plan.revision) == (PlanState.DRAFT, told.head.pk, 1)
        assert [one["goal"] for one in plan.revisions.get().changes] == [goal.pk]
    assert set(Alignment.objects.filter(child__in=goals).values_list("how", "is_primary")) == {("承担东区的客户", True)}
    # what an owner has already joins the plan that was opened, agreed by both sides
    older.refresh_from_db()
    assert older.plan_id == goals[1].plan_id
    assert set(GoalPosition.objects.filter(goal=older).values_list("side", flat=True)) == set(Side)

    entry = AuditEntry.objects.get(verb="push_goal")
    assert entry.changes["goals"] == sorted(done.goal_ids.values()) and entry.changes["left"] == 3
    again = push(told, order)
    assert again.goal_ids == {}
    assert {line.verdict for line in again.lines} == {Verdict.HAS_GOAL, Verdict.OUT_OF_LINE}


def test_a_settled_plan_is_left_alone_and_a_unit_is_answered_by_the_head_above() -> None:
    told = Company(1)
    (person,) = told.people
    times = {"created_at": NOW, "updated_at": NOW}
    Plan.objects.create(
        owner_person=person,
        cycle=told.cycle,
        template_version=told.template,
        state=PlanState.SIGNED,
        **times,
    )
    other = make_metric("拜访量")
    terms = GoalTerms("拜访", "kpi", metric=other.code, base=Decimal(10))
    order = told.order(Recipient(person_id=person.pk), Recipient(unit_id=told.region.pk), terms=terms)
    by_head = preview_push(order, actor=told.actor(told.head), today=TODAY)
    assert [line.verdict for line in by_head] == [Verdict.SETTLED, Verdict.OUT_OF_LINE]
    done = push(told, order, actor=told.actor(told.boss))
    assert [line.verdict for line in done.lines] == [Verdict.SETTLED, Verdict.NEW]
    assert Plan.objects.get(owner_unit=told.region).counterpart_id == told.boss.pk


def test_what_cannot_be_pushed_is_refused_before_anything_is_written() -> None:
    told = Company(1)
    outsider = told.actor(make_person(name="外人", unit=make_unit(name="别的公司")))
    with pytest.raises(AccessDenied):
        push(told, told.order(), actor=outsider)
    for order, code in (
        (told.order(terms=GoalTerms("回款", "kpi", metric="没有", base=Decimal(1))), "goals.metric_unknown"),
        (told.order(terms=GoalTerms(" ", "kpi")), "goals.title_missing"),
        (told.order(terms=GoalTerms("回款", "kpi", metric=told.metric.code, base=Decimal(0))), "goal.base_zero"),
        (PushOrder(told.cycle.pk, told.order().terms, ()), "cascade.nobody"),
    ):
        with pytest.raises(GoalRefused) as refused:
            push(told, order)
        assert code in [one.code for one in refused.value.problems]
    assert not Plan.objects.exists()
    PlanTemplate.objects.update(is_retired=True)
    assert [line.verdict for line in push(told, told.order()).lines] == [Verdict.NO_TEMPLATE]


def test_forty_cost_as_many_statements_as_four() -> None:
    told = Company(44)
    counts = []
    for people in (told.people[:4], told.people[4:]):
        order = told.order(*(Recipient(person_id=one.pk) for one in people))
        with CaptureQueriesContext(connection) as queries:
            done = push(told, order, actor=HR)
        assert len(done.goal_ids) == len(people)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 35


def test_the_page_shows_who_would_get_the_goal_before_it_goes_out(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    make_template()
    cast = make_cast()
    client = Client()
    cast.sign_in(client, "manager")
    team = Unit.objects.get(id=cast.objects["own_unit"])
    cycle = Cycle.objects.get(id=cast.objects["cycle"])
    goal = make_goal(owner=team, metric=make_metric("回款额"), cycle=cycle, title="一组回款")
    address = reverse("goals:push", args=[goal.pk])
    assert client.get(address).status_code == 200
    fields = {"title": "回款", "base": "30", "role": "", "people": ""}
    seen = client.post(address, {**fields, "preview": "1"}).content.decode()
    assert (
        "李员工" in seen
        and seen.count("会收到") == 1
        and "权重 70%" in seen
        and "为 1 个对象新建方案" in seen
        and "下发给 1 个对象" in seen
    )
    assert (
        "找不到：没有人"
        in client.post(address, {**fields, "people": "没有人、李员工", "preview": "1"}).content.decode()
    )
    assert client.post(address, {**fields, "base": "0", "preview": "1"}).status_code == 422
    assert client.post(address, {**fields, "people": "王外人", "preview": "1"}).content.decode().count("会收到") == 0
    assert not Plan.objects.filter(cycle=cycle).exists()
    assert client.post(address, fields).status_code == 302
    assert [one.title for one in Goal.objects.filter(parent=goal)] == ["回款"]
