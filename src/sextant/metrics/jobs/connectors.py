"""Jobs of connectors."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import now


@app.periodic(cron="* * * * *")
@app.task(name="sextant.metrics.start_due_connectors", queueing_lock="sextant.metrics.start_due_connectors")
def start_due_connectors(timestamp: int = 0, **unknown: object) -> None:
    """Every minute: queue the connectors whose time has come, each by itself."""
    from sextant.metrics.actions.connector_runs import claim_due

    def start(connector_id: int) -> None:
        enqueue_connector(connector_id=connector_id)

    claim_due(now=now(), start=start)


@app.task(name="sextant.metrics.run_connector", retry=RetryStrategy(max_attempts=2, wait=60))
def run_connector(*, connector_id: int, label: str = "", from_start: bool = False, **unknown: object) -> None:
    """Run one connector. What goes wrong at the source is in its run log, not a failure of the job; a connector that
    was deleted meanwhile is none either."""
    from sextant.metrics.actions import connector_runs
    from sextant.metrics.connectors.contracts import Trigger
    from sextant.metrics.models import Connector

    trigger = Trigger.PERSON if label else Trigger.SCHEDULE
    actor = Actor.system(label or "scheduler")
    if Connector.objects.filter(pk=connector_id).exists():
        connector_runs.run_connector(connector_id, trigger=trigger, actor=actor, now=now(), from_start=from_start)


def enqueue_connector(*, connector_id: int, label: str = "", from_start: bool = False) -> bool:
    """Queue a run, unless one is waiting already; whether it was queued. Without `label` the schedule asks.

    Each connector has its own locks: one that hangs or fails keeps no other from running.
    """
    from django.db import transaction

    own = f"sextant.metrics.connector:{connector_id}"
    try:
        with transaction.atomic():  # a refused insert must not spoil the caller's transaction
            run_connector.configure(lock=own, queueing_lock=own).defer(
                connector_id=connector_id, label=label, from_start=from_start
            )
    except AlreadyEnqueued:
        return False
    return True
