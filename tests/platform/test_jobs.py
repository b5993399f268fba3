"""Jobs whose worker is killed: run again, but not for ever. Real workers, real kills."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app

from sextant.foundation.jobs.stalled import MOST_RUNS, Requeued, requeue_stalled
from tests.platform.processes import COMMAND, wait_until

SILENCE_SECONDS = "1"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def queue(transactional_db: None) -> Iterator[None]:
    """An empty queue, left empty: its tables are none of Django's and are not emptied with the others."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers cascade")


@pytest.mark.slow
def test_job_of_a_killed_worker_is_run_again_and_done(queue: None, tmp_path: Path) -> None:
    app.configure_task("tests.hang_once").defer(folder=str(tmp_path))
    with _worker() as first:
        wait_until((tmp_path / "started").exists, "the job has started")
        first.send_signal(signal.SIGKILL)
        first.wait()
    with _worker():
        wait_until((tmp_path / "done").exists, "the job has run again")
        wait_until(lambda: _statuses("tests.hang_once") == ["succeeded"], "the job counts as done")


def test_job_that_kills_each_of_its_workers_is_given_up(queue: None) -> None:
    app.configure_task("tests.always_hang").defer(folder="/nowhere")
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set status = 'doing', attempts = %s", [MOST_RUNS - 2])
    assert _requeue() == Requeued(again=1, given_up=0)
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set status = 'doing'")
    assert _requeue() == Requeued(again=0, given_up=1)
    assert _statuses("tests.always_hang") == ["failed"]


def test_job_of_a_worker_with_a_heartbeat_is_left_alone(queue: None) -> None:
    app.configure_task("tests.always_hang").defer(folder="/nowhere")
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (now()) returning id")
        cursor.execute("update procrastinate_jobs set status = 'doing', worker_id = %s", cursor.fetchone())
    assert _requeue() == Requeued(again=0, given_up=0)


def _requeue() -> Requeued:
    """In a thread of its own: once a browser test has run, an event loop stays open in this one."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(_requeue_here).result()


def _requeue_here() -> Requeued:
    try:
        now = datetime(2026, 1, 5, tzinfo=UTC)
        return async_to_sync(requeue_stalled)(app.job_manager, silent_seconds=30, now=now)
    finally:
        connection.close()


def _statuses(task: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select status::text from procrastinate_jobs where task_name = %s", [task])
        return [status for (status,) in cursor.fetchall()]


@contextlib.contextmanager
def _worker() -> Iterator[subprocess.Popen[bytes]]:
    """A worker on the test's database."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={quote(database['HOST'], safe='')}"
    changes = {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.platform.worker_settings",
        "SEXTANT_WORKER_SILENCE": SILENCE_SECONDS,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
    }
    process = subprocess.Popen([*COMMAND, "worker"], env={**os.environ, **changes})
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait()
