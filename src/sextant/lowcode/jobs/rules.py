"""Jobs of rules."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sextant.foundation.clock import now
from sextant.lowcode.actions import rules
from sextant.lowcode.actions.rule_occasions import JOB

RETRY = RetryStrategy(max_attempts=3, wait=10)


@app.periodic(cron="*/3 * * * *")
@app.task(name=JOB, queueing_lock=JOB, retry=RETRY)
def run_rules(timestamp: int = 0, **unknown: object) -> None:
    """Every three minutes, and right after an event a rule waits for: hours that came, things overdue, acts due."""
    rules.run_rules(now=now())


@app.periodic(cron="47 3 * * *")
@app.task(name="sextant.lowcode.forget_rule_occasions", queueing_lock="sextant.lowcode.forget_rule_occasions")
def forget_rule_occasions(timestamp: int = 0, **unknown: object) -> None:
    """Every night: occasions that were looked at long ago."""
    rules.forget_occasions(now=now())
