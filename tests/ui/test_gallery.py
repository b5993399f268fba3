"""The gallery: all components at once, in both themes and at both widths."""

import pytest

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.clock import now
from tests.browser import axe, overflow, settle, shoot, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def gallery(live_server, transactional_db):
    """Address of the gallery, and an account that may see it."""
    create_account(
        "hr",
        password="correct horse battery",
        name="何管理员",
        roles=[Role.HR],
        actor=Actor.system("test"),
        now=now(),
    )
    return live_server.url + "/dev/ui/"


def test_gallery_is_clean_on_a_desk(gallery, live_server, page):
    sign_in(page, live_server, "hr")
    page.goto(gallery)
    settle(page)
    assert page.locator("[data-chart] canvas").count() == 3
    assert axe(page) == []
    shoot(page, "gallery")
    assert page.problems == []


def test_gallery_is_clean_on_a_phone(gallery, live_server, phone):
    sign_in(phone, live_server, "hr")
    phone.goto(gallery)
    settle(phone)
    assert overflow(phone) == []
    assert axe(phone) == []
    assert phone.problems == []
