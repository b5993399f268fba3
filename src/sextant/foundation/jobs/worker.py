"""The process that runs jobs."""

import asyncio
import contextlib
import os
from typing import cast

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued

from sextant.foundation.jobs.discovery import load_jobs
from sextant.foundation.jobs.jobs import requeue_stalled_jobs
from sextant.foundation.postgres.process import is_tied_to_parent

HEARTBEATS_IN_SILENCE = 3
"""A worker counts as dead after missing this many heartbeats."""
GRACE_SECONDS = 15
"""How long running jobs may go on after the worker was asked to stop; they are aborted then and run again later."""


def run_worker(*, concurrency: int, silence_seconds: float) -> None:
    """Run jobs until SIGTERM or SIGINT."""
    load_jobs()
    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    with app.replace_connector(connector):
        asyncio.run(_work(concurrency, silence_seconds))


async def _work(concurrency: int, silence_seconds: float) -> None:
    # held by its name: a task nobody holds may be collected before it is done
    orphaned = asyncio.create_task(_end_with_starter(os.getppid()))
    async with app.open_async():
        await _look_after_predecessor(silence_seconds)
        await app.run_worker_async(
            concurrency=concurrency,
            update_heartbeat_interval=silence_seconds / HEARTBEATS_IN_SILENCE,
            stalled_worker_timeout=silence_seconds,
            shutdown_graceful_timeout=GRACE_SECONDS,
        )
    orphaned.cancel()


async def _end_with_starter(starter: int) -> None:
    """End once the supervisor that started this process is gone and the grace is over. Its death takes the embedded
    server with it, and whoever says good-bye to a database that is gone waits for minutes. A worker that somebody
    started by hand goes on without them."""
    if not is_tied_to_parent():
        return
    while os.getppid() == starter:
        await asyncio.sleep(1)
    await asyncio.sleep(GRACE_SECONDS)
    os._exit(1)


async def _look_after_predecessor(silence_seconds: float) -> None:
    """A worker that starts after a crash asks for the dead one's jobs as soon as they can be told, instead of at the
    next full minute."""
    with contextlib.suppress(AlreadyEnqueued):
        delay = int(silence_seconds) + 1
        await requeue_stalled_jobs.configure(schedule_in={"seconds": delay}).defer_async()
