"""Brings the tables of the database to what the code expects."""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

LOCK_NUMBER = 7_365_078
"""Any number, the same in every process: one of them migrates, the others wait for it."""


def apply_migrations() -> bool:
    """Apply what is missing; False when nothing was."""
    if not _is_behind():
        return False
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [LOCK_NUMBER])
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [LOCK_NUMBER])
    return True


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
