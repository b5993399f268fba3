"""Standings into PostgreSQL, part by part, while the next part is computed.

The engine computes a part on one core; PostgreSQL takes the part before it in on another. All parts belong to the
caller's transaction, so a reader sees the standings of one run or of the other, never half of both.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from django.db.backends.utils import CursorWrapper
from pyarrow import compute

from sextant.metrics.runs.index import RowIndex
from sextant.metrics.set_evaluation import Part

_COLUMNS = {
    "goal_id": "bigint",
    "as_of": "date",
    "value": "numeric",
    "expected": "numeric",
    "elapsed": "numeric",
    "attainment": "numeric",
    "completion": "numeric",
    "score": "numeric",
    "light": "text",
    "reason_code": "text",
    "reason_params": "jsonb",
    "week_ends": "date[]",
    "week_values": "numeric[]",
    "week_expected": "numeric[]",
    "week_lights": "text",
}
"""Columns of a standing in the order of its canonical line."""
COLUMN_NAMES = ", ".join(_COLUMNS)
_CHANGED = ", ".join(f"{name} = EXCLUDED.{name}" for name in ("run_id", *_COLUMNS) if name != "goal_id")

# the bounds on goal_id say what the join cannot: that a part is one stretch of the table
_RECORD_CHANGES = """
INSERT INTO metrics_lightchange
       (goal_id, run_id, as_of, from_light, to_light, reason_code, reason_params, rule_version, at)
SELECT new.goal_id, %(run_id)s, new.as_of, old.light, new.light, new.reason_code, new.reason_params,
       coalesce(new.reason_params ->> 'rules', %(rule_version)s), %(at)s
  FROM incoming_standing AS new JOIN metrics_standing AS old ON old.goal_id = new.goal_id
 WHERE old.goal_id BETWEEN %(low)s AND %(high)s AND old.as_of <= new.as_of AND old.light <> new.light
 ORDER BY new.goal_id"""
_REPLACE = f"""
INSERT INTO metrics_standing ({COLUMN_NAMES}, run_id) SELECT {COLUMN_NAMES}, %(run_id)s FROM incoming_standing
    ON CONFLICT (goal_id)
    DO UPDATE SET {_CHANGED}, ledger_version = NULL, manual_through = NULL
 WHERE metrics_standing.as_of <= EXCLUDED.as_of"""


@dataclass(frozen=True, slots=True)
class StandingWriter:
    """Writes the parts of one run through a cursor of the transaction that the run is."""

    cursor: CursorWrapper
    run_id: int
    rule_version: str
    at: datetime

    def write_all(self, parts: Iterable[Part], *, progress: Callable[[int], None] | None = None) -> RowIndex:
        """Store every part, and say what was stored. A goal keeps the standing of the latest day."""
        self._prepare()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="standings") as pool:
            return RowIndex.of(self._written(parts, pool, progress=progress))

    def _written(
        self, parts: Iterable[Part], pool: ThreadPoolExecutor, *, progress: Callable[[int], None] | None
    ) -> Iterator[pa.Table]:
        """One part in work and one on its way: more would only wait in memory."""
        on_its_way: Future[pa.Table] | None = None
        for part in parts:
            if on_its_way is not None:
                yield _heard(on_its_way.result(), progress)
            on_its_way = pool.submit(self._write, part)
        if on_its_way is not None:
            yield _heard(on_its_way.result(), progress)

    def _prepare(self) -> None:
        listed = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
        # a run inside a larger transaction (several days in a row, a test) finds the table of the run before it
        self.cursor.execute("DROP TABLE IF EXISTS pg_temp.incoming_standing")
        self.cursor.execute(f"CREATE TEMP TABLE incoming_standing ({listed}) ON COMMIT DROP")

    def _write(self, part: Part) -> pa.Table:
        if not len(part):
            return part.index()
        with self.cursor.copy("COPY incoming_standing FROM STDIN") as copy:
            for block, _rows in part.blocks():
                copy.write(block)
        # few goals far apart or many side by side: the statistics tell PostgreSQL which it is
        self.cursor.execute("ANALYZE incoming_standing (goal_id)")
        bounds = compute.min_max(part.goal_ids).as_py()
        run = {"run_id": self.run_id}
        known = {"rule_version": self.rule_version, "at": self.at, "low": bounds["min"], "high": bounds["max"]}
        self.cursor.execute(_RECORD_CHANGES, run | known)
        self.cursor.execute(_REPLACE, run)
        self.cursor.execute("TRUNCATE pg_temp.incoming_standing")
        return part.index()


def _heard(written: pa.Table, progress: Callable[[int], None] | None) -> pa.Table:
    if progress:
        progress(written.num_rows)
    return written
