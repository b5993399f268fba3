"""暂缓考核: a goal that is watched and not judged, and what the pages and sums make of it."""

import threading
from datetime import date, timedelta

import pytest
from django.conf import settings as product
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.foundation.clock import company_day, now
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.suspension import resume_due_goals, resume_goal, suspend_goal
from sextant.goals.contracts import GoalState
from sextant.goals.messages.goals import say
from sextant.goals.models import Goal, Suspension
from sextant.goals.queries import count_lights, count_running_goals, with_light
from sextant.goals.queries.suspension import find_suspension
from sextant.goals.queries.told import read_told
from sextant.goals.tests.makers import make_standing
from sextant.goals.tests.test_pages import MOST_QUERIES
from sextant.people.models import Person
from tests.cast import Cast, make_cast

HR = Actor.system("test")


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def goal(cast: Cast) -> Goal:
    """The employee's goal, red since the last run."""
    found = Goal.objects.get(id=cast.objects["own_goal"])
    make_standing(found, Light.RED)
    return found


def _today() -> date:
    return company_day(now(), product.SEXTANT_ZONE)


def _manager(cast: Cast) -> Actor:
    person = Person.objects.get(id=cast.objects["manager_person"])
    return Actor(person.user_id, person.pk, frozenset({Role.EMPLOYEE}), person.name)


def _client(cast: Cast, who: str) -> Client:
    client = Client()
    cast.sign_in(client, who)
    return client


def test_a_suspended_goal_shows_no_light_and_is_judged_again_when_its_days_are_over(cast: Cast, goal: Goal) -> None:
    before = count_running_goals(as_of=_today())
    until_on = suspend_goal(goal.pk, weeks=4, reason=" 新系统试运行 ", actor=_manager(cast), now=now())
    kept = find_suspension(goal.pk)
    assert kept is not None and (kept.reason, kept.by, kept.until_on) == ("新系统试运行", "陈主管", until_on)
    assert until_on == min(_today() + timedelta(weeks=4), goal.until_on)
    assert count_running_goals(as_of=_today()) == before - 1
    goals = Goal.objects.filter(id=goal.pk)
    assert (count_lights(goals).red, count_lights(goals).none) == (0, 1)
    assert not with_light(goals, Light.RED).exists() and with_light(goals, Light.NONE).exists()

    assert resume_due_goals(actor=HR, now=now() + timedelta(days=2)) == 0
    assert resume_due_goals(actor=HR, now=now() + timedelta(weeks=5)) == 1
    assert resume_due_goals(actor=HR, now=now() + timedelta(weeks=5)) == 0
    assert count_lights(goals).red == 1
    assert read_told([goal.pk]).goals[goal.pk].days_out == (until_on - _today()).days
    assert [*AuditEntry.objects.filter(object_kind="goal").order_by("id").values_list("verb", flat=True)] == [
        "suspend_goal",
        "resume_goal",
    ]


def test_resumed_by_hand_it_counts_from_that_day_and_twice_changes_nothing(cast: Cast, goal: Goal) -> None:
    suspend_goal(goal.pk, weeks=2, reason="试运行", actor=HR, now=now())
    assert resume_goal(goal.pk, actor=_manager(cast), now=now())
    assert not resume_goal(goal.pk, actor=_manager(cast), now=now())
    goal.refresh_from_db()
    assert (goal.state, Suspension.objects.get().ended_on) == (GoalState.RUNNING, _today())


@pytest.mark.parametrize(
    ("weeks", "reason", "code"),
    [(0, "x", "weeks"), (14, "x", "weeks"), (4, "  ", "reason"), (4, "长" * 501, "reason_long")],
)
def test_what_is_not_decidable_is_refused_in_words(goal: Goal, weeks: int, reason: str, code: str) -> None:
    with pytest.raises(GoalRefused) as refused:
        suspend_goal(goal.pk, weeks=weeks, reason=reason, actor=HR, now=now())
    assert [problem.code for problem in refused.value.problems] == [f"suspension.{code}"]
    assert all(say(problem) for problem in refused.value.problems)


def test_only_a_goal_that_runs_now_can_be_suspended(goal: Goal) -> None:
    suspend_goal(goal.pk, weeks=1, reason="试运行", actor=HR, now=now())
    with pytest.raises(GoalRefused, match=r"suspension\.state"):
        suspend_goal(goal.pk, weeks=1, reason="再来", actor=HR, now=now())
    resume_goal(goal.pk, actor=HR, now=now())
    Goal.objects.filter(id=goal.pk).update(from_on=date(2020, 1, 1), until_on=date(2020, 4, 1))
    with pytest.raises(GoalRefused, match=r"suspension\.period"):
        suspend_goal(goal.pk, weeks=1, reason="晚了", actor=HR, now=now())


def test_nobody_suspends_their_own_goal(cast: Cast, goal: Goal) -> None:
    own = Person.objects.get(id=cast.objects["own_person"])
    for roles in ({Role.EMPLOYEE}, {Role.HR}):
        with pytest.raises(AccessDenied):
            suspend_goal(goal.pk, weeks=1, reason="忙", actor=Actor(own.user_id, own.pk, frozenset(roles)), now=now())


def test_the_database_refuses_a_second_suspension(goal: Goal) -> None:
    suspend_goal(goal.pk, weeks=1, reason="试运行", actor=HR, now=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Suspension.objects.create(
            goal=goal, from_on=_today(), until_on=_today() + timedelta(7), reason="x", by_label="x", at=now()
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_suspend_at_once_one_is_told() -> None:
    goal = Goal.objects.get(id=make_cast().objects["own_goal"])
    answers: list[str] = []
    ready = threading.Barrier(2)

    def suspend() -> None:
        ready.wait()
        try:
            suspend_goal(goal.pk, weeks=2, reason="试运行", actor=HR, now=now())
            answers.append("done")
        except GoalRefused as refused:
            answers.append(refused.problems[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=suspend) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done", "suspension.state"]
    assert Suspension.objects.count() == 1


def test_the_manager_suspends_and_resumes_on_the_page_and_everyone_reads_why(
    cast: Cast, goal: Goal, django_assert_max_num_queries
) -> None:
    manager, employee = _client(cast, "manager"), _client(cast, "employee")
    address = reverse("goals:suspend", args=[goal.pk])
    assert "暂缓几周" in manager.get(address).content.decode()
    refused = manager.post(address, {"weeks": "4", "reason": ""})
    assert refused.status_code == 422 and "sx-error" in refused.content.decode()
    assert manager.post(address, {"weeks": "4", "reason": "新系统试运行"}).status_code == 302

    part = reverse("goals:hand", args=[goal.pk])
    for client, offered in ((employee, False), (manager, True)):
        with django_assert_max_num_queries(MOST_QUERIES):
            text = client.get(part).content.decode()
        assert "新系统试运行" in text and "陈主管" in text
        assert ("恢复考核" in text) is offered and "调整灯" not in text
    with django_assert_max_num_queries(MOST_QUERIES):
        assert "不亮灯" in employee.get(reverse("goals:detail", args=[goal.pk])).content.decode()
    own_page = employee.get(reverse("web:person", args=[cast.objects["own_person"]])).content.decode()
    assert "暂缓" in own_page
    manager.post(reverse("goals:resume", args=[goal.pk]))
    assert "恢复考核" not in manager.get(part).content.decode()
