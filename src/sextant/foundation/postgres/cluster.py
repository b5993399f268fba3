"""One PostgreSQL server: set up once, started, watched, stopped. The caller holds the owner lock."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from sextant.foundation.postgres.account import can_enter
from sextant.foundation.postgres.binaries import reachable_binaries
from sextant.foundation.postgres.contracts import Binaries, PostgresTrouble
from sextant.foundation.postgres.place import OWNER_ROLE, Place, own_folder
from sextant.foundation.postgres.process import run_program, start_server
from sextant.foundation.postgres.readiness import prepare_database, wait_until_answering

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "logging_collector": "off",
    "timezone": "UTC",
    "jit": "off",  # compiling costs more than it saves on the short statements of pages
}
BUILTIN_LOCALES_SINCE = 17
STOP_STEPS = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10))
"""How a server is ended, and how many seconds each way is given: open transactions rolled back and everything
written; at once, to be recovered at the next start; by force."""
POLL_SECONDS = 0.02
START_TRIES = 4
"""Right after a crash the old server's workers may still be ending, and PostgreSQL refuses to start beside them."""


class Cluster:
    """The server of one place. Used by the process that holds the owner lock, from its main thread."""

    def __init__(self, place: Place, binaries: Binaries, *, settings: Mapping[str, str] | None = None) -> None:
        self.place = place
        self.binaries = reachable_binaries(binaries, account=place.account, keep_in=place.root)
        self.settings = {**SETTINGS, "unix_socket_directories": str(place.sockets), **(settings or {})}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the server process is alive."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Bring the server up and wait until it answers; sets the data folder up at the first start."""
        self._check_access()
        own_folder(self.place.sockets, self.place.account)
        if not self.place.data.exists():
            self._create()
        self._check_version()
        self._stop_leftover()
        for attempt in range(START_TRIES):
            if self._launch():
                break
            time.sleep(0.2 * 2**attempt)
        else:
            raise PostgresTrouble("postgres.did_not_start", log=str(self.place.log), line=self._last_line())
        prepare_database(self.place)

    def stop(self) -> None:
        """End the server: first politely (open transactions are rolled back), at last by force."""
        if self.process is None:
            return
        for end, seconds in STOP_STEPS:
            if self.process.poll() is None:
                self.process.send_signal(end)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
                break
        self.process = None
        if self.place.sockets.parent != self.place.root:  # it was put into /tmp only because its path is short there
            with contextlib.suppress(OSError):
                self.place.sockets.rmdir()

    def kill(self) -> None:
        """End the server at once, for data nobody needs again."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(10)
            self.process = None

    def _check_access(self) -> None:
        place = self.place
        if place.account is None and place.data.exists() and place.data.stat().st_uid != os.geteuid():
            raise PostgresTrouble("postgres.not_ours", folder=str(place.data))
        if not can_enter(place.root, place.account):
            raise PostgresTrouble(
                "postgres.unreachable", folder=str(place.root), account=place.account.name if place.account else ""
            )

    def _create(self) -> None:
        """initdb into a draft that is renamed at the end: a kill half-way leaves nothing that looks like data."""
        draft = self.place.root / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        own_folder(draft, self.place.account)
        locale = ["--locale=C.UTF-8"]
        if self.binaries.major >= BUILTIN_LOCALES_SINCE:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        program, target = str(self.binaries.folder / "initdb"), str(draft)
        command = [program, "-D", target, "-U", OWNER_ROLE, "-A", "trust", "-E", "UTF8", *locale]
        if self.settings.get("fsync") == "off":
            command.append("--no-sync")
        done = run_program(command, account=self.place.account)
        if done.returncode:
            line = (done.stdout.strip() or "initdb").splitlines()[-1]
            raise PostgresTrouble("postgres.initdb_failed", line=line, folder=str(self.place.root))
        draft.rename(self.place.data)

    def _check_version(self) -> None:
        found = (self.place.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != str(self.binaries.major):
            raise PostgresTrouble(
                "postgres.other_major", data=found, binaries=self.binaries.version, folder=str(self.place.data)
            )

    def _stop_leftover(self) -> None:
        """End a server whose owner was killed. Nobody else can be using it: the owner lock is ours."""
        pid_file = self.place.data / "postmaster.pid"
        try:
            leftover = psutil.Process(int(pid_file.read_text(encoding="ascii").split()[0]))
            is_ours = Path(leftover.cwd()) == self.place.data
        except (OSError, ValueError, IndexError, psutil.Error):
            is_ours = False
        if not is_ours:
            # after a power cut the number may be another program's by now, and PostgreSQL would wait for it for ever
            pid_file.unlink(missing_ok=True)
            return
        for end, seconds in STOP_STEPS:
            with contextlib.suppress(psutil.NoSuchProcess):
                leftover.send_signal(end)
            if _ended(leftover, within=seconds):
                return

    def _launch(self) -> bool:
        options = [word for key, value in self.settings.items() for word in ("-c", f"{key}={value}")]
        with self.place.log.open("ab") as log:
            self.process = start_server(
                [self.binaries.folder / "postgres", "-D", self.place.data, *options],
                account=self.place.account,
                log=log,
                death_signal=signal.SIGINT,
            )
        return wait_until_answering(self.place, while_true=lambda: self.is_running)

    def _last_line(self) -> str:
        lines = self.place.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else ""


def _ended(process: psutil.Process, *, within: float) -> bool:
    """Whether the process ends in time. A zombie has ended: in a container nobody may ever collect it."""
    give_up_at = time.monotonic() + within
    while time.monotonic() < give_up_at:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(POLL_SECONDS)
                continue
        return True
    return False
