"""A tour of the demo company in a browser: desk and phone, both themes, keyboard, console and axe clean."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sextant.demo import units
from sextant.demo.generate import ensure_demo_company
from sextant.people.models import Person, Unit
from tests.browser import axe, overflow, settle, shoot, sign_in

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def site(live_server, settings, tmp_path: Path, monkeypatch):
    """The demo company on a running site, on the Saturday it was made for."""
    settings.SEXTANT_HOME = tmp_path
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    ensure_demo_company(now=NOW)
    return live_server


def _look(page, site, path: str, name: str) -> None:
    """One page, at the width of `page`: nothing sticks out, axe has nothing to say in either theme."""
    page.goto(site.url + path)
    settle(page)
    assert overflow(page) == [], path
    assert axe(page) == [], path
    shoot(page, name)


def test_every_page_of_the_tour_is_clean_on_desk_and_phone(site, page, phone):
    employee, longest = Person.objects.get(name="沈亦舟"), Person.objects.get(name__contains="吐尔逊江")
    region, silent = Unit.objects.get(code=units.SLIDING), Unit.objects.get(code=units.SILENT)
    tour = {
        "employee": [("/", "work_employee")],
        "manager": [
            ("/", "work_manager"),
            (f"/people/{employee.id}/", "person"),
            (f"/units/{region.id}/", "unit"),
            ("/people/", "people"),
            ("/nowhere/", "not_found"),
        ],
        "hr": [
            ("/", "work_hr"),
            (f"/people/{longest.id}/", "person_long_name"),
            (f"/units/{silent.id}/", "unit_silent"),
            ("/people/?q=zzz", "people_none"),
        ],
        "executive": [("/", "work_executive")],
    }
    for username, pages in tour.items():
        for screen in (page, phone):
            sign_in(screen, site, username)
            for path, name in pages:
                _look(screen, site, path, name)
    expected = "Failed to load resource: the server responded with a status of 404 (Not Found)"
    assert [problem for problem in (*page.problems, *phone.problems) if problem != expected] == []


def test_people_find_their_way_by_touch_by_typing_and_by_keyboard(site, page, phone):
    _from_the_red_light_to_person_and_goal(site, phone)
    _search_while_typing_then_keys_alone(site, page)
    _another_quarter_without_a_button(site, page)
    assert (page.problems, phone.problems) == ([], [])


def _from_the_red_light_to_person_and_goal(site, phone) -> None:
    sign_in(phone, site, "manager")
    phone.goto(site.url + "/")
    phone.get_by_role("link", name="沈亦舟").first.click()
    phone.wait_for_url("**/people/*/")
    assert phone.get_by_role("heading", name="沈亦舟").is_visible()
    phone.get_by_role("link", name="第四季度回款").click()
    phone.wait_for_url("**/goals/*/")
    assert "回款" in phone.locator("main").inner_text()


def _search_while_typing_then_keys_alone(site, page) -> None:
    sign_in(page, site, "hr")
    page.goto(site.url + "/people/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "sx-skip"
    page.get_by_role("searchbox").press_sequentially("shenyizhou")
    page.wait_for_url("**q=shenyizhou**")
    page.get_by_role("link", name="沈亦舟").wait_for()
    assert page.locator("#people li").count() == 1
    page.get_by_role("link", name="沈亦舟").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/*/")


def _another_quarter_without_a_button(site, page) -> None:
    page.get_by_label("周期", exact=True).select_option("2026Q3")
    page.wait_for_url("**cycle=2026Q3")
    assert page.get_by_text("第三季度回款").is_visible()
