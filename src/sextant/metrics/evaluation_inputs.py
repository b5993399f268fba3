"""What every evaluation is told beside the goals: the company's calendar, the thresholds, the metrics.

The set path, the explanation of one goal and the benchmark all read their inputs here, so they cannot differ.
"""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb

from sextant.engines.evaluation import Aggregation, Direction, GoalSpec, MetricSpec
from sextant.engines.evaluation.sql import GOAL_COLUMNS, METRIC_COLUMNS, Setting, Terms
from sextant.metrics.models import Metric
from sextant.metrics.rulebook import read_rulebook


def setting_of(as_of: date) -> Setting:
    """What every goal without rules of its own is judged by on a day: the company's calendar and thresholds."""
    company = read_rulebook().terms_of()
    return Setting(on=as_of, calendar=company.calendar, thresholds=company.thresholds)


def load_setting(connection: duckdb.DuckDBPyConnection, *, as_of: date, known_at: datetime | None = None) -> Setting:
    """What the goals of `goal_specs` are judged by on a day, by the rules in force (or known at an instant).

    Who uses which of the setting's special terms, and which lights were set by hand, become the tables of
    `TERMS_COLUMNS`.
    """
    rulebook = read_rulebook(known_at=known_at)
    metric_by_goal = {}
    if rulebook.goal_uses:
        pairs = connection.execute(
            "SELECT goal_id, metric_id FROM goal_specs WHERE goal_id IN (SELECT unnest(?::BIGINT[]))",
            [sorted(rulebook.goal_uses)],
        )
        metric_by_goal = dict(pairs.fetchall())
    setting, choice = rulebook.setting(as_of, metric_by_goal)
    choice.load(connection)
    return setting


def labels_of(setting: Setting) -> set[str]:
    """Rules in a setting with their versions ("company/2 line/1"); none while everyone is judged by the defaults."""
    labels = {setting.under(number).thresholds.label for number in range(len(setting.special) + 1)}
    return labels - {""}


def judging_of(goal: GoalSpec, *, known_at: datetime | None = None) -> tuple[GoalSpec, Terms]:
    """One goal as the row path takes it: with its light set by hand, and what it is judged by."""
    rulebook = read_rulebook(known_at=known_at)
    terms = rulebook.terms_of(goal_id=goal.goal_id, metric_id=goal.metric_id)
    return replace(goal, manual=rulebook.manual.get(goal.goal_id)), terms


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
