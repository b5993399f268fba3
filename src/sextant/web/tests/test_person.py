"""The page of a person."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sextant.foundation.access.contracts import Role
from sextant.goals.tests.makers import make_cycle, make_goal
from sextant.metrics.tests.makers import make_metric
from sextant.people.contracts import LineKind
from sextant.people.models import Person
from sextant.people.tests.makers import make_line, make_person, make_post, make_unit
from sextant.web.tests.makers import client_of, crowd, make_account, make_standing

pytestmark = pytest.mark.django_db


def test_manager_sees_goals_lights_and_the_way_through_the_company() -> None:
    old, unit = make_unit("热线一组"), make_unit("热线二组")
    manager = make_person("林清越", unit=unit, is_head=True)
    person = make_person("沈亦舟", manager=manager)
    make_post(person, old, title="客服专员", valid_from=date(2020, 1, 1), valid_until=date(2025, 6, 1))
    make_post(person, unit, title="高级客服专员", valid_from=date(2025, 6, 1))
    make_standing(make_goal(owner=person, metric=make_metric("一次解决率")), "yellow")
    response = client_of(make_account(manager)).get(f"/people/{person.id}/")
    page = response.context["page"]
    assert [(one.post.unit_name, one.last_on) for one in page.stations] == [
        ("热线二组", None),
        ("热线一组", date(2025, 5, 31)),
    ]
    assert page.plan.counts.yellow == 1
    assert page.managers[0].href is not None


def test_managers_page_is_not_linked_where_the_reader_may_not_open_it() -> None:
    unit = make_unit()
    manager = make_person("林清越", unit=unit, is_head=True)
    guide = make_person("何书瑶", unit=unit)
    person = make_person("沈亦舟", unit=unit, manager=manager)
    make_line(person, guide, LineKind.DOTTED)
    response = client_of(make_account(person)).get(f"/people/{person.id}/")
    contacts = response.context["page"].managers
    assert [(one.name, one.kind, one.href) for one in contacts] == [
        ("林清越", "solid", None),
        ("何书瑶", "dotted", None),
    ]


def test_dotted_lead_may_open_the_page() -> None:
    guide, person = make_person("何书瑶", unit=make_unit()), make_person("沈亦舟", unit=make_unit())
    make_line(person, guide, LineKind.DOTTED)
    assert client_of(make_account(guide)).get(f"/people/{person.id}/").status_code == 200


def test_stranger_and_nobody_look_the_same() -> None:
    reader, stranger = make_person(unit=make_unit()), make_person(unit=make_unit())
    client = client_of(make_account(reader))
    missing, forbidden = client.get("/people/999999/"), client.get(f"/people/{stranger.id}/")
    assert (missing.status_code, forbidden.status_code) == (404, 404)
    assert missing.content.replace(b"999999", b"") == forbidden.content.replace(str(stranger.id).encode(), b"")


def test_person_who_left_has_no_post_and_a_date() -> None:
    person = make_person("沈亦舟", hired_on=date(2020, 1, 1), left_on=date(2026, 1, 10))
    text = client_of(make_account(make_person(unit=make_unit()), Role.HR)).get(f"/people/{person.id}/").content.decode()
    assert "2026-01-10 起离职" in text


def test_other_cycle_is_chosen_by_its_code() -> None:
    person = make_person(unit=make_unit())
    before = make_cycle("2025Q4", from_on=date(2025, 10, 1), until_on=date(2026, 1, 1))
    make_goal(owner=person, metric=make_metric(), cycle=before, title="去年的目标")
    make_goal(owner=person, metric=make_metric(), title="今年的目标")
    client = client_of(make_account(person))
    assert "去年的目标" not in client.get(f"/people/{person.id}/").content.decode()
    assert "去年的目标" in client.get(f"/people/{person.id}/?cycle=2025Q4").content.decode()


def test_unknown_cycle_falls_back_to_the_running_one() -> None:
    person = make_person(unit=make_unit())
    make_goal(owner=person, metric=make_metric(), title="今年的目标")
    assert "今年的目标" in client_of(make_account(person)).get(f"/people/{person.id}/?cycle=%00x").content.decode()


def test_name_as_long_as_the_column_is_shown_whole() -> None:
    person = make_person("阿卜杜热合曼·吐尔逊江·买合木提" * 9, unit=make_unit())
    client = client_of(make_account(make_person(unit=make_unit()), Role.HR))
    assert person.name in client.get(f"/people/{person.id}/").content.decode()


def test_cost_does_not_grow_with_500_reports() -> None:
    unit = make_unit()
    manager = make_person("林清越", unit=unit, is_head=True)
    crowd(unit, manager, size=500)
    for _ in range(20):
        make_standing(make_goal(owner=manager, metric=make_metric()), "green")
    client = client_of(make_account(Person.objects.get(id=manager.id)))
    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"/people/{manager.id}/")
    assert response.context["page"].report_count == 500
    assert len(queries) <= 14, [query["sql"][:120] for query in queries]
    assert len(response.content) <= 120_000
