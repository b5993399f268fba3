"""Error pages: the right status, in the product's clothes, and a fragment for htmx."""

import pytest
from django.test import Client, RequestFactory

from sextant.foundation.access.contracts import Role
from sextant.people.tests.makers import make_person, make_unit
from sextant.web import errors
from sextant.web.tests.makers import client_of, make_account


@pytest.mark.django_db
def test_unknown_address_is_404_in_the_products_clothes() -> None:
    response = Client().get("/nowhere/")
    assert response.status_code == 404
    assert "没有找到" in response.content.decode()


@pytest.mark.django_db
def test_page_of_another_role_is_403() -> None:
    response = client_of(make_account(None, Role.ADMIN)).get("/people/")
    assert response.status_code == 403
    assert "权限" in response.content.decode()


@pytest.mark.django_db
def test_htmx_gets_one_sentence_and_the_status() -> None:
    client = client_of(make_account(make_person(unit=make_unit())))
    response = client.get("/people/999999/", headers={"HX-Request": "true"})
    assert response.status_code == 404
    assert "<html" not in response.content.decode()
    assert 'role="alert"' in response.content.decode()


def test_server_error_asks_no_database() -> None:
    # no db fixture: a query here would fail the test
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "系统" in response.content.decode()


def test_server_error_reaches_the_reader_even_when_its_page_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no templates")

    monkeypatch.setattr(errors, "render", broken)
    response = errors.server_error(RequestFactory().get("/"))
    assert (response.status_code, response["Content-Type"]) == (500, "text/plain; charset=utf-8")
