"""The process that runs jobs."""

import asyncio
import contextlib
from typing import cast

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued

from sextant.foundation.jobs.discovery import load_jobs
from sextant.foundation.jobs.jobs import requeue_stalled_jobs

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
    async with app.open_async():
        await _look_after_predecessor(silence_seconds)
        await app.run_worker_async(
            concurrency=concurrency,
            update_heartbeat_interval=silence_seconds / HEARTBEATS_IN_SILENCE,
            stalled_worker_timeout=silence_seconds,
            shutdown_graceful_timeout=GRACE_SECONDS,
        )


async def _look_after_predecessor(silence_seconds: float) -> None:
    """A worker that starts after a crash asks for the dead one's jobs as soon as they can be told, instead of at the
    next full minute."""
    with contextlib.suppress(AlreadyEnqueued):
        delay = int(silence_seconds) + 1
        await requeue_stalled_jobs.configure(schedule_in={"seconds": delay}).defer_async()
