"""Jobs of notices."""

from procrastinate.contrib.django import app

from sextant.foundation.clock import now


@app.task(name="sextant.notices.deliver")
def deliver(*, kind: str, **unknown: object) -> None:
    """Hand over what is due on one channel. One job per channel runs at a time; a hanging one holds up no other."""
    from sextant.foundation.jobs.starting import start_after_commit
    from sextant.foundation.notices.actions import delivering

    if delivering.deliver(kind, now=now()):
        start_after_commit("sextant.notices.deliver", kind=kind)


@app.periodic(cron="* * * * *")
@app.task(name="sextant.notices.start_due", queueing_lock="sextant.notices.start_due")
def start_due(timestamp: int = 0, **unknown: object) -> None:
    """Every minute: escalate what nobody reads, and start the channels that have something to do."""
    from sextant.foundation.jobs.starting import start_after_commit
    from sextant.foundation.notices.actions import delivering, escalating

    escalating.escalate_unread(now=now())
    for kind in delivering.list_due_kinds(now=now()):
        start_after_commit("sextant.notices.deliver", kind=kind)


@app.periodic(cron="47 3 * * *")
@app.task(name="sextant.notices.forget_old_notices", queueing_lock="sextant.notices.forget_old_notices")
def forget_old_notices(timestamp: int = 0, **unknown: object) -> None:
    """Every night: delete notices and deliveries nobody will ask about any more."""
    from sextant.foundation.notices.actions import escalating

    escalating.forget_old_notices(now=now())
