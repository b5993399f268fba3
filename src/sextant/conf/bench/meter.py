"""What a piece of work costs: seconds on the wall, and processor seconds of this process and of PostgreSQL.

Wall time tells what somebody waits; it grows with whatever else the machine does. Processor time travels better. That
of PostgreSQL is read from the operating system, for the server and all it started: the server of a benchmark is alone
in its home, so nobody else's work is in it.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import psutil  # type: ignore[import-untyped]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one piece of work. `database` is processor time of PostgreSQL."""

    wall: float
    own: float
    database: float

    @property
    def cpu(self) -> float:
        """Processor seconds altogether."""
        return self.own + self.database

    @property
    def document(self) -> dict[str, float]:
        """As a benchmark prints it."""
        return {
            "seconds": round(self.wall, 3),
            "cpu_seconds": round(self.cpu, 3),
            "database_cpu_seconds": round(self.database, 3),
        }

    def times(self, other: "Cost") -> dict[str, float]:
        """How many times as dear as another: on the wall, and in processor time."""
        return {"ratio": round(self.wall / other.wall, 2), "cpu_ratio": round(self.cpu / other.cpu, 2)}


class Meter:
    """The best turn of each named piece of work, by processor time. With `own_backend` only the process that answers
    this connection counts for PostgreSQL: what the server does by itself would drown a short piece of work."""

    def __init__(self, *, own_backend: bool = False) -> None:
        self.best: dict[str, Cost] = {}
        backend = _find_backend()
        self._used: Callable[[], float] = (
            partial(_used_by_one, backend) if own_backend else partial(_used_by, backend.parent())
        )

    def measure(self, name: str, work: Callable[[], T]) -> T:
        """Do it, remember what it cost when that is the best so far, and return what it gave."""
        database, wall, own = self._used(), time.perf_counter(), time.process_time()
        answer = work()
        wall, own = time.perf_counter() - wall, time.process_time() - own
        cost = Cost(wall, own, self._used() - database)
        if name not in self.best or cost.cpu < self.best[name].cpu:
            self.best[name] = cost
        return answer


def _find_backend() -> psutil.Process:
    """The process of PostgreSQL that answers this connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        row = cursor.fetchone()
    return psutil.Process(row[0])


def _used_by(server: psutil.Process) -> float:
    """Processor seconds of the server and everything it started, so far."""
    times = server.cpu_times()
    # what has ended is counted with the server itself
    used = float(times.user + times.system + times.children_user + times.children_system)
    for process in server.children():
        with suppress(psutil.NoSuchProcess, FileNotFoundError):
            used += _used_by_one(process)
    return used


def _used_by_one(process: psutil.Process) -> float:
    """To the nanosecond where the system says so: the times that every system knows count in hundredths."""
    exactly = Path(f"/proc/{process.pid}/schedstat")
    if exactly.is_file():
        return int(exactly.read_text(encoding="ascii").split()[0]) / 1e9
    times = process.cpu_times()
    return float(times.user + times.system)


def documents(best: dict[str, Cost]) -> dict[str, Any]:
    """Every cost by its name."""
    return {name: cost.document for name, cost in best.items()}
