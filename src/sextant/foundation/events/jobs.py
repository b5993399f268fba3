"""Jobs of events."""

from procrastinate.contrib.django import app

from sextant.foundation.clock import now

MOST_AT_ONCE = 2000


@app.periodic(cron="* * * * *")
@app.task(name="sextant.events.tell_subscribers", queueing_lock="sextant.events.tell_subscribers")
def tell_subscribers(timestamp: int = 0, **unknown: object) -> None:
    """After a transaction that published, and every minute for what is tried again or was left by a killed process."""
    from sextant.foundation.events.actions import tell_waiting
    from sextant.foundation.jobs.starting import start_after_commit

    if tell_waiting(now=now(), most=MOST_AT_ONCE) >= MOST_AT_ONCE:
        start_after_commit("sextant.events.tell_subscribers")  # others get their turn in between


@app.periodic(cron="41 3 * * *")
@app.task(name="sextant.events.forget_old_events", queueing_lock="sextant.events.forget_old_events")
def forget_old_events(timestamp: int = 0, **unknown: object) -> None:
    """Every night: delete events nobody will ask about any more."""
    from sextant.foundation.events import actions

    actions.forget_old_events(now=now())
