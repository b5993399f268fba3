"""Child processes that run as another account and do not outlive their parent."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from sextant.foundation.postgres.contracts import Account

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_PR_GET_PDEATHSIG = 2
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
"""Servers get a clean environment: a stray PGDATA or LC_ALL of the operator must not reach them."""


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `death_signal` to the child when the thread that started it ends, even by
    `kill -9`. Linux only; elsewhere the next start cleans up. Start such children from the main thread."""
    parent = os.getpid()

    def ask() -> None:
        if sys.platform == "linux":
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal))
            if os.getppid() != parent:  # it died before we asked
                os.kill(os.getpid(), signal.SIGKILL)

    return ask


def is_tied_to_parent() -> bool:
    """Whether this process was started by `die_with_parent`. Always False where the kernel cannot tell."""
    death_signal = ctypes.c_int(0)
    if sys.platform == "linux":
        _LIBC.prctl(_PR_GET_PDEATHSIG, ctypes.byref(death_signal))
    return death_signal.value != 0


def start_server(
    command: Sequence[str | Path], *, account: Account | None, log: IO[bytes], death_signal: signal.Signals
) -> subprocess.Popen[bytes]:
    """Start a long-running program in its own session, tied to the life of this process."""
    return subprocess.Popen(
        [str(word) for word in command],
        cwd="/",
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        preexec_fn=die_with_parent(death_signal),  # noqa: PLW1509 - only called from the one-threaded starter
        **_as_account(account),
    )


def run_program(command: Sequence[str | Path], *, account: Account | None) -> subprocess.CompletedProcess[str]:
    """Run a short program to its end and keep what it said."""
    return subprocess.run(
        [str(word) for word in command],
        cwd="/",
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        preexec_fn=die_with_parent(signal.SIGKILL),
        **_as_account(account),
    )


def _as_account(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}
