"""A set evaluation against the ledger: goals from a file, metrics from PostgreSQL, measurements from one version.

The run that stores its standings, the replay of a run from what it kept and the view of another day all go through
here, so they cannot differ.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow import compute

from sextant.engines.evaluation.sql import Setting, evaluate_set, first_day
from sextant.metrics.engine import memory_limit_mib, open_engine
from sextant.metrics.evaluation_inputs import labels_of, load_metrics, load_setting, metric_specs
from sextant.metrics.ledger import store as ledger
from sextant.metrics.runs.goals_file import GoalsFile
from sextant.metrics.runs.index import index_rows
from sextant.metrics.runs.inputs import GOALS, KeptInputs, keep_inputs, load_inputs

GOALS_PER_MIB = 32
"""Goals evaluated at once per mebibyte of engine memory: a goal of 13 weeks takes about 3.5 KiB while it is in work."""
MOST_GOALS_AT_ONCE = 120_000
"""However much memory there is. Up to 122,880 rows the engine's tables have one row group and one core computes a part;
beyond, two do, a tenth faster and with twice the memory."""
LINES_A_BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class Part:
    """Standings of some goals, in ascending order of ids: Arrow arrays of the same length, independent of the engine.

    `lines` are the canonical rows; a million of them never become Python strings."""

    goal_ids: pa.Array
    lights: pa.Array
    lines: pa.Array

    def __len__(self) -> int:
        return len(self.goal_ids)

    def blocks(self) -> Iterator[tuple[bytes, int]]:
        """The canonical rows as blocks of bytes, and how many rows each holds."""
        for start in range(0, len(self), LINES_A_BLOCK):
            block = self.lines.take(pa.array(range(start, min(start + LINES_A_BLOCK, len(self)))))
            size = compute.sum(compute.binary_length(block)).as_py()
            yield block.buffers()[2][:size].to_pybytes(), len(block)

    def index(self) -> pa.Table:
        """Its piece of the run's `RowIndex`."""
        return index_rows(self.goal_ids, self.lights, self.lines)


@dataclass(frozen=True, slots=True)
class SetEvaluation:
    """An evaluation whose goals and definitions are loaded on `connection`; `parts` computes. `goals` is the file that
    the goals were read from, None where they come from elsewhere."""

    connection: duckdb.DuckDBPyConnection
    setting: Setting
    ledger_version: int
    goals: GoalsFile | None = None

    @property
    def definition_versions(self) -> dict[str, object]:
        """Versions of the definitions as a run records them."""
        found = self.connection.execute("SELECT DISTINCT metric_id FROM metric_specs ORDER BY 1").fetchall()
        metrics = metric_specs([row[0] for row in found])
        return {
            "metrics": {str(metric.metric_id): metric.version for metric in metrics},
            "thresholds": self.setting.thresholds.version,
            "rules": sorted(labels_of(self.setting)),
        }

    def keep_inputs(self) -> KeptInputs:
        """Keep what it was told, to be asked before anything is computed."""
        if self.goals is None:
            return keep_inputs(self.connection, self.setting)
        already = {GOALS: self.goals.kept} if self.goals.kept else {}
        return keep_inputs(self.connection, self.setting, goals_file=self.goals.sha256, already=already)

    def list_goal_ids(self) -> pa.Array:
        """Goals that get a standing, in no order: those whose metric is known."""
        found = self.connection.sql(f"SELECT goal_id FROM {GOALS} SEMI JOIN metric_specs USING (metric_id)")
        return found.to_arrow_table().column(0).combine_chunks()

    def parts(self, *, few: bool = False) -> Iterator[Part]:
        """Standings of every goal on the connection, part by part. To be asked once.

        With `few` goals the ledger is read once, for their subjects, and not by each step of the evaluation."""
        view_measurements(self, self.connection)
        if few:
            self.connection.execute(_COPY_OF_FEW)
        at_once = min(memory_limit_mib() * GOALS_PER_MIB, MOST_GOALS_AT_ONCE)
        for _part in evaluate_set(self.connection, self.setting, goals_at_once=at_once):
            found = self.connection.sql("SELECT goal_id, light, line FROM sx_standing").to_arrow_table()
            ordered = found.take(compute.sort_indices(found.column(0))).combine_chunks()
            yield Part(
                *(
                    pa.concat_arrays(column.chunks) if len(column) else pa.array([], column.type)
                    for column in ordered.columns
                )
            )


@contextmanager
def open_evaluation(
    goals_csv: Path, *, as_of: date, ledger_version: int | None = None, known_at: datetime | None = None
) -> Iterator[SetEvaluation]:
    """Evaluate the goals of `goals_csv` as of a day, on a ledger version (None: the newest), for the length of a block.

    Rules, calendars and lights set by hand are those known at an instant (None: those in force). The file has the
    header of `GOAL_COLUMNS`, empty fields are unknown. Goals of unknown metrics are left out.
    """
    version = ledger.current_version() if ledger_version is None else ledger_version
    goals = GoalsFile.of(goals_csv)
    with open_engine(files=[goals.reads]) as connection:
        goals.load(connection)
        metric_ids = [row[0] for row in connection.execute("SELECT DISTINCT metric_id FROM goal_specs").fetchall()]
        load_metrics(connection, metric_specs(metric_ids))
        setting = load_setting(connection, as_of=as_of, known_at=known_at)
        yield SetEvaluation(connection=connection, setting=setting, ledger_version=version, goals=goals)


@contextmanager
def open_kept(kept: KeptInputs, *, ledger_version: int) -> Iterator[SetEvaluation]:
    """Evaluate once more what a run kept of its inputs. Raises FileUnknown when a kept file is gone."""
    with open_engine() as connection:
        load_inputs(connection, kept)
        yield SetEvaluation(connection, setting=kept.restored_setting(), ledger_version=ledger_version)


_COPY_OF_FEW = f"""ALTER VIEW measurements RENAME TO all_measurements;
CREATE TEMP TABLE measurements AS
  SELECT metric_id, subject_kind, subject_id, day, value, denominator, batch, "row" FROM all_measurements
  SEMI JOIN (SELECT DISTINCT metric_id, subject_kind, subject_id FROM {GOALS}) AS asked
  USING (metric_id, subject_kind, subject_id)"""


def view_measurements(evaluation: SetEvaluation, connection: Any) -> None:
    """The ledger's rows that may count, as the view `measurements` of a connection of any engine: DuckDB's, or what
    understands the same statements."""
    asked = evaluation.connection
    first = first_day(asked, evaluation.setting)
    metric_ids = asked.execute(f"SELECT DISTINCT metric_id FROM {GOALS} SEMI JOIN metric_specs USING (metric_id)")
    # a day after the day judged by never counts, so the scan need not see it
    relation = ledger.relation(
        connection,
        version=evaluation.ledger_version,
        metric_ids=[row[0] for row in metric_ids.fetchall()],
        from_on=first,
        until_on=date.fromordinal(evaluation.setting.on.toordinal() + 1),
    )
    relation.create_view("measurements")
