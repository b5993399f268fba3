"""What the ledger holds of each metric: how much, and how fresh. Worked out once for a ledger version."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sextant.engines.values import Light
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger


@dataclass(frozen=True, slots=True)
class Feed:
    """Measurements of one metric that count: first and last day, how many, of how many subjects."""

    first_on: date
    last_on: date
    measurements: int
    subjects: int


_remembered: dict[tuple[Path, int], dict[int, Feed]] = {}


def list_feeds() -> dict[int, Feed]:
    """The feed of every metric that has measurements, by metric id.

    Reads the ledger once for each of its versions; a list of metrics then costs nothing. Approximate in `subjects`
    (within a few per cent for tens of thousands): it is shown, never judged by.
    """
    key = (ledger.ledger_path(), ledger.current_version())
    if key not in _remembered:
        _remembered.clear()
        _remembered[key] = _read(key[1])
    return _remembered[key]


def _read(version: int) -> dict[int, Feed]:
    with open_engine() as connection:
        ledger.relation(connection, version=version).create_view("m")
        rows = connection.execute(
            "SELECT metric_id, min(day), max(day), count(*),"
            " approx_count_distinct(CAST(subject_kind AS BIGINT) << 48 | subject_id) FROM m GROUP BY metric_id"
        ).fetchall()
    return {metric_id: Feed(*fields) for metric_id, *fields in rows}


def light_of(feed: Feed | None, *, freshness_days: int, today: date) -> Light:
    """Whether a metric keeps its promise of freshness: green, red when it is late, grey while it never had data."""
    if feed is None:
        return Light.NONE
    return Light.GREEN if feed.last_on >= today - timedelta(days=freshness_days) else Light.RED
