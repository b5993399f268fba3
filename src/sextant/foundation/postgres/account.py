"""Whom PostgreSQL runs as: it refuses root, so root hands it to an account that exists already."""

import os
import pwd
import subprocess
from pathlib import Path

from sextant.foundation.postgres.contracts import Account, PostgresTrouble

CANDIDATES = ("postgres", "nobody", "daemon")
"""Unprivileged accounts found on practically every system, best first. None is ever added."""


def find_account(owned: Path) -> Account | None:
    """The account for the server whose data folder is `owned` (it need not exist yet).

    None when this process is not root: the server then runs as whoever started it. The owner of existing data
    wins, so that a PostgreSQL package installed later does not change hands. Raises postgres.no_account.
    """
    if os.geteuid() != 0:
        return None
    if owned.exists() and (uid := owned.stat().st_uid) != 0:
        return Account(_name_of(uid), uid, owned.stat().st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise PostgresTrouble("postgres.no_account", names=", ".join(CANDIDATES))


def can_enter(folder: Path, account: Account | None) -> bool:
    """Whether the account gets into `folder`. Asked of the system itself, so that any kind of access rule counts."""
    if account is None:
        return os.access(folder, os.X_OK)
    done = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
