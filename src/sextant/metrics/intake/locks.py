"""Locks across processes that outlive a transaction, held by the database connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the lock `name` for the block; another process waits at its own `locked(name)`.

    The lock belongs to the database session: it ends with the block, or with the process when that is killed. It is
    no transaction lock, because what it guards spans several commits.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


@contextmanager
def transaction_locked(name: str) -> Iterator[None]:
    """A transaction that holds the lock `name` until its end, for uniqueness that spans more than one row."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        yield
