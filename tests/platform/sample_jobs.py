"""A job for tests of the worker, loaded by workers that run with tests.platform.worker_settings."""

import threading
from pathlib import Path

from procrastinate.contrib.django import app


@app.task(name="tests.hang_once")
def hang_once(*, folder: str) -> None:
    """Hangs for ever the first time, and finishes the second time."""
    started = Path(folder, "started")
    if not started.exists():
        started.touch()
        threading.Event().wait()
    Path(folder, "done").touch()


@app.task(name="tests.always_hang")
def always_hang(*, folder: str) -> None:
    """Hangs for ever."""
    with Path(folder, "runs").open("a") as runs:
        runs.write("x")
    threading.Event().wait()
