"""What every answer carries, and what the pages for things gone wrong look like; no browser needed."""

import pytest
from django.conf import settings as django_settings
from django.template.loader import render_to_string
from django.test import Client

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.accounts.models import User
from sextant.foundation.clock import now
from sextant.ui.assets import asset_url
from sextant.ui.csp import POLICY

SIGN_IN = "/account/sign-in/"


@pytest.fixture
def client(db, settings):
    settings.ROOT_URLCONF = "tests.ui.urls"
    return Client(raise_request_exception=False)


def _account(language=""):
    user_id = create_account(
        "li", password="correct horse battery", name="李", roles=[Role.EMPLOYEE], actor=Actor.system("test"), now=now()
    )
    User.objects.filter(pk=user_id).update(language=language)
    return User.objects.get(pk=user_id)


@pytest.mark.parametrize("path", [SIGN_IN, "/nowhere/", "/t/403/", "/t/500/"])
def test_every_answer_carries_the_policy(client, path):
    policy = client.get(path)["Content-Security-Policy"]
    assert policy == POLICY
    assert "unsafe" not in policy


@pytest.mark.parametrize(("path", "status"), [("/t/403/", 403), ("/nowhere/", 404), ("/t/500/", 500)])
def test_error_page_looks_like_the_product_and_keeps_its_status(client, path, status):
    response = client.get(path)
    assert response.status_code == status
    page = response.content.decode()
    assert 'rel="stylesheet"' in page
    assert "sx-btn-pri" in page
    assert "<script" not in page


def test_500_page_is_drawn_without_request_or_database():
    # no db fixture: a query would fail this test
    page = render_to_string("errors/500.html")
    assert "dist/app-" in page
    assert "500" in page


def test_stale_form_gets_a_page_that_says_so(db):
    response = Client(enforce_csrf_checks=True).post(SIGN_IN, {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_chinese_is_the_default(client):
    response = client.get(SIGN_IN)
    assert response["Content-Language"] == "zh-Hans"
    assert '<html lang="zh-Hans"' in response.content.decode()


def test_browser_language_is_heard(client):
    assert client.get(SIGN_IN, headers={"accept-language": "en-GB,en;q=0.9"})["Content-Language"] == "en"


def test_cookie_wins_over_browser_language(client):
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    assert client.get(SIGN_IN, headers={"accept-language": "en"})["Content-Language"] == "zh-Hans"


def test_account_wins_over_cookie(client):
    client.force_login(_account(language="en"))
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    assert client.get("/account/sessions/")["Content-Language"] == "en"


def test_switch_is_kept_in_browser_and_account(client):
    user = _account()
    client.force_login(user)
    response = client.post("/language/", {"language": "en", "next": "/account/sessions/?a=1"})
    assert response["Location"] == "/account/sessions/?a=1"
    assert client.cookies[django_settings.LANGUAGE_COOKIE_NAME].value == "en"
    user.refresh_from_db()
    assert user.language == "en"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x", ""])
def test_switch_leads_nowhere_else(client, target):
    assert client.post("/language/", {"language": "en", "next": target})["Location"] == "/"


def test_unknown_language_changes_nothing(client):
    response = client.post("/language/", {"language": "tlh", "next": "/"})
    assert django_settings.LANGUAGE_COOKIE_NAME not in response.cookies


@pytest.mark.parametrize(
    ("cookie", "attribute"),
    [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"'), ("", ""), ('"><script>', "")],
)
def test_theme_comes_from_the_cookie_and_only_known_ones(client, cookie, attribute):
    if cookie:
        client.cookies["theme"] = cookie
    assert f'<html lang="zh-Hans"{attribute}>' in client.get(SIGN_IN).content.decode()


def test_sign_in_page_is_light(client):
    page = client.get(SIGN_IN).content
    assert len(page) < 16 * 1024
    assert b"data-chart" not in page


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_assets_are_sent_compressed_and_kept_for_ever(client, coding):
    response = client.get(asset_url("app.css"), headers={"accept-encoding": coding})
    assert response["Content-Encoding"] == coding
    assert "immutable" in response["Cache-Control"]


def test_page_is_drawn_without_built_assets(client, monkeypatch):
    monkeypatch.setattr("sextant.ui.assets._manifest", dict)
    response = client.get(SIGN_IN)
    assert response.status_code == 200
    assert "登录" in response.content.decode()
