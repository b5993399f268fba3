"""Starting a job once a transaction is committed.

A job that is queued inside the transaction could be refused (one like it is waiting already) and would spoil the
caller's work; one that is queued too early finds nothing to do. A process that dies between its commit and the queueing
loses only time: every job started here also runs by the clock.
"""

from dataclasses import dataclass

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


@dataclass(frozen=True)
class _Start:
    """Equal for equal jobs, so that a transaction that asks a thousand times queues once."""

    task: str
    arguments: tuple[tuple[str, int | str], ...]

    def __call__(self) -> None:
        own = ":".join([self.task, *(str(value) for _, value in self.arguments)])
        try:
            with transaction.atomic():
                app.configure_task(self.task, queueing_lock=own, lock=own).defer(**dict(self.arguments))
        except AlreadyEnqueued:
            return  # it has not begun, so it will see what was just committed


def start_after_commit(task: str, **arguments: int | str) -> None:
    """Queue the job of this name after the present transaction commits, unless one with the same arguments waits.
    Jobs with the same name and arguments never run side by side."""
    start = _Start(task, tuple(sorted(arguments.items())))
    if not connection.in_atomic_block:
        start()
    elif all(callback != start for _, callback, *_ in connection.run_on_commit):
        transaction.on_commit(start, robust=True)
