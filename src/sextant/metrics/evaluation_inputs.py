"""What every evaluation is told beside the goals: the company's calendar, the thresholds, the metrics.

The set path, the explanation of one goal and the benchmark all read their inputs here, so they cannot differ.
"""

import json
from datetime import date
from pathlib import Path

import duckdb

from sextant.engines.evaluation import DEFAULT_THRESHOLDS, Aggregation, Direction, MetricSpec
from sextant.engines.evaluation.sql import GOAL_COLUMNS, METRIC_COLUMNS, Setting
from sextant.engines.schedule import FIVE_DAY_WEEK
from sextant.metrics.models import Metric


def setting_of(as_of: date) -> Setting:
    """What holds for every goal evaluated as of a day: the company's calendar and the thresholds."""
    return Setting(on=as_of, calendar=FIVE_DAY_WEEK, thresholds=DEFAULT_THRESHOLDS)


def metric_specs(metric_ids: list[int]) -> list[MetricSpec]:
    """Metrics as the evaluation reads them, by id; unknown ones are absent."""
    return [
        MetricSpec(
            metric_id=metric.id,
            aggregation=Aggregation(metric.aggregation),
            direction=Direction(metric.direction),
            freshness_days=metric.freshness_days,
            baseline=metric.baseline,
            unit_label=metric.unit_label,
            decimals=metric.decimals,
            version=metric.version,
        )
        for metric in Metric.objects.filter(id__in=metric_ids).order_by("id")
    ]


def load_goals(connection: duckdb.DuckDBPyConnection, goals_csv: Path) -> None:
    """The goals file as the table `goal_specs`."""
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in GOAL_COLUMNS.items())
    connection.execute(
        f"CREATE TEMP TABLE goal_specs AS SELECT * FROM read_csv(?, header = true, delim = ',', quote = '\"',"
        f" nullstr = '', columns = {{{columns}}})",
        [str(goals_csv.resolve())],
    )


def load_metrics(connection: duckdb.DuckDBPyConnection, metrics: list[MetricSpec]) -> None:
    """Metrics as the table `metric_specs`."""
    columns = ", ".join(f"{name} {kind}" for name, kind in METRIC_COLUMNS.items())
    connection.execute(f"CREATE TEMP TABLE metric_specs ({columns})")
    for metric in metrics:
        fields = {
            "aggregation": metric.aggregation.value,
            "direction": metric.direction.value,
            "lower_curve": metric.lower_curve.value,
            "unit_json": json.dumps(metric.unit_label, ensure_ascii=False),
        }
        values = [fields.get(name, getattr(metric, name, None)) for name in METRIC_COLUMNS]
        connection.execute(f"INSERT INTO metric_specs VALUES ({', '.join('?' for _ in values)})", values)
