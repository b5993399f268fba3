"""Housekeeping of the call log."""

from procrastinate.contrib.django import app

from sextant.foundation.clock import now


@app.periodic(cron="29 3 * * *")
@app.task(name="sextant.api.forget_old_calls", queueing_lock="sextant.api.forget_old_calls")
def forget_old_calls(timestamp: int = 0, **unknown: object) -> None:
    """Every night: delete calls that nobody will ask about any more, and the nonces they used."""
    from sextant.foundation.api import actions

    actions.forget_old_calls(now=now())
