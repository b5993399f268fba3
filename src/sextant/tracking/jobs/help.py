"""Jobs of 干预建议包: what an evaluation brought about, and what time ends."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import now
from sextant.tracking.actions.help_endings import close_due_packs
from sextant.tracking.actions.help_packs import open_due_packs

RETRY = RetryStrategy(max_attempts=3, wait=30)


@app.periodic(cron="25 * * * *")
@app.task(name="sextant.tracking.follow_help", queueing_lock="sextant.tracking.follow_help", retry=RETRY)
def follow_help(timestamp: int = 0, **unknown: object) -> None:
    """Every hour, after whatever run there was: record how watches ended, then offer help where a light stayed yellow.
    In this order a goal that fell back after a pack's end is offered a new one at once."""
    moment, actor = now(), Actor.system("help")
    close_due_packs(actor=actor, now=moment)
    open_due_packs(actor=actor, now=moment)
