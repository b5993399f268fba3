"""Aligning goals: links, the primary one, circles, who may."""

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.engines.alignment import Code as Marked
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.alignment import align, may_align, unalign
from sextant.goals.contracts import GoalKind
from sextant.goals.messages.alignment import MARKS, SENTENCES, say_alignment
from sextant.goals.models import Goal
from sextant.goals.models.alignment import Alignment
from sextant.goals.queries.alignment import edges_upwards, list_supporters, list_supports
from sextant.goals.queries.marks import read_marks, report_alignment
from sextant.goals.queries.scope import not_aligned
from sextant.goals.tests.makers import NOW, make_cycle, make_goal
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Unit
from sextant.people.tests.makers import make_person, make_unit
from tests.cast import make_cast

TODAY = date(2026, 1, 5)
HR = Actor(None, None, frozenset({Role.HR}), "HR")


def links(goal: Goal) -> list[tuple[int, bool, str]]:
    found = Alignment.objects.filter(child=goal).order_by("parent_id")
    return [(one.parent_id, one.is_primary, one.how) for one in found]


def put(child: Goal, parent: Goal, *, actor: Actor = HR, how: str = "", **changes: object) -> None:
    terms = {"contribution": None, "as_primary": False, **changes}
    align(goal_id=child.pk, parent_id=parent.pk, how=how, actor=actor, now=NOW, today=TODAY, **terms)  # type: ignore[arg-type]


def take(child: Goal, parent: Goal, *, actor: Actor = HR) -> bool:
    return unalign(goal_id=child.pk, parent_id=parent.pk, actor=actor, now=NOW, today=TODAY)


class Company:
    """A company, two teams with a head and a member each, and a goal of everyone."""

    def __init__(self) -> None:
        metric = make_metric()
        self.company = make_unit(name="公司")
        self.east, self.west = make_unit(name="东区", parent=self.company), make_unit(name="西区", parent=self.company)
        self.head = make_person(name="林主管", unit=self.east, is_head=True)
        self.rep = make_person(name="沈员工", unit=self.east, manager=self.head)
        self.other = make_person(name="韩外人", unit=self.west)
        self.top = make_goal(owner=self.company, metric=metric, base=Decimal(100))
        self.east_goal = make_goal(owner=self.east, metric=metric, base=Decimal(70), parent=self.top)
        self.west_goal = make_goal(owner=self.west, metric=metric, base=Decimal(50), parent=self.top)
        self.rep_goal = make_goal(owner=self.rep, metric=metric, base=Decimal(70))

    def actor(self, person) -> Actor:  # type: ignore[no-untyped-def]
        return Actor(None, person.pk, frozenset({Role.EMPLOYEE}), person.name)


@pytest.mark.django_db
def test_the_primary_link_follows_the_parent_whoever_writes_it() -> None:
    told = Company()
    rep = told.rep_goal
    assert links(told.east_goal) == [(told.top.pk, True, "")]
    put(rep, told.east_goal, how=" 承担苏州的客户 ", contribution=Decimal(40))
    put(rep, told.top, how="大客户")
    rep.refresh_from_db()
    assert rep.parent_id == told.east_goal.pk
    assert links(rep) == [(told.top.pk, False, "大客户"), (told.east_goal.pk, True, "承担苏州的客户")]

    put(rep, told.top, how="大客户", as_primary=True)
    rep.refresh_from_db()
    assert rep.parent_id == told.top.pk
    assert links(rep) == [(told.top.pk, True, "大客户"), (told.east_goal.pk, False, "承担苏州的客户")]

    # an import knows of one parent alone: it moves the goal, what else it supports stays
    Goal.objects.bulk_update([Goal(id=rep.pk, parent=told.west_goal)], ["parent"])
    assert links(rep) == [(told.east_goal.pk, False, "承担苏州的客户"), (told.west_goal.pk, True, "")]
    Goal.objects.filter(id=rep.pk).update(parent=told.east_goal)
    assert links(rep) == [(told.east_goal.pk, True, "承担苏州的客户")]

    put(rep, told.west_goal, contribution=Decimal(5))
    assert take(rep, told.east_goal)
    assert not take(rep, told.east_goal)
    rep.refresh_from_db()
    assert (rep.parent_id, links(rep)) == (told.west_goal.pk, [(told.west_goal.pk, True, "")])
    assert take(rep, told.west_goal)
    rep.refresh_from_db()
    assert (rep.parent_id, links(rep)) == (None, [])
    verbs = AuditEntry.objects.filter(object_kind="goal", object_id=str(rep.pk)).order_by("id")
    assert [one.verb for one in verbs] == ["align", "align", "align", "align", "unalign", "unalign"]


