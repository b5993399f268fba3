"""The frame around every page, seen in a browser."""

import pytest

from tests.browser import axe, overflow, settle, shoot

pytestmark = pytest.mark.browser


def test_sign_in_page_is_clean(live_server, page, db):
    page.goto(live_server.url + "/account/sign-in/")
    settle(page)
    assert axe(page) == []
    print(overflow(page))
    shoot(page, "sign_in")
    assert page.problems == []
