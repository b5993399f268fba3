"""The job that looks after the ledger's log."""

from procrastinate.contrib.django import app

from sextant.foundation.clock import now


@app.periodic(cron="*/10 * * * *")
@app.task(name="sextant.metrics.keep_ledger_log", queueing_lock="sextant.metrics.keep_ledger_log")
def keep_ledger_log(timestamp: int = 0, **unknown: object) -> None:
    """Every ten minutes: remember new entries of the ledger's log and what their files hold, so that damage is seen."""
    from sextant.metrics.actions import upkeep

    upkeep.keep_ledger_log(now=now())