@pytest.mark.django_db
def test_what_makes_no_sense_is_refused_with_the_way_round() -> None:
    told = Company()
    later = make_cycle("2027", from_on=date(2027, 1, 1), until_on=date(2028, 1, 1))
    apart = make_goal(owner=told.company, metric=None, cycle=later)
    put(told.rep_goal, told.east_goal)
    for child, parent, contribution, code in (
        (told.top, told.rep_goal, None, "alignment.closes_circle"),
        (told.top, told.top, None, "alignment.itself"),
        (told.rep_goal, apart, None, "alignment.apart"),
        (told.rep_goal, told.west_goal, Decimal(101), "alignment.contribution_range"),
    ):
        with pytest.raises(GoalRefused) as refused:
            put(child, parent, contribution=contribution)
        assert [one.code for one in refused.value.problems] == [code]
    with pytest.raises(GoalRefused) as refused:
        put(told.top, told.rep_goal)
    path = (told.rep_goal.pk, told.east_goal.pk, told.top.pk)
    assert refused.value.problems[0].params["path"] == path
    titles = {told.rep_goal.pk: "甲", told.top.pk: "丙"}
    assert "甲 → 受限目标 → 丙" in say_alignment(refused.value.problems[0], titles)


@pytest.mark.django_db
def test_owner_manager_and_hr_may_align_to_what_they_see_and_nobody_else() -> None:
    told = Company()
    rep, head, other = told.actor(told.rep), told.actor(told.head), told.actor(told.other)
    assert [may_align(who, told.rep_goal, on=TODAY) for who in (rep, head, HR, other)] == [True, True, True, False]
    assert [may_align(who, told.east_goal, on=TODAY) for who in (rep, head)] == [False, True]
    put(told.rep_goal, told.east_goal, actor=rep)
    put(told.rep_goal, told.top, actor=head)
    for actor, child, parent in (
        (other, told.rep_goal, told.west_goal),  # somebody else's goal
        (rep, told.rep_goal, told.west_goal),  # a parent out of sight
        (rep, told.east_goal, told.top),  # seen, but not theirs to align
    ):
        with pytest.raises(AccessDenied):
            put(child, parent, actor=actor)
    with pytest.raises(AccessDenied):
        take(told.rep_goal, told.east_goal, actor=other)


@pytest.mark.django_db
def test_the_graph_tells_what_the_tree_hides() -> None:
    told = Company()
    put(told.rep_goal, told.east_goal, contribution=Decimal(60))
    everything = Goal.objects.all()
    with CaptureQueriesContext(connection) as queries:
        report = report_alignment(everything, visible=everything)
        marks = read_marks([told.top.pk, told.rep_goal.pk], visible=everything)
    assert len(queries) == 3
    found = {(one.code, one.params["goal"]) for one in report.problems}
    assert found == {(Marked.OVER_ASSIGNED, told.top.pk), (Marked.WEIGHTS_NOT_FULL, told.east_goal.pk)}
    assert report.rate.complete == report.rate.goals == 3
    assert [one.code for one in marks.problems[told.top.pk]] == [Marked.OVER_ASSIGNED]
    assert told.rep_goal.pk not in marks.problems
    # a sum over children of which one is hidden would tell the hidden target
    some = everything.exclude(id=told.west_goal.pk)
    assert read_marks([told.top.pk], visible=some).problems == {}
    assert {one.code for one in report_alignment(some, visible=some).problems} == {Marked.WEIGHTS_NOT_FULL}
    put(told.rep_goal, told.west_goal)
    assert read_marks([told.rep_goal.pk], visible=some).also == {told.rep_goal.pk: [told.west_goal.pk]}
    take(told.rep_goal, told.west_goal)
    assert edges_upwards([told.rep_goal.pk]) == {
        told.rep_goal.pk: [told.east_goal.pk],
        told.east_goal.pk: [told.top.pk],
    }
    for kind in (GoalKind.BEHAVIOUR, GoalKind.BONUS, GoalKind.PENALTY, GoalKind.VETO):
        beside = make_goal(owner=told.rep, metric=None, kind=kind)
        assert not not_aligned(Goal.objects.filter(id=beside.pk)).exists()
    again = report_alignment(Goal.objects.all(), visible=Goal.objects.all())
    assert again.rate == report.rate and {one.code for one in again.problems} == {one.code for one in report.problems}
    visible = Goal.objects.exclude(id=told.east_goal.pk)
    supports = list_supports(told.rep_goal.pk, visible=visible)
    assert [(one.goal_id, one.goal, one.contribution) for one in supports] == [(told.east_goal.pk, None, Decimal(60))]
    assert [one.goal_id for one in list_supporters(told.top.pk, visible=visible)] == [
        told.east_goal.pk,
        told.west_goal.pk,
    ]


