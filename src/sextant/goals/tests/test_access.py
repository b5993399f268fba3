"""Whose goals an actor sees: oneself, the line below, the units around; all only with the permission for all."""

from datetime import date

import pytest

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.goals.access import access_goal, visible_goals
from sextant.goals.models import Goal
from sextant.goals.tests.makers import make_goal
from sextant.metrics.tests.makers import make_metric
from sextant.people.contracts import LineKind
from sextant.people.tests.makers import make_line, make_person, make_unit

pytestmark = pytest.mark.django_db

TODAY = date(2026, 1, 10)


@pytest.fixture
def goals() -> dict[str, Goal]:
    """A company with two departments; in the first a chain of three, in the second a stranger."""
    company = make_unit("公司")
    sales, service = make_unit("销售", parent=company), make_unit("服务", parent=company)
    south = make_unit("苏南", parent=sales)
    boss = make_person("总监", unit=sales, is_head=True)
    lead = make_person("主管", unit=south, manager=boss, is_head=True)
    rep = make_person("员工", unit=south, manager=lead)
    peer = make_person("同事", unit=south, manager=lead)
    stranger = make_person("外人", unit=service)
    make_line(stranger, lead, LineKind.DOTTED)
    owners = {
        "company": company,
        "sales": sales,
        "south": south,
        "service": service,
        "boss": boss,
        "lead": lead,
        "rep": rep,
        "peer": peer,
        "stranger": stranger,
    }
    metric = make_metric()
    return {name: make_goal(owner=owner, metric=metric, code=name) for name, owner in owners.items()}


def _seen(actor: Actor, *, on: date = TODAY) -> set[str]:
    return set(visible_goals(actor, on=on).values_list("code", flat=True))


def _actor(goals: dict[str, Goal], name: str, *roles: Role) -> Actor:
    return Actor(1, goals[name].owner_person_id, frozenset(roles or {Role.EMPLOYEE}), name)


AROUND_SOUTH = {"company", "sales", "south"}


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("rep", {"rep", *AROUND_SOUTH}),
        ("lead", {"lead", "rep", "peer", "stranger", *AROUND_SOUTH}),
        ("boss", {"boss", "lead", "rep", "peer", *AROUND_SOUTH}),
        ("stranger", {"stranger", "service", "company"}),
    ],
)
def test_an_employee_sees_themselves_those_below_and_the_units_around(
    goals: dict[str, Goal], name: str, seen: set[str]
) -> None:
    assert _seen(_actor(goals, name)) == seen


@pytest.mark.parametrize("role", [Role.HR, Role.EXECUTIVE, Role.AUDITOR])
def test_who_reads_all_goals_sees_all(goals: dict[str, Goal], role: Role) -> None:
    assert _seen(_actor(goals, "stranger", role)) == set(goals)


def test_an_administrator_sees_nobodys_goals(goals: dict[str, Goal]) -> None:
    assert _seen(Actor(1, None, frozenset({Role.ADMIN}), "管理员")) == set()


def test_sight_follows_the_line_of_the_day(goals: dict[str, Goal]) -> None:
    assert _seen(_actor(goals, "boss"), on=date(2014, 1, 1)) == {"boss"}


def test_missing_and_forbidden_look_the_same(goals: dict[str, Goal]) -> None:
    rep = _actor(goals, "rep")
    assert access_goal(rep, goal_id=goals["rep"].id, on=TODAY).code == "rep"
    answers = []
    for goal_id in (goals["peer"].id, 999_999):
        with pytest.raises(AccessDenied) as denied:
            access_goal(rep, goal_id=goal_id, on=TODAY)
        answers.append(str(denied.value))
    assert answers[0] == answers[1]


def test_one_filter_takes_two_questions(goals: dict[str, Goal], django_assert_num_queries) -> None:
    with django_assert_num_queries(3):
        _seen(_actor(goals, "lead"))
