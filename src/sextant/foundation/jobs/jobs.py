"""Housekeeping of the queue itself."""

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app

from sextant.foundation.clock import now
from sextant.foundation.jobs.stalled import requeue_stalled

KEEP_FINISHED_HOURS = 30 * 24


@app.periodic(cron="* * * * *")
@app.task(name="sextant.jobs.requeue_stalled_jobs", queueing_lock="requeue_stalled_jobs", pass_context=True)
async def requeue_stalled_jobs(context: JobContext, /, timestamp: int = 0, **unknown: object) -> None:
    """Every minute: run the jobs of killed workers again."""
    await requeue_stalled(context.app.job_manager, silent_seconds=settings.SEXTANT_WORKER_SILENCE, now=now())


@app.periodic(cron="17 3 * * *")
@app.task(name="sextant.jobs.forget_old_jobs", queueing_lock="forget_old_jobs", pass_context=True)
async def forget_old_jobs(context: JobContext, /, timestamp: int = 0, **unknown: object) -> None:
    """Every night: delete jobs that ended a month ago."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FINISHED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