@pytest.mark.django_db
def test_a_parent_is_chosen_among_what_one_sees_and_the_report_names_what_is_left(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cast = make_cast()
    client, hr = Client(), Client()
    cast.sign_in(client, "employee")
    cast.sign_in(hr, "hr")
    own = Goal.objects.get(id=cast.objects["own_goal"])
    team = make_goal(
        owner=Unit.objects.get(name="一组"), metric=own.metric, cycle=own.cycle, base=Decimal(90), title="一组的回款"
    )
    other = Goal.objects.get(id=cast.objects["other_goal"])
    address = reverse("goals:align", args=[own.pk])
    part = {"HX-Request": "true"}
    found = client.get(address, {"q": "一组"}, headers=part).content.decode()
    assert "一组的回款" in found and "王外人" not in found and "<form" not in found
    assert "没有找到" in client.get(address, {"q": "王外人"}, headers=part).content.decode()
    assert client.post(address, {"how": "我来做"}).status_code == 422
    refused = client.post(address, {"parent": other.pk, "how": "我来做"})
    assert refused.status_code == 422 and "找不到选中的目标" in refused.content.decode()
    assert client.post(address, {"parent": team.pk, "how": "承担苏州", "contribution": "40"}).status_code == 302
    own.refresh_from_db()
    assert own.parent_id == team.pk
    told = client.get(reverse("goals:supports", args=[own.pk]), headers=part).content.decode()
    assert "承担苏州" in told and "占上级 40%" in told and "取消支撑" in told

    with CaptureQueriesContext(connection) as queries:
        report = hr.get(reverse("goals:alignment"), {"cycle": own.cycle.code}).content.decode()
    assert len(queries) <= 15
    assert "3 个" not in report and "未对齐" in report and "比目标 90 多 10" in report and "0.0%" in report
    only = hr.get(reverse("goals:alignment"), {"cycle": own.cycle.code, "code": "alignment.orphan"}).content.decode()
    assert "比目标 90 多 10" not in only
    page = hr.get(reverse("goals:map"), {"cycle": own.cycle.code}).content.decode()
    assert "分多了" in page and "比目标 90 多 10" in page
    assert client.post(reverse("goals:unalign", args=[own.pk, team.pk])).status_code == 302
    own.refresh_from_db()
    assert own.parent_id is None


def test_every_code_has_a_sentence_and_every_mark_a_word() -> None:
    assert {code.value for code in Marked} <= set(SENTENCES)
    assert set(MARKS) == set(Marked)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_close_a_circle_at_the_same_instant_one_is_refused() -> None:
    told = Company()
    other = make_goal(owner=told.other, metric=None)
    start = threading.Barrier(2)
    answers: list[str] = []

    def race(child: Goal, parent: Goal) -> Callable[[], None]:
        def run() -> None:
            try:
                start.wait(timeout=20)
                put(child, parent)
                answers.append("aligned")
            except GoalRefused as error:
                answers.append(error.problems[0].code)
            finally:
                connections.close_all()

        return run

    threads = [threading.Thread(target=race(*pair)) for pair in ((told.rep_goal, other), (other, told.rep_goal))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(answers) == ["aligned", "alignment.closes_circle"]
    assert Alignment.objects.filter(child__in=[told.rep_goal, other]).count() == 1
