"""Jobs of the low-code core: what time does to flows."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import now
from sextant.lowcode.actions.flow_moves import TIMERS_JOB
from sextant.lowcode.actions.flow_repair import replace_who_left
from sextant.lowcode.actions.flow_timers import fire_timers

RETRY = RetryStrategy(max_attempts=3, wait=10)


@app.periodic(cron="* * * * *")
@app.task(name=TIMERS_JOB, queueing_lock=TIMERS_JOB, retry=RETRY)
def fire_flow_timers(timestamp: int = 0, **unknown: object) -> None:
    """Every minute, and right after a step that has something to do by itself: limits, waits, calls, other flows."""
    fire_timers(actor=Actor.system("flow"), now=now())


@app.periodic(cron="20 * * * *")
@app.task(name="sextant.lowcode.replace_who_left", queueing_lock="sextant.lowcode.replace_who_left", retry=RETRY)
def replace_persons_who_left(timestamp: int = 0, **unknown: object) -> None:
    """Every hour: open work of flows whose person has left goes to somebody else."""
    replace_who_left(actor=Actor.system("flow"), now=now())
