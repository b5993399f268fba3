"""Figures of one metric from the ledger: values of people, weeks, days, batches. One pass over its rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import duckdb

from sextant.engines.evaluation import Aggregation
from sextant.engines.schedule import week_of
from sextant.metrics.aggregation import period_start_sql, value_sql
from sextant.metrics.contracts import SubjectKind
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger

TREND_WEEKS = 26
FRESH_DAYS = 14
SHOWN_BATCHES = 8


@dataclass(frozen=True, slots=True)
class WeekFigure:
    """One week of the metric over everyone: its value and the measurements behind it; None and 0 in a gap."""

    monday: date
    value: Decimal | None
    measurements: int


@dataclass(frozen=True, slots=True)
class MetricFigures:
    """`people` are (person id, value) over [`from_on`, `until_on`); `weeks` the last `TREND_WEEKS` up to the latest
    measurement, `days` (day, measurements) the last `FRESH_DAYS` up to today, `batches` (batch id, measurements) the
    latest ones. `units` says how many units have a value in the period."""

    from_on: date
    until_on: date
    people: tuple[tuple[int, Decimal], ...]
    units: int
    weeks: tuple[WeekFigure, ...]
    days: tuple[tuple[date, int], ...]
    batches: tuple[tuple[int, int], ...]
    last_on: date | None


def shown_period(last_on: date | None, *, weeks: int, today: date) -> tuple[date, date]:
    """The days a page shows: the last `weeks` ISO weeks that end with the week of the latest measurement, half-open."""
    until_on = week_of(last_on or today).until_on
    return until_on - timedelta(weeks=weeks), until_on


def read_figures(metric_id: int, *, aggregation: str, weeks: int, today: date) -> MetricFigures:
    """Everything the page of a metric shows from the ledger. The period is the last `weeks` ISO weeks that end with the
    week of the latest measurement; that of today without one."""
    how = Aggregation(aggregation)
    with _rows_of(metric_id) as connection:
        last_on = _one(connection, "SELECT max(day) FROM m")
        from_on, until_on = shown_period(last_on, weeks=weeks, today=today)
        values = connection.execute(
            f"SELECT subject_kind, subject_id, {value_sql(how)} AS value FROM m WHERE day >= ? AND day < ?"
            " GROUP BY ALL HAVING value IS NOT NULL ORDER BY value, subject_id",
            [from_on, until_on],
        ).fetchall()
        return MetricFigures(
            from_on=from_on,
            until_on=until_on,
            people=tuple((pk, value) for kind, pk, value in values if kind == SubjectKind.PERSON),
            units=sum(1 for kind, _, _ in values if kind == SubjectKind.UNIT),
            weeks=_weeks(connection, how, until_on=until_on) if last_on else (),
            days=_days(connection, today=today),
            batches=tuple(
                connection.execute(
                    f"SELECT batch, count(*) FROM m GROUP BY batch ORDER BY batch DESC LIMIT {SHOWN_BATCHES}"
                ).fetchall()
            ),
            last_on=last_on,
        )


@contextmanager
def _rows_of(metric_id: int) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_engine() as connection:
        ledger.relation(connection, metric_ids=[metric_id]).create("m")
        yield connection


def _weeks(connection: duckdb.DuckDBPyConnection, how: Aggregation, *, until_on: date) -> tuple[WeekFigure, ...]:
    """A week over everyone. A metric that keeps the last value is the mean of everybody's last one."""
    start = until_on - timedelta(weeks=TREND_WEEKS)
    week = period_start_sql("week")
    if how is Aggregation.LAST:
        each = (
            f"SELECT {week} AS monday, {value_sql(how)} AS value, count(*) AS n FROM m"
            " GROUP BY monday, subject_kind, subject_id"
        )
        mean = value_sql(Aggregation.MEAN, rows="each")
        sql = f"SELECT monday, {mean}, sum(n)::BIGINT FROM ({each}) AS each GROUP BY monday"
    else:
        sql = f"SELECT {week} AS monday, {value_sql(how)}, count(*) FROM m GROUP BY monday"
    found = {monday: (value, count) for monday, value, count in connection.execute(sql).fetchall()}
    first = min((monday for monday in found if monday >= start), default=start)
    mondays = [until_on - timedelta(weeks=back) for back in range(TREND_WEEKS, 0, -1)]
    return tuple(WeekFigure(monday, *found.get(monday, (None, 0))) for monday in mondays if monday >= first)


def _days(connection: duckdb.DuckDBPyConnection, *, today: date) -> tuple[tuple[date, int], ...]:
    start = today - timedelta(days=FRESH_DAYS - 1)
    counted = dict(
        connection.execute(
            "SELECT day, count(*) FROM m WHERE day BETWEEN ? AND ? GROUP BY day", [start, today]
        ).fetchall()
    )
    days = [start + timedelta(days=number) for number in range(FRESH_DAYS)]
    return tuple((day, counted.get(day, 0)) for day in days)


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> date | None:
    row = connection.execute(sql).fetchone()
    return row[0] if row else None
