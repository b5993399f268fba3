"""Jobs of the metric library."""

from procrastinate.contrib.django import app

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import now


@app.periodic(cron="23 * * * *")
@app.task(name="sextant.metrics.derive", queueing_lock="sextant.metrics.derive", lock="sextant.metrics.derive")
def derive(timestamp: int = 0, **unknown: object) -> None:
    """Every hour: bring derived metrics up to what was delivered. Those that nothing touched cost nothing."""
    from sextant.metrics.actions.derive import derive_stale

    derive_stale(actor=Actor.system("derive"), now=now())
