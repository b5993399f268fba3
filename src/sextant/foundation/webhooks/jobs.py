"""Jobs of webhooks."""

from datetime import timedelta

from procrastinate.contrib.django import app

from sextant.foundation.clock import now

KEEP = timedelta(days=90)


@app.task(name="sextant.webhooks.send")
def send(*, endpoint_id: int, **unknown: object) -> None:
    """Send what is due to one endpoint. One job per endpoint runs at a time; a hanging receiver holds up no other."""
    from sextant.foundation.jobs.starting import start_after_commit
    from sextant.foundation.webhooks.actions.sending import send_waiting

    if send_waiting(endpoint_id, now=now()):
        start_after_commit("sextant.webhooks.send", endpoint_id=endpoint_id)


@app.periodic(cron="* * * * *")
@app.task(name="sextant.webhooks.start_due", queueing_lock="sextant.webhooks.start_due")
def start_due(timestamp: int = 0, **unknown: object) -> None:
    """Every minute: start the endpoints that have something to send again."""
    from sextant.foundation.jobs.starting import start_after_commit
    from sextant.foundation.webhooks.actions.queueing import list_waiting_endpoints

    for endpoint_id in list_waiting_endpoints(now=now()):
        start_after_commit("sextant.webhooks.send", endpoint_id=endpoint_id)


@app.periodic(cron="53 3 * * *")
@app.task(name="sextant.webhooks.forget_old_calls", queueing_lock="sextant.webhooks.forget_old_calls")
def forget_old_calls(timestamp: int = 0, **unknown: object) -> None:
    """Every night: delete messages and receipts nobody will ask about any more."""
    from sextant.foundation.webhooks.models import Receipt, Sending

    Sending.objects.filter(created_at__lt=now() - KEEP).delete()
    Receipt.objects.filter(at__lt=now() - KEEP).delete()
