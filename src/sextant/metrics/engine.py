"""The only place that opens DuckDB: in memory, bounded, and able to read the ledger and named files, nothing else.

A connection cannot install or load extensions, open a network address, attach a database or change its own settings.
What does not fit into memory spills into a folder under SEXTANT_HOME.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Lock

import duckdb
import psutil  # type: ignore[import-untyped]
from django.conf import settings

MEMORY_SHARE = 4
"""One connection takes at most a quarter of the machine's memory: web, worker and PostgreSQL live beside it."""
MEMORY_FLOOR_MIB = 512
MEMORY_CEILING_MIB = 8 * 1024

SPILL = "engine-"
"""How folders under `spill_root()` are named; what killed processes left of them is removed a day later."""
_LEFT_BEHIND_SECONDS = 24 * 3600

_SEALED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}


def memory_limit_mib() -> int:
    """Mebibytes one connection may use: `settings.SEXTANT_ENGINE_MIB` when set, else a share of the machine."""
    if given := getattr(settings, "SEXTANT_ENGINE_MIB", None):
        return int(given)
    total = int(psutil.virtual_memory().total) // (1024 * 1024)
    return max(MEMORY_FLOOR_MIB, min(MEMORY_CEILING_MIB, total // MEMORY_SHARE))


@contextmanager
def open_engine(*, files: Sequence[Path] = (), threads: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A fresh DuckDB for the length of the block; it and its spilled files are gone afterwards.

    It may read the ledger folder and exactly the `files` named (a goals CSV, say); rows from Python come in through
    `register`. `threads` defaults to every core. Anything else that touches the disk raises
    duckdb.PermissionException.
    """
    home, root = Path(settings.SEXTANT_HOME), spill_root()
    root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=SPILL, dir=root) as spill:
        _remove_leftovers(root, beside=Path(spill))
        config: dict[str, str | bool | int | float | list[str]] = {
            **_SEALED,
            "memory_limit": f"{memory_limit_mib()}MiB",
            "temp_directory": spill,
        }
        if threads is not None:
            config["threads"] = str(threads)
        connection = duckdb.connect(":memory:", config=config)
        try:
            _seal(connection, folders=[home / "ledger"], files=files)
            yield connection
        finally:
            connection.close()


def spill_root() -> Path:
    """The folder under which large intermediate results may lie for the length of a process."""
    return Path(settings.SEXTANT_HOME) / "tmp"


@contextmanager
def open_reader() -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor on an engine that this process keeps: opening one costs more than reading the rows of a goal.

    For a few rows of the ledger only, through relations: what is created in it would be seen by everybody else. One
    core, no spilling, sealed like every engine.
    """
    home = Path(settings.SEXTANT_HOME)
    with _kept.lock:
        cursor = _kept.engine(home).cursor()
    try:
        yield cursor
    finally:
        cursor.close()


class _KeptEngine:
    """One engine a process and home."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._of: tuple[int, Path] | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None

    def engine(self, home: Path) -> duckdb.DuckDBPyConnection:
        """The engine of this process, which after a fork is not that of its parent."""
        if self._connection is None or self._of != (os.getpid(), home):
            limit = f"{MEMORY_FLOOR_MIB}MiB"
            config: dict[str, str | bool | int | float | list[str]] = {
                **_SEALED, "memory_limit": limit, "temp_directory": "", "threads": "1",
            }  # fmt: skip
            self._connection = duckdb.connect(":memory:", config=config)
            _seal(self._connection, folders=[home / "ledger"], files=[])
            self._of = (os.getpid(), home)
        return self._connection


_kept = _KeptEngine()


def _remove_leftovers(root: Path, *, beside: Path) -> None:
    """Delete what killed processes spilled: folders a day older than ours."""
    now = beside.stat().st_mtime
    for folder in root.glob(f"{SPILL}*"):
        with suppress(FileNotFoundError):  # somebody else removes it at the same time
            if now - folder.stat().st_mtime > _LEFT_BEHIND_SECONDS:
                rmtree(folder, ignore_errors=True)


def _seal(connection: duckdb.DuckDBPyConnection, *, folders: Sequence[Path], files: Sequence[Path]) -> None:
    # The order is DuckDB's: what is allowed can only be named while access is still open.
    connection.execute(f"SET allowed_directories = [{_listed(folders)}]")
    connection.execute(f"SET allowed_paths = [{_listed(files)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _listed(paths: Sequence[Path]) -> str:
    return ", ".join("'" + str(path.resolve()).replace("'", "''") + "'" for path in paths)
