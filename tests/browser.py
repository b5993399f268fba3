"""A real browser for tests: fixtures `page` and `phone`, and what one does with them.

Every page keeps `problems`: console errors, uncaught exceptions and requests that would have left for another host.
A test that looks at a page ends with `assert page.problems == []`.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
SCREENS = ROOT / "screens"
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
AXE_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_ON_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)


def find_chromium() -> str | None:
    """Path of a Chromium: $SEXTANT_CHROMIUM, else one on PATH, else a mac application; None for Playwright's own."""
    if given := os.environ.get("SEXTANT_CHROMIUM"):
        return given
    found = (shutil.which(name) for name in _ON_PATH)
    return next((path for path in (*found, *filter(os.path.exists, _ON_MAC)) if path), None)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """One Chromium for the whole run."""
    from playwright.sync_api import Error, sync_playwright

    # Playwright's synchronous interface runs an event loop, in which Django would refuse its database
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        except Error as error:
            pytest.fail(f"no Chromium: set SEXTANT_CHROMIUM, or run `playwright install chromium` ({error.message})")
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """A desk: 1440×900, Chinese, reduced motion (axe would report contrast in mid-transition)."""
    yield from _open_page(browser, viewport=DESK)


@pytest.fixture
def phone(browser: "Browser") -> "Iterator[Page]":
    """A phone: 390×844, touch."""
    yield from _open_page(browser, viewport=PHONE, has_touch=True, is_mobile=True)


def _open_page(browser: "Browser", **options: Any) -> "Iterator[Page]":
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce", **options)
    opened = context.new_page()
    watch(opened)
    yield opened
    context.close()


def watch(page: "Page") -> None:
    """Collect in `page.problems` whatever a clean page does not do."""
    problems: list[str] = []
    page.problems = problems  # type: ignore[attr-defined]
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))

    def at_home(url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in ("data", "blob", "about") or parts.hostname in ("localhost", "127.0.0.1")

    page.on("request", lambda request: None if at_home(request.url) else problems.append(f"leaves: {request.url}"))


def sign_in(page: "Page", live_server: Any, username: str) -> None:
    """Give the browser a real session of an existing account, without typing a password."""
    from django.conf import settings
    from django.test import Client

    from sextant.foundation.accounts.actions import open_session
    from sextant.foundation.accounts.models import User
    from sextant.foundation.clock import now

    user, client, moment = User.objects.get(username=username), Client(), now()
    client.force_login(user)
    session = client.session
    session["seen_at"] = moment.isoformat()
    session.save()
    open_session(str(session.session_key), user_id=user.pk, address=None, agent="Chrome Linux", now=moment)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": live_server.url}
    page.context.add_cookies([cookie])


def settle(page: "Page") -> None:
    """Wait until nothing is under way: network, fonts, and two frames drawn."""
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))"
    )


def set_theme(page: "Page", theme: str) -> None:
    """Switch the open page to "light" or "dark", as the switch in the page does."""
    page.evaluate(
        """theme => {
            document.documentElement.dataset.theme = theme
            document.dispatchEvent(new CustomEvent('sx:theme'))
        }""",
        theme,
    )
    settle(page)


def axe(page: "Page", *, themes: tuple[str, ...] = ("light", "dark")) -> list[str]:
    """Accessibility violations of the open page (WCAG 2.2 AA), one line each: theme, rule, where. [] when clean."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for theme in themes:
        set_theme(page, theme)
        result = page.evaluate("rules => axe.run(document, {runOnly: rules})", list(AXE_RULES))
        for violation in result["violations"]:
            places = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:4])
            found.append(f"{theme} {violation['id']}: {places}")
    set_theme(page, themes[0])
    return found


def overflow(page: "Page") -> list[str]:
    """Elements that stick out to the right of the screen; [] when the page does not scroll sideways."""
    return page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth
            if (document.documentElement.scrollWidth <= width) return []
            const sticksOut = (element) => element.getBoundingClientRect().right > width + 1
            const out = [...document.body.querySelectorAll('*')].filter(sticksOut)
            return out.slice(0, 8).map(e => `${e.tagName.toLowerCase()}.${e.getAttribute('class') || ''}`)
        }"""
    )


def shoot(page: "Page", name: str, *, full: bool = True) -> list[Path]:
    """Pictures of the open page in ./screens (ignored by git): 1440 and 390 wide, light and dark.

    Taken only with SEXTANT_SHOOT=1, for somebody who is going to look at them; else nothing happens and [] comes back.
    `full` shows the whole page as if the screen were that tall, so that bars fixed to its edges stay at the edges.
    """
    if os.environ.get("SEXTANT_SHOOT") != "1":
        return []
    SCREENS.mkdir(exist_ok=True)
    before, taken = page.viewport_size, []
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        settle(page)
        if full:
            height = max(size["height"], page.evaluate("document.documentElement.scrollHeight"))
            page.set_viewport_size({"width": size["width"], "height": height})
        for theme in ("light", "dark"):
            set_theme(page, theme)
            path = SCREENS / f"{name}_{size['width']}{'' if theme == 'light' else '_dark'}.png"
            page.screenshot(path=path)
            taken.append(path)
    if before:
        page.set_viewport_size(before)
    set_theme(page, "light")
    return taken
