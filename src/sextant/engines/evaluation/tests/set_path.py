"""Runs the set path on values, for tests that hold it against the row path."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date

import duckdb

from sextant.engines.evaluation import GoalSpec, Measurement, MetricSpec, Thresholds
from sextant.engines.evaluation.sql import (
    GOAL_COLUMNS,
    LINES,
    METRIC_COLUMNS,
    TERMS_COLUMNS,
    Setting,
    Terms,
    evaluate_set,
)
from sextant.engines.schedule import Pace

Histories = Mapping[tuple[int, int, int], Iterable[Measurement]]
"""(metric, subject kind, subject) → measurements."""

_LEDGER = """CREATE TEMP TABLE measurements (metric_id INTEGER, subject_kind TINYINT, subject_id BIGINT, day DATE,
  value DECIMAL(28, 6), denominator DECIMAL(28, 6), batch BIGINT, row INTEGER, record VARCHAR)"""


def canonical_rows(
    goals: Iterable[GoalSpec],
    histories: Histories,
    *,
    metrics: Iterable[MetricSpec],
    on: date,
    calendar: Pace,
    thresholds: Thresholds,
    special: tuple[Terms, ...] = (),
    by_metric: Mapping[int, int] | None = None,
    by_goal: Mapping[int, int] | None = None,
    peers: Mapping[int, str] | None = None,
    goals_at_once: int = 1000,
    least_of_an_arm: int = 1,
    formulas_one_by_one: bool = False,
) -> list[str]:
    """Canonical lines of the set path, in order of goal."""
    goals = list(goals)
    with duckdb.connect(":memory:", config={"threads": "1"}) as connection:
        _load(connection, goals, histories, metrics)
        _load_terms(connection, goals, by_metric or {}, by_goal or {}, peers or {})
        setting = Setting(on, calendar, thresholds, special)
        parts = evaluate_set(
            connection,
            setting,
            goals_at_once=goals_at_once,
            least_of_an_arm=least_of_an_arm,
            formulas_one_by_one=formulas_one_by_one,
        )
        return [row[0] for _ in parts for row in connection.execute(LINES).fetchall()]


def digest_of(rows: Iterable[str]) -> str:
    """The digest of lines, as `digest` makes it of standings."""
    return hashlib.sha256(b"".join(hashlib.sha256(row.encode()).digest() for row in rows)).hexdigest()


def _load(
    connection: duckdb.DuckDBPyConnection,
    goals: Iterable[GoalSpec],
    histories: Histories,
    metrics: Iterable[MetricSpec],
) -> None:
    for table, columns in (("goal_specs", GOAL_COLUMNS), ("metric_specs", METRIC_COLUMNS)):
        connection.execute(f"CREATE TEMP TABLE {table} ({', '.join(f'{n} {k}' for n, k in columns.items())})")
    connection.execute(_LEDGER)
    _insert(connection, "goal_specs", [[getattr(goal, name) for name in GOAL_COLUMNS] for goal in goals])
    _insert(
        connection,
        "metric_specs",
        [
            [
                getattr(m, name) if name != "unit_json" else json.dumps(m.unit_label, ensure_ascii=False)
                for name in METRIC_COLUMNS
            ]
            for m in metrics
        ],
    )
    rows = [
        [*key, one.day, one.value, one.denominator, one.batch, one.row, None]
        for key, history in histories.items()
        for one in history
    ]
    _insert(connection, "measurements", rows)


def _load_terms(
    connection: duckdb.DuckDBPyConnection,
    goals: Iterable[GoalSpec],
    by_metric: Mapping[int, int],
    by_goal: Mapping[int, int],
    peers: Mapping[int, str],
) -> None:
    for table, columns in TERMS_COLUMNS.items():
        connection.execute(f"CREATE TEMP TABLE {table} ({', '.join(f'{n} {k}' for n, k in columns.items())})")
    _insert(connection, "metric_terms", [list(pair) for pair in by_metric.items()])
    _insert(connection, "goal_terms", [list(pair) for pair in by_goal.items()])
    _insert(connection, "goal_peers", [list(pair) for pair in peers.items()])
    by_hand = [(goal.goal_id, goal.manual) for goal in goals if goal.manual]
    rows = [[goal_id, one.light.value, one.reason, one.from_on, one.until_on] for goal_id, one in by_hand]
    _insert(connection, "manual_lights", rows)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[list[object]]) -> None:
    if rows:
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in rows[0])})", rows)
