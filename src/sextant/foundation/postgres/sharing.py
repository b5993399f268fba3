"""One server, several processes: the first one runs it, the others use it, and it stops when the last one is done.

Two locks in the server's folder. The owner lock belongs to the process that runs the server. The guest lock is held,
shared, by every process that merely uses it; an owner that ends on its own account waits for them.
"""

import contextlib
import fcntl
import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from sextant.foundation.postgres.cluster import Cluster
from sextant.foundation.postgres.contracts import Binaries, PostgresTrouble
from sextant.foundation.postgres.place import DATABASE, Place, settle
from sextant.foundation.postgres.readiness import wait_until_answering

PAUSE_SECONDS = 0.05
TAKE_OVER_SECONDS = 60
"""How long a start may take, and how long somebody else's stop, before we give up."""


class FileLock:
    """An advisory lock on a file. The kernel drops it with the process, so that a kill leaves no stale lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def try_take(self, *, shared: bool = False) -> bool:
        """Take the lock if it is free now."""
        return self._take((fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)

    def take(self) -> None:
        """Wait until nobody else holds the lock, then take it alone."""
        self._take(fcntl.LOCK_EX)

    def release(self) -> None:
        """Let others have it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def note(self, text: str) -> None:
        """Write who holds the lock into the file, for the message of whoever is refused."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, text.encode(), 0)

    def read_note(self) -> str:
        """What the holder noted."""
        with contextlib.suppress(OSError):
            return self.path.read_text(encoding="utf-8", errors="replace").strip()
        return ""

    def _take(self, how: int) -> bool:
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except PermissionError as error:
            raise PostgresTrouble("postgres.not_ours", folder=str(self.path.parent)) from error
        try:
            fcntl.flock(handle, how)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True


@contextlib.contextmanager
def own_server(home: Path, *, binaries: Binaries, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Run the server of `home` in this process; raises postgres.in_use when another process does.

    The caller watches it (`is_running`, `start`). At the end it stops at once, whoever still uses it.
    """
    place = settle(home)
    lock = FileLock(place.owner_lock)
    if not lock.try_take():
        raise PostgresTrouble("postgres.in_use", home=str(home), holder=lock.read_note())
    with _running(place, binaries, lock, settings) as cluster:
        yield cluster


@contextlib.contextmanager
def shared_server(home: Path, *, binaries: Binaries) -> Iterator[None]:
    """A block in which the server of `home` runs: another process's if there is one, else our own."""
    place = settle(home)
    owner, guests = FileLock(place.owner_lock), FileLock(place.guest_lock)
    if not _enter(place, owner=owner, guests=guests):
        try:
            yield
        finally:
            guests.release()
        return
    with _running(place, binaries, owner):
        yield
        guests.take()  # others may have come while we worked: the server is theirs too
        guests.release()


def _enter(place: Place, *, owner: FileLock, guests: FileLock) -> bool:
    """True with the owner lock taken, False with the guest lock taken and the other's server answering."""
    give_up_at = time.monotonic() + TAKE_OVER_SECONDS
    while time.monotonic() < give_up_at:
        if owner.try_take():
            return True
        if guests.try_take(shared=True):
            if _other_server_answers(place, owner, give_up_at):
                return False
            guests.release()
        time.sleep(PAUSE_SECONDS)
    raise PostgresTrouble("postgres.in_use", home=str(place.root.parent), holder=owner.read_note())


def _other_server_answers(place: Place, owner: FileLock, give_up_at: float) -> bool:
    def worth_waiting() -> bool:
        if not owner.try_take():
            return time.monotonic() < give_up_at
        owner.release()  # the other one ended meanwhile
        return False

    return wait_until_answering(place, while_true=worth_waiting, database=DATABASE)


@contextlib.contextmanager
def _running(
    place: Place, binaries: Binaries, lock: FileLock, settings: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """Start and stop the server; gives the owner lock back at the end."""
    lock.note(f"{os.getpid()} {' '.join([Path(sys.argv[0]).name, *sys.argv[1:3]])}")
    try:
        cluster = Cluster(place, binaries, settings=settings)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
    finally:
        lock.release()
