"""Jobs of goals."""

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day, now
from sextant.goals.actions import evaluate_goals as run_now
from sextant.goals.actions.adjustment_effect import expire_adjustments, take_due_effect
from sextant.goals.actions.closing import close_due_plans as close_plans_due
from sextant.goals.actions.movement_work import open_movement_work as open_work_of_movers
from sextant.goals.actions.surveys import close_due_surveys as close_due
from sextant.goals.actions.suspension import resume_due_goals as resume_due
from sextant.goals.queries import count_running_goals
from sextant.metrics.actions.record import flush_values
from sextant.metrics.queries import find_run_of

LOCK = "sextant.goals.evaluate"
"""One evaluation at a time, and at most one waiting: the one that waits will see everything that came in since."""

RETRY = RetryStrategy(max_attempts=3, wait=30)
AT_ONCE = 2000
"""Goals that are evaluated while somebody waits: about a second. More go to the worker."""


@app.task(
    name="sextant.goals.evaluate_goals", lock=LOCK, queueing_lock=LOCK, retry=RetryStrategy(max_attempts=3, wait=30)
)
def evaluate_goals(*, as_of: str, label: str, **unknown: object) -> None:
    """Evaluate every goal that runs on the day `as_of` (ISO). Running it twice gives the same standings."""
    run_now(actor=Actor.system(label), now=now(), as_of=date.fromisoformat(as_of))


@app.periodic(cron="*/10 * * * *")
@app.task(name="sextant.goals.follow_manual_values", lock=LOCK, queueing_lock="sextant.goals.follow_manual_values")
def follow_manual_values(timestamp: int = 0, **unknown: object) -> None:
    """Every ten minutes: values recorded by hand go into the ledger. Where today was evaluated already, what they touch
    is computed once more: a value that met a running evaluation had to wait for its end."""
    moment = now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    if flush_values(now=moment) and find_run_of(today) is not None:
        run_now(actor=Actor.system("manual values"), now=moment, as_of=today)


@app.periodic(cron="5 * * * *")
@app.task(name="sextant.goals.resume_due_goals", queueing_lock="sextant.goals.resume_due_goals")
def resume_due_goals(timestamp: int = 0, **unknown: object) -> None:
    """Every hour, so that no zone waits for another's midnight: goals whose suspension is over are judged again."""
    resume_due(actor=Actor.system("suspension"), now=now())


@app.periodic(cron="20 * * * *")
@app.task(name="sextant.goals.close_due_surveys", queueing_lock="sextant.goals.close_due_surveys")
def close_due_surveys(timestamp: int = 0, **unknown: object) -> None:
    """Every hour: surveys open for 72 hours are closed, what is shown of them is fixed, and heads of units with a low
    mean are told."""
    close_due(actor=Actor.system("survey"), now=now())


@app.periodic(cron="10 * * * *")
@app.task(name="sextant.goals.follow_adjustments", queueing_lock="sextant.goals.follow_adjustments")
def follow_adjustments(timestamp: int = 0, **unknown: object) -> None:
    """Every hour, so that no zone waits for another's midnight: agreed adjustments whose day has come count, requests
    nobody answered in time end."""
    take_due_effect(actor=Actor.system("adjustment"), now=now())
    expire_adjustments(actor=Actor.system("adjustment"), now=now())


def enqueue_evaluation(*, as_of: date, label: str) -> bool:
    """Queue an evaluation for `label`; False when one is waiting already."""
    try:
        # the database refuses a second waiting job: a savepoint of its own keeps the caller's transaction alive
        with transaction.atomic():
            evaluate_goals.defer(as_of=as_of.isoformat(), label=label)
    except AlreadyEnqueued:
        return False
    return True


@app.task(name="sextant.goals.evaluate_days", lock=LOCK, retry=RETRY)
def evaluate_days(*, days: list[str], label: str, **unknown: object) -> None:
    """Evaluate as of each of the days, the earliest first. Running it twice gives the same standings."""
    for day in sorted(days):
        run_now(actor=Actor.system(label), now=now(), as_of=date.fromisoformat(day))


def follow_days(days: Iterable[date], *, label: str, moment: datetime) -> None:
    """Evaluate as of these days what somebody has just changed: while they wait in a small company, else by the
    worker."""
    wanted = sorted(days)
    if wanted and count_running_goals(as_of=wanted[-1]) <= AT_ONCE:
        for day in wanted:
            run_now(actor=Actor.system(label), now=moment, as_of=day)
    elif wanted:
        evaluate_days.defer(days=[day.isoformat() for day in wanted], label=label)


@app.periodic(cron="40 4 * * *")
@app.task(name="sextant.goals.open_movement_work", queueing_lock="sextant.goals.open_movement_work")
def open_movement_work(timestamp: int = 0, **unknown: object) -> None:
    """Every night: whoever moved and waits for a decision about their goals is put before those who can make it."""
    open_work_of_movers(now=now())


@app.periodic(cron="50 1 * * *")
@app.task(name="sextant.goals.close_due_plans", queueing_lock="sextant.goals.close_due_plans")
def close_due_plans(timestamp: int = 0, **unknown: object) -> None:
    """Every night: plans of cycles that are over, and whose days for what comes in late are over, are closed."""
    close_plans_due(actor=Actor.system("closing"), now=now())
