"""Which goals have to be computed again after an earlier run of the same day: those whose inputs are not the same.

A goal's row depends on its own line of the goals, on the definitions it uses, and on its subject's measurements. So it
is touched by a changed line, by a changed definition, and by a ledger row of its metric and subject that came since, of
whatever day: earlier periods may be what it is compared with. What it is compared with else, `runs.peers` adds.
"""

import duckdb

from sextant.metrics.ledger.changes import load_changed_keys
from sextant.metrics.runs.inputs import GOALS, KeptInputs
from sextant.metrics.runs.peers import touch_peers


class EverythingTouched(Exception):
    """Something changed that may bear on any goal."""


def find_touched(
    connection: duckdb.DuckDBPyConnection, *, inputs: KeptInputs, base: KeptInputs, since: int, until: int
) -> None:
    """Fill the temporary table `touched` (goal_id) on a connection that holds the tables of `inputs`.

    `base` is what the earlier run was told, `since` and `until` are the ledger versions of both. Raises
    EverythingTouched when no goal can be spared.
    """
    if inputs.setting != base.setting or inputs.tables.keys() != base.tables.keys():
        raise EverythingTouched
    connection.execute("CREATE TEMP TABLE touched (goal_id BIGINT)")
    for name in inputs.tables:
        if inputs.tables[name] != base.tables[name]:
            _touch_by_table(connection, name, base)
    if since != until:
        load_changed_keys(connection, since=since, until=until)
        connection.execute(
            f"INSERT INTO touched SELECT goal_id FROM {GOALS}"
            " SEMI JOIN changed_key USING (metric_id, subject_kind, subject_id)"
        )
    touch_peers(connection, inputs=inputs, base=base)


def _touch_by_table(connection: duckdb.DuckDBPyConnection, name: str, base: KeptInputs) -> None:
    """Goals named by rows that are in one of the two states of a table only."""
    columns = [row[0] for row in connection.execute(f'DESCRIBE "{name}"').fetchall()]
    key = next((column for column in ("goal_id", "metric_id") if column in columns), None)
    if key is None:
        raise EverythingTouched
    connection.register("earlier", base.table(name))
    changed = f"""SELECT {key} FROM (
        (SELECT * FROM "{name}" EXCEPT SELECT * FROM earlier)
        UNION ALL (SELECT * FROM earlier EXCEPT SELECT * FROM "{name}"))"""
    connection.execute(f"INSERT INTO touched SELECT goal_id FROM {GOALS} SEMI JOIN ({changed}) USING ({key})")
    connection.unregister("earlier")
