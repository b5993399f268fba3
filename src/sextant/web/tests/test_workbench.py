"""The workbench, for each of those who open it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sextant.foundation.access.contracts import Role
from sextant.foundation.clock import company_day
from sextant.goals.tests.makers import make_goal
from sextant.metrics.queries.connectors import list_stale_metrics
from sextant.metrics.tests.makers import make_batch, make_metric
from sextant.people.tests.makers import make_person, make_unit
from sextant.web.tests.makers import NOW, client_of, crowd, make_account, make_run, make_standing

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15
MOST_BYTES = 120_000


def _text(client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_employee_sees_own_goals_and_nobody_elses() -> None:
    unit = make_unit()
    person, other = make_person("沈亦舟", unit=unit), make_person("许念安", unit=unit)
    metric = make_metric("有效拜访量")
    make_standing(make_goal(owner=person, metric=metric, title="我的拜访"), "red", weeks="gyr")
    make_standing(make_goal(owner=other, metric=metric, title="别人的拜访"), "red")
    text = _text(client_of(make_account(person)))
    assert "我的拜访" in text
    assert "别人的拜访" not in text


def test_light_that_turned_last_week_is_shown_with_both_lights() -> None:
    person = make_person(unit=make_unit())
    metric = make_metric("有效拜访量")
    make_standing(make_goal(owner=person, metric=metric), "red", weeks="ggyr")
    response = client_of(make_account(person)).get("/")
    (line,) = response.context["page"].own.moved
    assert (line.change.before, line.change.after, line.change.is_worse) == ("yellow", "red", True)


def test_whoever_answers_for_a_metric_is_told_that_its_data_are_late() -> None:
    owner, other = make_person(unit=make_unit()), make_person()
    mapping = {"measurements": [{"metric": "sales.collections"}, {"metric": "sales.visits"}]}
    make_metric("回款", code="sales.collections", freshness_days=7, owner_person_id=owner.pk)
    make_metric("拜访", code="sales.visits", freshness_days=30, owner_person_id=owner.pk)
    make_metric("没人管", code="sales.nobody", freshness_days=7, owner_person_id=other.pk)
    make_batch(mapping=mapping, accepted=3, last_on=company_day(NOW, settings.SEXTANT_ZONE) - timedelta(days=9))
    make_batch(mapping=mapping, accepted=0, last_on=company_day(NOW, settings.SEXTANT_ZONE))
    page = client_of(make_account(owner)).get("/").context["page"]
    assert [(one.name, one.days, one.promised_days) for one in page.stale] == [("回款", 9, 7)]
    assert "约定 7 天内" in _text(client_of(make_account(owner)))
    assert [one.name for one in list_stale_metrics(today=company_day(NOW, settings.SEXTANT_ZONE))] == ["没人管", "回款"]


def test_new_employee_without_goals_is_told_so() -> None:
    person = make_person(unit=make_unit())
    assert "这个周期还没有你的目标" in _text(client_of(make_account(person)))


def test_account_without_person_has_an_empty_workbench() -> None:
    assert "你的账号没有对应的人员" in _text(client_of(make_account(None, Role.ADMIN)))


def test_goal_that_nothing_evaluated_yet_is_grey() -> None:
    person = make_person(unit=make_unit())
    make_goal(owner=person, metric=make_metric(), title="还没算过")
    response = client_of(make_account(person)).get("/")
    page = response.context["page"]
    assert (page.own.counts.none, page.as_of, page.own.points) == (1, None, None)


def test_manager_finds_the_person_with_most_red_first() -> None:
    unit = make_unit()
    manager = make_person("林清越", unit=unit, is_head=True)
    calm = make_person("甲", unit=unit, manager=manager)
    worried = make_person("乙", unit=unit, manager=manager)
    metric = make_metric()
    make_standing(make_goal(owner=calm, metric=metric), "yellow")
    make_standing(make_goal(owner=worried, metric=metric), "red")
    team = client_of(make_account(manager)).get("/").context["page"].team
    assert [one.person.name for one in team.talks] == ["乙", "甲"]
    assert (team.size, team.counts.red, team.counts.yellow) == (2, 1, 1)


def test_manager_of_people_without_goals_sees_the_team_and_no_talk() -> None:
    unit = make_unit()
    manager = make_person(unit=unit, is_head=True)
    make_person("甲", unit=unit, manager=manager)
    response = client_of(make_account(manager)).get("/")
    assert response.context["page"].team.talks == ()
    assert "没有红灯和黄灯" in response.content.decode()


def test_head_without_people_gets_no_team() -> None:
    manager = make_person(unit=make_unit(), is_head=True)
    assert client_of(make_account(manager)).get("/").context["page"].team is None


def test_missing_numbers_are_listed_apart() -> None:
    unit = make_unit()
    manager = make_person(unit=unit, is_head=True)
    silent = make_person("甲", unit=unit, manager=manager)
    make_standing(make_goal(owner=silent, metric=make_metric("评审及时率")), "none")
    team = client_of(make_account(manager)).get("/").context["page"].team
    assert [line.metric_name for line in team.missing] == ["评审及时率"]


def test_hr_sees_the_company_with_batches_and_runs() -> None:
    root = make_unit("公司")
    centre = make_unit("营销中心", parent=root)
    seller = make_person(unit=centre)
    run = make_run(goals=1, red=1)
    make_standing(make_goal(owner=seller, metric=make_metric()), "red", run=run)
    make_batch(filename="回款.csv", quarantined=3)
    hr = make_account(make_person(unit=root), Role.HR)
    response = client_of(hr).get("/")
    company = response.context["page"].company
    assert [(one.unit.name, one.counts.red) for one in company.tops] == [("营销中心", 1)]
    assert "回款.csv" in response.content.decode()
    assert company.runs[0].digest == run.digest


def test_executive_sees_no_batches() -> None:
    root = make_unit("公司")
    make_batch(filename="回款.csv")
    response = client_of(make_account(make_person(unit=root), Role.EXECUTIVE)).get("/")
    assert response.context["page"].company.batches is None
    assert "回款.csv" not in response.content.decode()


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.HR, Role.EXECUTIVE, Role.AUDITOR])
def test_cost_does_not_grow_with_500_people(role: Role) -> None:
    root = make_unit("公司")
    unit = make_unit("大区", parent=root)
    manager = make_person("林清越", unit=unit, is_head=True)
    metrics = [make_metric() for _ in range(3)]
    crowd(unit, manager, size=500, metrics=metrics)
    make_standing(make_goal(owner=unit, metric=metrics[0]), "red")
    client = client_of(make_account(manager, role))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get("/")
    assert response.status_code == 200
    assert len(queries) <= MOST_QUERIES, [query["sql"][:120] for query in queries]
    assert len(response.content) <= MOST_BYTES
