"""Real processes for the tests of the platform: commands with a home of their own, and waiting with a deadline."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

PATIENCE_SECONDS = 60.0
COMMAND = [sys.executable, "-m", "sextant.conf.cli"]
LOOPBACK = "127.0.0.1"


def wait_until(condition: Callable[[], object], what: str, *, seconds: float = PATIENCE_SECONDS) -> None:
    """Ask again and again until it holds; fails the test, naming `what`, when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)


@contextlib.contextmanager
def temporary_home(parent_mode: int = 0o755) -> Iterator[Path]:
    """A data folder that does not exist yet, in a parent of the given mode. Removed with what it led to."""
    parent = Path(tempfile.mkdtemp(prefix="sextant-test-", dir="/tmp"))
    parent.chmod(parent_mode)
    home = parent / "home"
    try:
        yield home
    finally:
        elsewhere = home / "postgres"
        if elsewhere.is_symlink():
            shutil.rmtree(elsewhere.resolve(), ignore_errors=True)
        shutil.rmtree(parent, ignore_errors=True)


def environment(home: Path, **changes: str) -> dict[str, str]:
    """The environment of a command of that home: nothing of the test's own database in it."""
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "LC_ALL", "LANG"}}
    return {**kept, "SEXTANT_HOME": str(home), **changes}


def run_command(home: Path, *words: str, given: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *words],
        env=environment(home, **changes),
        input=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Served:
    """`sextant serve`, ready to answer."""

    def __init__(self, home: Path, **changes: str) -> None:
        self.home = home
        self.port = free_port()
        self.output = (home.parent / f"serve-{self.port}.log").open("w+b")
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(self.port), "--workers", "1"],
            env=environment(home, **changes),
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until(lambda: self.process.poll() is not None or self.answers(), "/healthz")
            assert self.process.poll() is None
        except AssertionError as error:
            self.process.terminate()
            raise AssertionError(f"{error}\n{self.said()}") from error

    def answers(self) -> bool:
        """Whether /healthz says ok."""
        with contextlib.suppress(urllib.error.URLError, OSError):
            return urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}/healthz", timeout=10).read() == b"ok"
        return False

    def said(self) -> str:
        """Everything written so far."""
        self.output.seek(0)
        return self.output.read().decode(errors="replace")

    def family(self) -> list[psutil.Process]:
        """Everything it runs."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, word: str) -> psutil.Process:
        """The direct child with that word in its command line."""
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                if any(word in part for part in child.cmdline()):
                    return child
        raise LookupError(word)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and return its exit status."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_SECONDS)


@contextlib.contextmanager
def serving(home: Path, **changes: str) -> Iterator[Served]:
    """`sextant serve` for the length of a block."""
    served = Served(home, **changes)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.end(signal.SIGTERM)
        served.output.close()
