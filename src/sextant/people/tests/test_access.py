"""Who sees whom, and who an account acts as."""

from datetime import UTC, date, datetime

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.people.access import (
    access_person,
    access_unit,
    actor_of_account,
    visible_person_ids,
    visible_unit_ids,
)
from sextant.people.contracts import LineKind
from sextant.people.middleware import ActorMiddleware
from sextant.people.tests.makers import make_line, make_person, make_post, make_unit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
MOMENT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def company():
    """Company → sales (headed by Bo) → east; Cy works in east for Bo, Di for Cy; Ed in another unit for nobody."""
    root = make_unit("公司")
    sales, other = make_unit("销售中心", root), make_unit("研发中心", root)
    east = make_unit("华东区", sales)
    bo = make_person("薄", sales, is_head=True)
    cy = make_person("陈", east, bo)
    di = make_person("丁", other, cy)
    ed = make_person("鄂", other)
    return {"root": root, "sales": sales, "east": east, "other": other, "bo": bo, "cy": cy, "di": di, "ed": ed}


def actor_for(person=None, *roles):
    return Actor(user_id=None, person_id=person.id if person else None, roles=frozenset(roles or {Role.EMPLOYEE}))


def ids_of(company, names):
    return {company[name].id for name in names.split()}


@pytest.mark.parametrize(("who", "seen"), [("bo", "bo cy di"), ("cy", "cy di"), ("di", "di"), ("ed", "ed")])
def test_employee_sees_self_and_the_solid_line_below(company, who, seen, django_assert_num_queries):
    with django_assert_num_queries(1):
        ids = visible_person_ids(actor_for(company[who]), on=TODAY)
    assert ids == ids_of(company, seen)


def test_dotted_line_shows_the_person_but_not_their_team(company):
    make_line(company["cy"], company["ed"], LineKind.DOTTED)
    assert visible_person_ids(actor_for(company["ed"]), on=TODAY) == ids_of(company, "ed cy")


def test_head_sees_the_members_of_the_whole_subtree(company):
    new = make_person("新人", company["east"])
    assert new.id in visible_person_ids(actor_for(company["bo"]), on=TODAY)


def test_line_and_post_that_ended_show_nobody(company):
    past = make_person("旧部")
    make_line(past, company["ed"], valid_until=TODAY)
    make_post(company["ed"], company["sales"], is_primary=False, is_head=True, valid_until=TODAY)
    assert visible_person_ids(actor_for(company["ed"]), on=TODAY) == ids_of(company, "ed")
    assert visible_person_ids(actor_for(company["ed"]), on=date(2026, 3, 1)) == ids_of(company, "ed bo cy") | {past.id}


@pytest.mark.parametrize("role", [Role.HR, Role.EXECUTIVE, Role.AUDITOR])
def test_those_who_read_everything_are_not_restricted(company, role):
    assert visible_person_ids(actor_for(None, role), on=TODAY) is None
    assert visible_unit_ids(actor_for(None, role), on=TODAY) is None
    assert access_person(actor_for(None, role), person_id=company["ed"].id, on=TODAY).name == "鄂"


def test_administrator_and_account_without_person_see_nobody(company):
    assert visible_person_ids(actor_for(company["bo"], Role.ADMIN), on=TODAY) == frozenset()
    assert visible_unit_ids(actor_for(None), on=TODAY) == frozenset()


@pytest.mark.parametrize(("who", "seen"), [("bo", "root sales east"), ("cy", "root sales east"), ("ed", "root other")])
def test_employee_sees_own_units_those_above_and_headed_ones_below(company, who, seen, django_assert_num_queries):
    with django_assert_num_queries(1):
        ids = visible_unit_ids(actor_for(company[who]), on=TODAY)
    assert ids == ids_of(company, seen)


def test_missing_and_forbidden_look_the_same(company):
    asking = actor_for(company["cy"])
    assert access_person(asking, person_id=company["di"].id, on=TODAY).name == "丁"
    assert access_unit(asking, unit_id=company["root"].id, on=TODAY).name == "公司"
    refusals = []
    for ask in (
        lambda: access_person(asking, person_id=company["bo"].id, on=TODAY),
        lambda: access_person(asking, person_id=10**9, on=TODAY),
        lambda: access_unit(asking, unit_id=company["other"].id, on=TODAY),
        lambda: access_unit(asking, unit_id=10**9, on=TODAY),
    ):
        with pytest.raises(AccessDenied) as caught:
            ask()
        refusals.append(caught.value.args)
    assert refusals[0] == refusals[1]
    assert refusals[2] == refusals[3]


def account(name="wang", *roles):
    user = User.objects.create(username=name, name="王芳", created_at=MOMENT)
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role, granted_at=MOMENT) for role in roles)
    return user


def test_person_behind_the_account_implies_employee(django_assert_num_queries):
    user = account("wang", Role.HR, Role.AUDITOR)
    person = make_person("王芳", user=user)
    with django_assert_num_queries(1):
        actor = actor_of_account(user.id, label="王芳", on=TODAY)
    assert actor == Actor(user.id, person.id, frozenset({Role.HR, Role.AUDITOR, Role.EMPLOYEE}), "王芳")


def test_account_without_person_has_only_its_grants():
    user = account("root", Role.ADMIN)
    assert actor_of_account(user.id, label="", on=TODAY).roles == {Role.ADMIN}
    assert actor_of_account(account("bare").id, label="", on=TODAY).roles == frozenset()


def test_leaver_loses_every_role_on_the_leaving_day():
    user = account("wang", Role.HR)
    make_person("王芳", user=user, left_on=TODAY)
    assert actor_of_account(user.id, label="", on=date(2026, 3, 1)).roles == {Role.HR, Role.EMPLOYEE}
    assert actor_of_account(user.id, label="", on=TODAY).roles == frozenset()


def test_request_carries_the_actor_of_its_account(django_assert_num_queries):
    user = account("wang")
    person = make_person("王芳", user=user)
    request = RequestFactory().get("/")
    request.user = user
    with django_assert_num_queries(1):
        ActorMiddleware(lambda _: HttpResponse())(request)
    assert request.actor == Actor(user.id, person.id, frozenset({Role.EMPLOYEE}), "王芳")


def test_stranger_and_closed_account_have_no_actor(django_assert_num_queries):
    from django.contrib.auth.models import AnonymousUser

    closed = account("closed")
    closed.is_active = False
    for user in (AnonymousUser(), closed):
        request = RequestFactory().get("/")
        request.user = user
        with django_assert_num_queries(0):
            ActorMiddleware(lambda _: HttpResponse())(request)
        assert request.actor is None
