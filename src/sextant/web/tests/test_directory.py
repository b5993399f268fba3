"""The directory of people."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sextant.foundation.access.contracts import Role
from sextant.people.tests.makers import make_person, make_unit
from sextant.web.tests.makers import client_of, crowd, make_account

pytestmark = pytest.mark.django_db


def _names(response) -> list[str]:
    return [person.name for person, _, _ in response.context["page"].people]


@pytest.fixture
def hr():
    return client_of(make_account(make_person("梁静姝", unit=make_unit("人力资源部")), Role.HR))


@pytest.mark.parametrize("words", ["清越", "linqing", "LINQ", "A00"])
def test_people_are_found_by_name_pinyin_and_number(hr, words: str) -> None:
    make_person("林清越", unit=make_unit(), number="A007")
    assert _names(hr.get("/people/", {"q": words})) == ["林清越"]


def test_search_that_finds_nobody_says_what_to_do(hr) -> None:
    assert "没有找到" in hr.get("/people/", {"q": "查无此人"}).content.decode()


def test_unit_filter_reaches_the_teams_below(hr) -> None:
    region = make_unit("华东大区")
    make_person("沈亦舟", unit=make_unit("苏南组", parent=region))
    make_person("许念安", unit=make_unit("河南组"))
    assert _names(hr.get("/people/", {"unit": region.id})) == ["沈亦舟"]


def test_employee_finds_only_those_in_sight() -> None:
    unit = make_unit()
    reader = make_person("沈亦舟", unit=unit)
    make_person("许念安", unit=unit)
    response = client_of(make_account(reader)).get("/people/")
    assert (_names(response), response.context["page"].total) == (["沈亦舟"], 1)
    assert "只列出你能查看的人" in response.content.decode()


def test_unit_out_of_sight_is_no_filter() -> None:
    other = make_unit("别的部门")
    response = client_of(make_account(make_person(unit=make_unit()))).get("/people/", {"unit": other.id})
    assert response.context["page"].unit is None
    assert "别的部门" not in response.content.decode()


@pytest.mark.parametrize("query", [{"page": "x"}, {"page": "-1"}, {"unit": "²"}, {"page": "9" * 30}, {"q": "\x00'%_"}])
def test_odd_queries_are_answered(hr, query: dict) -> None:
    assert hr.get("/people/", query).status_code == 200


def test_fragment_for_htmx_is_the_list_alone(hr) -> None:
    text = hr.get("/people/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert "梁静姝" in text


def test_cost_does_not_grow_with_500_people(hr) -> None:
    unit = make_unit()
    crowd(unit, make_person(unit=unit), size=500)
    with CaptureQueriesContext(connection) as queries:
        response = hr.get("/people/", {"page": 3, "unit": unit.id})
    assert len(_names(response)) == 50
    assert len(queries) <= 15
    assert len(response.content) <= 120_000
