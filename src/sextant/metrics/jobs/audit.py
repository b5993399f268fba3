"""Jobs of data audit."""

from procrastinate.contrib.django import app

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import now


@app.periodic(cron="11 4 * * *")
@app.task(name="sextant.metrics.audit_nightly", queueing_lock="sextant.metrics.audit_nightly")
def audit_nightly(timestamp: int = 0, **unknown: object) -> None:
    """Every night: look for what did not come, carry out decisions and take up replays that a crash cut off, and take
    in rows of people who are on the roster by now. Running it twice changes nothing more."""
    from sextant.metrics.actions.nightly_audit import audit_night

    audit_night(actor=Actor.system("sextant.metrics.audit_nightly"), now=now())
