"""A set evaluation against the ledger: goals from a file, metrics from PostgreSQL, measurements from one version.

Both the run that stores its standings and the replay of another day go through here, so they cannot differ.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from pyarrow import compute

from sextant.engines.evaluation import MetricSpec
from sextant.engines.evaluation.sql import Setting, evaluate_set
from sextant.metrics import ledger
from sextant.metrics.engine import memory_limit_mib, open_engine
from sextant.metrics.evaluation_inputs import load_goals, load_metrics, metric_specs, setting_of

GOALS_PER_MIB = 32
"""Goals evaluated at once per mebibyte of engine memory: a goal of 13 weeks takes about 3.5 KiB while it is in work."""
MOST_GOALS_AT_ONCE = 120_000
"""However much memory there is. Up to 122,880 rows the engine's tables have one row group and one core computes a part;
beyond, two do, a tenth faster and with twice the memory."""


@dataclass(frozen=True, slots=True)
class SetEvaluation:
    """An evaluation under way. Each turn of `parts` leaves the standings of some goals in the table `sx_standing`, in
    ascending order of ids; what was there before is gone."""

    connection: duckdb.DuckDBPyConnection
    parts: Iterator[object]
    setting: Setting
    ledger_version: int
    definition_versions: dict[str, object]


@contextmanager
def open_evaluation(goals_csv: Path, *, as_of: date, ledger_version: int | None = None) -> Iterator[SetEvaluation]:
    """Evaluate the goals of `goals_csv` as of a day, on a ledger version (None: the newest), for the length of a block.

    The file has the header of `GOAL_COLUMNS`, empty fields are unknown. Goals of unknown metrics are left out.
    """
    setting = setting_of(as_of)
    version = ledger.current_version() if ledger_version is None else ledger_version
    with open_engine(files=[goals_csv]) as connection:
        load_goals(connection, goals_csv)
        metric_ids = [row[0] for row in connection.execute("SELECT DISTINCT metric_id FROM goal_specs").fetchall()]
        metrics = metric_specs(metric_ids)
        load_metrics(connection, metrics)
        _load_measurements(connection, metrics, as_of=as_of, version=version)
        yield SetEvaluation(
            connection=connection,
            parts=evaluate_set(
                connection, setting, goals_at_once=min(memory_limit_mib() * GOALS_PER_MIB, MOST_GOALS_AT_ONCE)
            ),
            setting=setting,
            ledger_version=version,
            definition_versions={
                "metrics": {str(metric.metric_id): metric.version for metric in metrics},
                "thresholds": setting.thresholds.version,
            },
        )


def read_lines(connection: duckdb.DuckDBPyConnection, *, rows: int = 20_000) -> Iterator[tuple[bytes, int]]:
    """The canonical rows of the part in `sx_standing`, in order of goal: blocks of bytes, and how many rows each holds.

    Sorted and cut as Arrow buffers: a million lines never become Python strings.
    """
    found = connection.sql("SELECT goal_id, line FROM sx_standing").to_arrow_table()
    order, lines = compute.sort_indices(found.column(0)), found.column(1).combine_chunks()
    for start in range(0, len(order), rows):
        block = lines.take(order[start : start + rows])
        size = compute.sum(compute.binary_length(block)).as_py()
        yield block.buffers()[2][:size].to_pybytes(), len(block)


def _load_measurements(
    connection: duckdb.DuckDBPyConnection, metrics: list[MetricSpec], *, as_of: date, version: int
) -> None:
    first = connection.execute("SELECT min(from_on) FROM goal_specs").fetchall()[0][0]
    # a day after `as_of` never counts, so the scan need not see it
    relation = ledger.relation(
        connection,
        version=version,
        metric_ids=[metric.metric_id for metric in metrics],
        from_on=first,
        until_on=date.fromordinal(as_of.toordinal() + 1),
    )
    relation.create_view("measurements")
