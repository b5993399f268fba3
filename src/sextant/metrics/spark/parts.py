"""A set evaluation on Spark: inputs out to the cluster, standings back in order.

Inputs and standings travel as Parquet files in a folder under SEXTANT_HOME/tmp, which every machine of the cluster
sees, as it sees the ledger. All goals are one part: the cluster splits them itself.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
from pyarrow import parquet

from sextant.engines.evaluation.sql import evaluate_set
from sextant.metrics.engine import SPILL, spill_root
from sextant.metrics.runs.inputs import list_tables
from sextant.metrics.set_evaluation import Part, SetEvaluation, view_measurements
from sextant.metrics.spark.connection import SparkConnection
from sextant.metrics.spark.session import open_session

GOALS_AT_ONCE = 1 << 60
"""No part of a run is too large for a cluster."""
GOALS_A_PART = 100_000
"""Standings that are in this process at the same time."""
ROWS_A_GROUP = 120_000


def parts_on_spark(evaluation: SetEvaluation, *, master: str) -> Iterator[Part]:
    """Standings of every goal, as `SetEvaluation.parts` gives them, computed by the cluster of `master`.

    Raises SparkMissing, and what Spark raises where it cannot do its work: a cluster that is not there, a folder that
    its machines do not see.
    """
    spill_root().mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=SPILL, dir=spill_root()) as name, open_session(master) as session:
        folder, connection = Path(name), SparkConnection(session)
        for table in list_tables(evaluation.connection):
            written = folder / f"{table}.parquet"
            _write(evaluation.connection, table, written)
            connection.make(table, session.read.parquet(str(written)))
        view_measurements(evaluation, connection)
        # the text of a formula is DuckDB's own, with its rules of rounding: goals scored by one come to this process
        whole = evaluate_set(connection, evaluation.setting, goals_at_once=GOALS_AT_ONCE, formulas_one_by_one=True)
        for _part in whole:
            standings = connection.table("sx_standing").select("goal_id", "light", "line")
            # ranges of goals in the order of the files' names
            ordered = standings.repartitionByRange("goal_id").sortWithinPartitions("goal_id")
            ordered.write.parquet(str(folder / "standings"))
            yield from _read(folder / "standings")


def _write(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """A table into a file, a group of rows at a time; Spark shares the groups among its machines."""
    reader = connection.sql(f'SELECT * FROM "{table}"').to_arrow_reader(ROWS_A_GROUP)
    with parquet.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)


def _read(folder: Path) -> Iterator[Part]:
    """Standings as the cluster wrote them."""
    for path in sorted(folder.glob("part-*.parquet")):
        for batch in parquet.ParquetFile(path).iter_batches(GOALS_A_PART):
            yield Part(batch.column(0), batch.column(1).cast(pa.string()), batch.column(2).cast(pa.string()))
