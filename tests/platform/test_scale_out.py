"""Two machines on one PostgreSQL and one folder, as docs/scale-out.md sets them up; a `sextant serve` for each."""

import contextlib
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sextant.foundation.postgres.binaries import find_binaries
from sextant.foundation.postgres.place import settle
from sextant.foundation.postgres.sharing import own_server
from tests.platform.processes import LOOPBACK, Served, run_command, serving, temporary_home

pytestmark = pytest.mark.slow
PASSWORD = "correct horse battery"


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL that no `serve` started; its address."""
    with own_server(folder, binaries=find_binaries()):
        yield settle(folder).url()


def test_who_signed_in_at_one_machine_is_known_to_the_other_which_goes_on_when_the_first_is_killed() -> None:
    with temporary_home() as home, postgres(home.parent / "database") as url:
        shared = {"DATABASE_URL": url}
        with serving(home, **shared) as first, serving(home, **shared) as second:
            created = run_command(home, "createuser", "anna", "--role", "hr", given=f"{PASSWORD}\n", **shared)
            assert created.returncode == 0, created.stderr
            session = sign_in(first)
            assert workbench(second, session) == httpx.codes.OK
            assert not (home / "postgres").exists()

            first.end(signal.SIGKILL)
            assert workbench(second, session) == httpx.codes.OK
            assert second.end(signal.SIGTERM) == 0


def sign_in(machine: Served) -> dict[str, str]:
    """The cookies of somebody who signed in there."""
    with httpx.Client(base_url=f"http://{LOOPBACK}:{machine.port}", follow_redirects=True) as browser:
        form = browser.get("/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
        assert token
        fields = {"csrfmiddlewaretoken": token[1], "username": "anna", "password": PASSWORD}
        browser.post(form.url, data=fields, headers={"Referer": str(form.url)})
        return dict(browser.cookies)


def workbench(machine: Served, cookies: dict[str, str]) -> int:
    """How the machine answers who has these cookies."""
    return httpx.get(f"http://{LOOPBACK}:{machine.port}/", cookies=cookies, timeout=30).status_code
