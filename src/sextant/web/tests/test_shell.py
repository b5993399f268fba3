"""Navigation: what exists and may be opened, and no more."""

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from sextant.foundation.access.contracts import Actor, Role
from sextant.people.tests.makers import make_person, make_unit
from sextant.web.context import shell
from sextant.web.navigation import PHONE_ENTRIES, bottom_entries, entries
from sextant.web.tests.makers import client_of, make_account


def _actor(*roles: Role) -> Actor:
    return Actor(1, None, frozenset(roles))


def test_employee_has_no_administrative_entries() -> None:
    main, admin = entries(_actor(Role.EMPLOYEE), view_name="web:workbench")
    assert main[0].href == "/"
    assert admin == ()


def test_executive_sees_metrics_and_runs_but_no_batches() -> None:
    _, admin = entries(_actor(Role.EXECUTIVE), view_name="")
    assert [entry.href for entry in admin] == ["/metrics/library/", "/metrics/runs/"]


def test_administrator_reads_nobodys_performance() -> None:
    main, admin = entries(_actor(Role.ADMIN), view_name="")
    technical = ["/api/clients/", "/webhooks/", "/notices/channels/"]
    assert ([entry.href for entry in main], [entry.href for entry in admin]) == (["/"], technical)


@pytest.mark.parametrize(
    ("view_name", "href"), [("web:workbench", "/"), ("web:person", "/people/"), ("web:unit", "/people/")]
)
def test_entry_around_the_page_is_current(view_name: str, href: str) -> None:
    main, _ = entries(_actor(Role.HR), view_name=view_name)
    assert [entry.href for entry in main if entry.current] == [href]


def test_bottom_bar_holds_what_a_thumb_can_reach() -> None:
    main, admin = entries(_actor(Role.HR), view_name="")
    assert len(bottom_entries(main, admin)) <= PHONE_ENTRIES


def test_stranger_has_no_shell() -> None:
    request = RequestFactory().get("/")
    request.actor = None
    assert not shell(request)["shell"]


@pytest.mark.django_db
def test_shell_costs_one_query_and_only_when_drawn() -> None:
    person = make_person("沈亦舟", unit=make_unit("苏南组"), title="客户经理")
    make_account(person)
    request = RequestFactory().get("/")
    request.actor = Actor(1, person.id, frozenset({Role.EMPLOYEE}))
    request.resolver_match = None
    with CaptureQueriesContext(connection) as queries:
        found = shell(request)["shell"]
        assert len(queries) == 0
        assert (found.me.name, found.me.note) == ("沈亦舟", "苏南组 · 客户经理")
        assert shell(request)["shell"].me.href == f"/people/{person.id}/"
    assert len(queries) == 1


@pytest.mark.django_db
def test_account_whose_person_has_no_post_is_drawn() -> None:
    client = client_of(make_account(make_person("沈亦舟")))
    assert "沈亦舟" in client.get("/").content.decode()
