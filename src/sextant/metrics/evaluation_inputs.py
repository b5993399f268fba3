"""What every evaluation is told beside the goals: the company's calendar, the thresholds, the metrics.

The set path, the explanation of one goal and the benchmark all read their inputs here, so they cannot differ.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from sextant.engines.evaluation import Aggregation, Bars, Comparison, Direction, GoalSpec, MetricSpec, PeerGroup
from sextant.engines.evaluation.sql import GOAL_COLUMNS, METRIC_COLUMNS, Setting, Terms
from sextant.metrics.contracts import SubjectKind
from sextant.metrics.models import Metric
from sextant.metrics.places import Owner, Places
from sextant.metrics.rulebook import Asked, Rulebook, insert, read_rulebook


def setting_of(as_of: date) -> Setting:
    """What every goal without rules of its own is judged by on a day: the company's calendar and thresholds."""
    company = read_rulebook().terms_of()
    return Setting(on=as_of, calendar=company.calendar, thresholds=company.thresholds)


def load_setting(connection: duckdb.DuckDBPyConnection, *, as_of: date, known_at: datetime | None = None) -> Setting:
    """What the goals of `goal_specs` are judged by on a day, by the rules in force (or known at an instant)."""
    return load_rulebook(connection, read_rulebook(known_at=known_at), as_of=as_of)


def load_rulebook(connection: duckdb.DuckDBPyConnection, rulebook: Rulebook, *, as_of: date) -> Setting:
    """What the goals of `goal_specs` are judged by on a day, by these rules.

    Who uses which of the setting's special terms, which lights were set by hand, and who is compared with whom become
    the tables of `TERMS_COLUMNS`.
    """
    placed = _placed(connection, rulebook, as_of) if rulebook.unit_calendars else None
    setting, choice = rulebook.setting(as_of, _asked(connection, rulebook, placed))
    choice.load(connection, placed=placed)
    _load_peers(connection, setting)
    return setting


def _asked(connection: duckdb.DuckDBPyConnection, rulebook: Rulebook, placed: pa.Table | None) -> Asked:
    metric_ids = [
        row[0] for row in connection.execute("SELECT DISTINCT metric_id FROM goal_specs ORDER BY 1").fetchall()
    ]
    own: list[tuple[int, int, str | None]] = []
    if rulebook.goal_uses:
        connection.register("placed", placed if placed is not None else _PLACED.empty_table())
        found = connection.execute(
            """SELECT goal_id, metric_id, calendar FROM goal_specs LEFT JOIN placed USING (subject_kind, subject_id)
            WHERE goal_id IN (SELECT unnest(?::BIGINT[])) ORDER BY goal_id""",
            [sorted(rulebook.goal_uses)],
        )
        own = found.fetchall()
        connection.unregister("placed")
    return Asked(metric_ids, own)


_OWNER = [("subject_kind", pa.int8()), ("subject_id", pa.int64())]
_PLACED, _PEERS = (pa.schema([*_OWNER, (word, pa.string())]) for word in ("calendar", "peers"))


def _placed(connection: duckdb.DuckDBPyConnection, rulebook: Rulebook, as_of: date) -> pa.Table:
    """Owners of goals with the calendar of the nearest unit that has one; those without are left out."""
    owners, places = _owners(connection), Places.on(as_of)
    codes = {owner: places.nearest(owner, rulebook.unit_calendars) for owner in owners}
    return _as_table(codes, _PLACED)


def _owners(connection: duckdb.DuckDBPyConnection, goals: str = "goal_specs") -> list[Owner]:
    found = connection.execute(f"SELECT DISTINCT subject_kind, subject_id FROM {goals} ORDER BY ALL").fetchall()
    return [(kind, subject_id) for kind, subject_id in found]


_ON_TERMS = """(SELECT goal_specs.* FROM goal_specs
  LEFT JOIN metric_terms USING (metric_id) LEFT JOIN goal_terms USING (goal_id)
  WHERE coalesce(goal_terms.terms, metric_terms.terms, 0) IN ({terms}))"""


def _load_peers(connection: duckdb.DuckDBPyConnection, setting: Setting) -> None:
    """`goal_peers`: the group of every goal whose terms compare it with others."""
    by_group: dict[PeerGroup, list[int]] = {}
    for terms, dynamic in setting.dynamic.items():
        if dynamic.of is Comparison.PEERS:
            by_group.setdefault(dynamic.group, []).append(terms)
    places = Places.on(setting.on) if by_group else None
    for group, numbers in sorted(by_group.items()):
        assert places is not None
        goals = _ON_TERMS.format(terms=", ".join(str(number) for number in numbers))
        named = {owner: places.peers(owner, group) for owner in _owners(connection, goals)}
        insert(
            connection,
            "goal_peers",
            _as_table(named, _PEERS),
            select=f"SELECT goal_id, peers FROM {goals} JOIN incoming USING (subject_kind, subject_id)",
        )


def _as_table(words: Mapping[Owner, str | None], schema: pa.Schema) -> pa.Table:
    """Owners with a word each; those without are left out."""
    rows = [(kind, subject_id, word) for (kind, subject_id), word in words.items() if word is not None]
    return pa.table([list(column) for column in zip(*rows, strict=True)] or [[], [], []], schema=schema)


def labels_of(setting: Setting) -> set[str]:
    """Rules in a setting with their versions ("company/2 line/1"); none while everyone is judged by the defaults."""
    labels = {setting.under(number).thresholds.label for number in range(len(setting.special) + 1)}
    return labels - {""}


def judging_of(
    goal: GoalSpec, *, as_of: date, known_at: datetime | None = None, rulebook: Rulebook | None = None
) -> tuple[GoalSpec, Terms]:
    """One goal as the row path takes it on a day: with its light set by hand, and what it is judged by. Who asks for
    several hands in the rulebook, which takes more queries to read than the rest of a goal."""
    rulebook = rulebook or read_rulebook(known_at=known_at)
    owner = (int(goal.subject_kind), goal.subject_id)
    code = None
    if rulebook.unit_calendars:
        persons = [goal.subject_id] if owner[0] == SubjectKind.PERSON else []
        code = Places.on(as_of, person_ids=persons).nearest(owner, rulebook.unit_calendars)
    terms = rulebook.terms_of(goal_id=goal.goal_id, metric_id=goal.metric_id, unit_calendar=code)
    return replace(goal, manual=rulebook.manual.get(goal.goal_id)), terms


def bars_in(params: Mapping[str, str]) -> Bars:
    """What dynamic thresholds were when a reason with these parameters was given. A single goal is judged by these
    until a run compares anew: it cannot see its peers."""
    observed = int(params.get("observed", 0))
    if "red_bar" not in params:
        return Bars(observed)
    return Bars(observed, Decimal(params["red_bar"]), Decimal(params["yellow_bar"]))


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
