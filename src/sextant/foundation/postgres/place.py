"""Where the server of one data folder lives: data, sockets, locks and log, always in the same places.

Normally all is below `<home>/postgres`. When the account the server runs as cannot get there, that name is a link to
a folder below /var/lib which it can reach, made for this home and never used by another: whoever deletes a home and
makes it anew starts empty. Every process of a home follows the link, so it knows the address without asking.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from urllib.parse import quote

from sextant.foundation.postgres.account import can_enter, find_account
from sextant.foundation.postgres.contracts import Account, PostgresTrouble

OWNER_ROLE = "sextant"
DATABASE = "sextant"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET = 100
"""Bytes in the path of a unix socket that every system takes (the limit is 107 on Linux, 103 on macOS)."""
SHELTER = Path("/var/lib")
WHOSE = "belongs-to"
"""A file in a sheltered folder that names the home it serves, for whoever finds it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Folders and account of one embedded server; `root` is free of links."""

    root: Path
    account: Account | None

    @property
    def data(self) -> Path:
        """The data folder of PostgreSQL."""
        return self.root / "data"

    @property
    def sockets(self) -> Path:
        """The folder of the unix socket; elsewhere when its path would be too long for one."""
        here = self.root / "run"
        if len(os.fsencode(here / SOCKET_NAME)) <= LONGEST_SOCKET:
            return here
        return Path("/tmp") / f"sextant-{_short(self.root)}"

    @property
    def log(self) -> Path:
        """What PostgreSQL has to say."""
        return self.root / "postgres.log"

    @property
    def owner_lock(self) -> Path:
        """Locked by the process that runs the server."""
        return self.root / "owner.lock"

    @property
    def guest_lock(self) -> Path:
        """Locked, shared, by every process that uses a server run by another."""
        return self.root / "guests.lock"

    def url(self, database: str = DATABASE) -> str:
        """The DATABASE_URL of the server."""
        return f"postgresql://{OWNER_ROLE}@/{database}?host={quote(str(self.sockets), safe='')}"


def settle(home: Path) -> Place:
    """The place of the server of `home`, chosen at the first call and the same ever after.

    Makes `<home>/postgres` (a folder, or a link when the unprivileged account cannot reach it) and nothing else.
    """
    home.mkdir(parents=True, exist_ok=True)
    name = home.resolve() / "postgres"
    if not name.exists() and not name.is_symlink():
        _choose(name)
    root = name.resolve()
    return Place(root=root, account=find_account(root / "data"))


def own_folder(folder: Path, account: Account | None) -> None:
    """Make `folder` one that only the server's account may enter. Raises postgres.foreign_folder when it is
    somebody else's: in a folder open to all (/tmp) its name could be taken by a stranger."""
    owner = account.uid if account else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid not in {owner, 0, os.geteuid()}:
            raise PostgresTrouble("postgres.foreign_folder", folder=str(folder)) from None
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def _choose(name: Path) -> None:
    account = find_account(name / "data")
    if can_enter(name.parent, account):
        _make_folder(name)
        return
    shelter = Path(mkdtemp(prefix="sextant-", dir=SHELTER))
    _make_folder(shelter)
    (shelter / WHOSE).write_text(f"{name.parent}\n", encoding="utf-8")
    try:
        name.symlink_to(shelter)
    except FileExistsError:  # another process of this home was quicker
        rmtree(shelter)


def _make_folder(folder: Path) -> None:
    """A folder the server's account can pass through whatever the umask says; only its children are private."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)


def _short(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
