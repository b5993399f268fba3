"""Which records of a batch the ledger already knows, and which it counts although the source no longer does."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from sextant.metrics.intake.judging import NOT_CHOSEN
from sextant.metrics.intake.plan import IntakePlan
from sextant.metrics.ledger import store as ledger


@dataclass(frozen=True, slots=True)
class Corrections:
    """`earlier` and `later` are the batches, by number, that hold records of ours; `withdrawals` are ledger rows
    without value for records that were counted and that no filter chooses any more."""

    earlier: tuple[int, ...]
    later: tuple[int, ...]
    withdrawals: pa.Table


def find_corrections(
    connection: duckdb.DuckDBPyConnection, *, plan: IntakePlan, metric_of_rule: Mapping[int, int], batch: int
) -> Corrections:
    """Hold the table `judged` against what counts in the ledger. Wants the ledger's lock till the batch is written."""
    recorded = {rule.number: metric_of_rule[rule.number] for rule in plan.rules if rule.record}
    if not recorded:
        return Corrections((), (), ledger.SCHEMA.empty_table())
    ledger.relation(connection, metric_ids=set(recorded.values())).create_view("counted")
    if not connection.execute("FROM counted LIMIT 1").fetchall():
        connection.execute("DROP VIEW counted")
        return Corrections((), (), ledger.SCHEMA.empty_table())
    connection.register("recorded", pa.table({"rule": list(recorded), "metric_id": list(recorded.values())}))
    connection.execute(
        "CREATE TEMP TABLE ours AS"
        " SELECT metric_id, record, min(row_number) AS row, bool_and(verdict = $skipped) AS gone"
        " FROM (SELECT metric_id, record, row_number, coalesce(verdict, 0) AS verdict FROM judged JOIN recorded"
        " USING (rule)) SEMI JOIN counted USING (metric_id, record) GROUP BY metric_id, record",
        {"skipped": NOT_CHOSEN},
    )
    batches = connection.execute(
        "SELECT DISTINCT counted.batch FROM counted JOIN ours USING (metric_id, record) WHERE NOT ours.gone"
    ).fetchall()
    withdrawals = connection.sql(
        "SELECT metric_id, subject_kind, subject_id, day, CAST(NULL AS DECIMAL(28, 6)) AS value,"
        f" CAST(NULL AS DECIMAL(28, 6)) AS denominator, {batch} AS batch, ours.row, record,"
        " CAST(NULL AS VARCHAR) AS dimensions"
        f" FROM counted JOIN ours USING (metric_id, record) WHERE ours.gone AND counted.batch < {batch}"
    ).to_arrow_table()
    connection.execute("DROP VIEW counted")
    numbers = sorted(number for (number,) in batches)
    return Corrections(
        earlier=tuple(number for number in numbers if number < batch),
        later=tuple(number for number in numbers if number > batch),
        withdrawals=withdrawals.cast(ledger.SCHEMA),
    )
