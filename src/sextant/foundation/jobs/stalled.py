"""Jobs whose worker was killed: nothing else would ever finish them.

A killed worker leaves its job in the state `doing`. It stops sending heartbeats, and that is how it is told from a
busy one. The job is run again, a bounded number of times: a job that takes its worker down each time must end.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from procrastinate.jobs import Status
from procrastinate.manager import JobManager

MOST_RUNS = 5
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Requeued:
    """Numbers of jobs put back into the queue, and given up because they had their runs."""

    again: int
    given_up: int


async def requeue_stalled(manager: JobManager, *, silent_seconds: float, now: datetime) -> Requeued:
    """Queue every job again whose worker has been silent for `silent_seconds`; give up after MOST_RUNS runs."""
    again = given_up = 0
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds):
        if job.attempts + 1 >= MOST_RUNS:
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
            logger.error("job %s (%s) failed: %s workers died on it", job.id, job.task_name, MOST_RUNS)
            given_up += 1
        else:
            await manager.retry_job(job, retry_at=now)
            logger.warning("job %s (%s) runs again: its worker fell silent", job.id, job.task_name)
            again += 1
    return Requeued(again, given_up)
