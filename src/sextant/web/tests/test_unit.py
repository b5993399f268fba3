"""The page of a unit."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sextant.foundation.access.contracts import Role
from sextant.goals.tests.makers import make_goal
from sextant.metrics.tests.makers import make_metric
from sextant.people.tests.makers import make_person, make_unit
from sextant.web.tests.makers import client_of, crowd, make_account, make_standing

pytestmark = pytest.mark.django_db


def test_lights_of_teams_roll_up_to_the_region() -> None:
    region = make_unit("华东大区")
    south, east = make_unit("苏南组", parent=region), make_unit("浙江组", parent=region)
    head = make_person("林清越", unit=region, is_head=True)
    metric = make_metric()
    make_standing(make_goal(owner=make_person(unit=south), metric=metric), "red")
    make_standing(make_goal(owner=south, metric=metric), "yellow")
    make_standing(make_goal(owner=make_person(unit=east), metric=metric), "green")
    make_goal(owner=make_person(unit=east), metric=metric)
    page = client_of(make_account(head)).get(f"/units/{region.id}/").context["page"]
    assert (page.counts.red, page.counts.yellow, page.counts.green, page.counts.none) == (1, 1, 1, 1)
    assert [(one.unit.name, one.counts.red, one.counts.total) for one in page.children] == [
        ("苏南组", 1, 2),
        ("浙江组", 0, 2),
    ]
    assert [line.owner_name for line in page.urgent] == ["苏南组"]


def test_objective_without_metric_has_no_light_and_is_not_counted() -> None:
    unit = make_unit()
    head = make_person(unit=unit, is_head=True)
    make_goal(owner=unit, metric=None, title="让交付又快又稳")
    response = client_of(make_account(head)).get(f"/units/{unit.id}/")
    assert response.context["page"].counts.total == 0
    assert "让交付又快又稳" in response.content.decode()


def test_member_sees_the_units_goals_but_not_the_colleagues() -> None:
    unit = make_unit("苏南组")
    member, colleague = make_person("沈亦舟", unit=unit), make_person("许念安", unit=unit)
    make_standing(make_goal(owner=unit, metric=make_metric(), title="苏南组回款"), "red")
    make_standing(make_goal(owner=colleague, metric=make_metric()), "red")
    response = client_of(make_account(member)).get(f"/units/{unit.id}/")
    page = response.context["page"]
    assert [one.person.name for one in page.people] == ["沈亦舟"]
    assert (page.members.total, page.counts.red) == (None, 1)
    assert "苏南组回款" in response.content.decode()


def test_head_of_the_region_sees_members_of_a_team_below() -> None:
    region = make_unit("华东大区")
    team = make_unit("苏南组", parent=region)
    head = make_person("林清越", unit=region, is_head=True)
    make_person("沈亦舟", unit=team)
    page = client_of(make_account(head)).get(f"/units/{team.id}/").context["page"]
    assert ([one.person.name for one in page.people], page.members.total) == (["沈亦舟"], 1)


def test_vacant_post_is_said() -> None:
    unit = make_unit()
    text = client_of(make_account(make_person(unit=unit), Role.HR)).get(f"/units/{unit.id}/").content.decode()
    assert "空缺" in text


def test_unit_out_of_sight_and_no_unit_look_the_same() -> None:
    other = make_unit()
    client = client_of(make_account(make_person(unit=make_unit())))
    assert (client.get(f"/units/{other.id}/").status_code, client.get("/units/999999/").status_code) == (404, 404)


@pytest.mark.parametrize("is_head", [True, False])
@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.HR])
def test_cost_does_not_grow_with_500_members(role: Role, *, is_head: bool) -> None:
    root = make_unit("公司")
    unit = make_unit("大区", parent=root)
    teams = [make_unit(f"{place} 组", parent=unit) for place in range(30)]
    head = make_person("林清越", unit=unit, is_head=is_head)
    metrics = [make_metric() for _ in range(3)]
    crowd(unit, head, size=500, metrics=metrics)
    for team in teams:
        make_standing(make_goal(owner=team, metric=metrics[0]), "red")
    client = client_of(make_account(head, role))
    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"/units/{unit.id}/?page=2")
    assert len(queries) <= 14, [query["sql"][:120] for query in queries]
    assert len(response.content) <= 120_000
    if is_head or role is Role.HR:
        assert len(response.context["page"].people) == 50


def test_page_beyond_the_last_shows_the_last() -> None:
    unit = make_unit()
    head = make_person("林清越", unit=unit, is_head=True)
    crowd(unit, head, size=60)
    page = client_of(make_account(head)).get(f"/units/{unit.id}/?page=99").context["page"]
    assert (page.members.page, len(page.people), page.members.has_more) == (2, 11, False)
