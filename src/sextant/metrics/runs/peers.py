"""Goals that are compared with each other are computed again together."""

import duckdb

from sextant.metrics.runs.inputs import GOALS, KeptInputs

PEERS = "goal_peers"
_GROUP = "metric_id, subject_kind, from_on, until_on, peers"


def touch_peers(connection: duckdb.DuckDBPyConnection, *, inputs: KeptInputs, base: KeptInputs) -> None:
    """Add to `touched` every goal of a group that a touched goal is in, was in or has left: one value moves the
    thresholds of all. `inputs` are on the connection, `base` is what the earlier run was told."""
    now = f'(SELECT * FROM "{GOALS}" JOIN "{PEERS}" USING (goal_id))'
    groups = f"SELECT {_GROUP} FROM {now} SEMI JOIN touched USING (goal_id)"
    if any(inputs.tables[name] != base.tables[name] for name in (GOALS, PEERS)):
        connection.register("goals_before", base.table(GOALS))
        connection.register("peers_before", base.table(PEERS))
        before = "(SELECT * FROM goals_before JOIN peers_before USING (goal_id))"
        left = f'goal_id IN (SELECT goal_id FROM touched) OR goal_id NOT IN (SELECT goal_id FROM "{GOALS}")'
        groups += f" UNION SELECT {_GROUP} FROM {before} WHERE {left}"
    connection.execute(f"INSERT INTO touched SELECT goal_id FROM {now} SEMI JOIN ({groups}) USING ({_GROUP})")
    for name in ("goals_before", "peers_before"):
        connection.unregister(name)
