"""A private PostgreSQL for each pytest process: made at the first test that wants a database, gone at the end.

Loaded with `-p` before Django's settings are read, so that they see its address. A DATABASE_URL given from outside is
used instead.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import IO

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings

PREFIX = "sextant-test-"
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "40"}
STALE_SECONDS = 600

# The suite says the same of the same code every time: an example found by chance must not stop somebody else's change.
# `./sextant test --hypothesis-profile=explore` looks for new ones; what it finds becomes an @example or a case.
hypothesis_settings.register_profile("same", derandomize=True, deadline=None, database=None)
hypothesis_settings.register_profile("explore", max_examples=2000, deadline=None, print_blob=True)
hypothesis_settings.load_profile("same")


class PrivateServer:
    """A temporary data folder with the server in it. The folder is locked while its pytest lives."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix=PREFIX, dir="/tmp"))
        self.home.chmod(0o755)
        self.lock: IO[str] = (self.home / "lock").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        from sextant.foundation.postgres.place import settle

        self.place = settle(self.home)
        self.sextant_home = self.home / "home"
        self.cluster = None

    def start(self) -> None:
        """Bring the server up, once."""
        if self.cluster is None:
            from sextant.foundation.postgres.binaries import find_binaries
            from sextant.foundation.postgres.cluster import Cluster

            self.cluster = Cluster(self.place, find_binaries(), settings=SETTINGS)
            self.cluster.start()

    def remove(self) -> None:
        """Stop the server and delete its folder."""
        if self.cluster is not None:
            self.cluster.kill()
        shutil.rmtree(self.home, ignore_errors=True)


def _remove_leftovers() -> None:
    """Delete folders of pytest processes that were killed, and what homes in temporary folders had elsewhere."""
    for folder in Path("/tmp").glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > STALE_SECONDS:
                _remove_unless_locked(folder, folder / "lock")
    for note in Path("/var/lib").glob("sextant-*/belongs-to"):
        with contextlib.suppress(OSError):
            home = Path(note.read_text(encoding="utf-8").strip())
            if home.is_relative_to("/tmp") and not home.exists():
                _remove_unless_locked(note.parent, note.parent / "owner.lock")


def _remove_unless_locked(folder: Path, lock_file: Path) -> None:
    with lock_file.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)


# set beside DATABASE_URL when this file set it: a process that inherits both (one of several that share the tests)
# makes a server of its own
PRIVATE = "SEXTANT_TEST_SERVER"

_server: PrivateServer | None = None
if not os.environ.get("DATABASE_URL") or os.environ.get(PRIVATE):
    _remove_leftovers()
    _server = PrivateServer()
    os.environ["DATABASE_URL"] = _server.place.url()
    os.environ["SEXTANT_HOME"] = str(_server.sextant_home)
    os.environ[PRIVATE] = str(_server.home)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> None:
    """Start the server right before pytest-django makes the test database; tests without one never pay for it."""
    if fixturedef.argname == "django_db_setup" and _server is not None:
        _server.start()


_homes = count(1)


@pytest.fixture(autouse=True)
def home_of_the_test() -> Iterator[None]:
    """A home for each test that has not chosen one: what it puts beside the database goes with its rows. Numbers given
    out again would find it otherwise."""
    if _server is None or Path(settings.SEXTANT_HOME) != _server.sextant_home:
        yield
        return
    own = _server.sextant_home / f"{next(_homes)}"
    settings.SEXTANT_HOME, os.environ["SEXTANT_HOME"] = own, str(own)  # also for processes the test starts
    yield
    shutil.rmtree(own, ignore_errors=True)
    settings.SEXTANT_HOME, os.environ["SEXTANT_HOME"] = _server.sextant_home, str(_server.sextant_home)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    if _server is not None:
        _server.remove()
