"""Keeps the processes of a running product alive and ends them together.

One thread, one loop: it wakes up when a child ends or a signal comes, brings back what has died (waiting longer after
each failure) and, when told to stop, ends everything in order.
"""

import contextlib
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sextant.foundation.postgres.cluster import Cluster
from sextant.foundation.postgres.contracts import PostgresTrouble
from sextant.foundation.postgres.process import die_with_parent

logger = logging.getLogger("sextant.serve")
TICK_SECONDS = 0.25
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A child that ran this long was fine: its next failure counts as the first."""
STOP_SECONDS = 20.0


@dataclass
class Backoff:
    """How long to wait before the next try."""

    failures: int = 0
    next_try: float = 0.0

    def failed(self, now: float) -> float:
        """Note a failure at `now` (monotonic seconds); returns the pause."""
        pause: float = min(FIRST_PAUSE_SECONDS * 2**self.failures, LONGEST_PAUSE_SECONDS)
        self.failures += 1
        self.next_try = now + pause
        return pause


@dataclass
class Child:
    """A program that is to run as long as the product does."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: str | None = None
    process: subprocess.Popen[bytes] | None = None
    backoff: Backoff = field(default_factory=Backoff)
    started: float = 0.0

    def start(self) -> None:
        """Run it in a session of its own, so that Ctrl-C reaches us alone and its own children can be found."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - this process has one thread
        )

    def keep(self) -> None:
        """Start it if it is time to; note that it died if it did."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            status = self.process.returncode
            self.process = self._bury(self.process)
            if now - self.started > STEADY_SECONDS:
                self.backoff.failures = 0
            logger.warning("%s ended (%s), back in %.1f s", self.name, status, self.backoff.failed(now))
        if self.process is None and now >= self.backoff.next_try:
            self.start()

    def stop(self) -> None:
        """Ask it to end, insist after a while, and leave none of its own children behind."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            self.process.terminate()
            self.process.wait(STOP_SECONDS)
        self.process = self._bury(self.process)

    @staticmethod
    def _bury(process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Supervisor:
    """Runs children, and the embedded server when there is one, until SIGTERM or SIGINT."""

    def __init__(self, children: Sequence[Child], *, cluster: Cluster | None) -> None:
        self.children = children
        self.cluster = cluster
        self._server_backoff = Backoff()
        self._stopping = False

    def run(self, *, is_ready: Callable[[], bool], on_ready: Callable[[], None]) -> None:
        """Keep everything running; `on_ready` is called once, when `is_ready` first says so."""
        announced = False
        with self._signals() as wakeup:
            try:
                while not self._stopping:
                    self._keep_server()
                    for child in self.children:
                        child.keep()
                    if not announced and is_ready():
                        announced = True
                        on_ready()
                    _pause(wakeup, TICK_SECONDS if announced else TICK_SECONDS / 5)
            finally:
                for child in self.children:
                    child.stop()

    def _keep_server(self) -> None:
        if self.cluster is None or self.cluster.is_running or time.monotonic() < self._server_backoff.next_try:
            return
        logger.warning("PostgreSQL ended, starting it again")
        try:
            self.cluster.start()
            self._server_backoff = Backoff()
        except PostgresTrouble as trouble:
            logger.error("%s, next try in %.1f s", trouble, self._server_backoff.failed(time.monotonic()))

    @contextlib.contextmanager
    def _signals(self) -> Iterator[int]:
        """Signals set a flag and wake the loop through a pipe; a second request to stop ends the wait for children."""
        wakeup, write_end = os.pipe()
        for end in (wakeup, write_end):
            os.set_blocking(end, False)
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
        try:
            yield wakeup
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(wakeup)
            os.close(write_end)

    def _stop(self, number: int, frame: object) -> None:
        if self._stopping:
            for child in self.children:
                if child.process is not None and child.process.poll() is None:
                    child.process.kill()
        self._stopping = True


def python_module(*words: str) -> list[str]:
    """The command line of a module of ours in the same Python."""
    return [sys.executable, "-m", *words]


def _pause(wakeup: int, seconds: float) -> None:
    if select.select([wakeup], [], [], seconds)[0]:
        os.read(wakeup, 4096)
