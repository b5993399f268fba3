"""Running rules: the two views they read, then one SELECT each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from sextant.metrics.audits.rules import NIGHTLY, AuditRuleDocument, CompletenessCheck, DifferenceCheck
from sextant.metrics.audits.sql import FINDING, Setting, compile_rule
from sextant.metrics.contracts import BatchKind, BatchState, MetricRow
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import Batch
from sextant.metrics.queries.library import list_metrics
from sextant.people.queries import list_persons, list_subtree_ids, resolve_units

SAMPLES = 20
"""Rows of a finding that are kept: the worst ones first where there is a worst."""
_EVERYONE = 2_000_000
_NUMBER = "CASE WHEN denominator IS NULL THEN CAST(value AS DOUBLE)"
_NUMBER += " ELSE CAST(value AS DOUBLE) / nullif(CAST(denominator AS DOUBLE), 0) END AS number"
_READ = "metric_id, subject_kind, subject_id, day, value, denominator, batch, row, record"
_DAYS_BACK = 400
"""How far back of a batch's first day the ledger is read: enough for a history of sixty weekly values."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one rule found: `count` faults, and the first of them as plain JSON values by the names of `FINDING`."""

    rule_id: int
    metric_id: int
    count: int
    samples: list[dict[str, object]]


def concerned(
    rules: Iterable[tuple[int, AuditRuleDocument]], *, codes: Iterable[str]
) -> list[tuple[int, AuditRuleDocument]]:
    """Those of the rules (id, document) that a batch with measurements of these metrics has to pass."""
    brought = set(codes)
    return [(pk, rule) for pk, rule in rules if rule.check.kind not in NIGHTLY and brought & set(rule.metric_codes())]


def audit_arrived(
    connection: duckdb.DuckDBPyConnection,
    rules: Sequence[tuple[int, AuditRuleDocument]],
    *,
    rows: str,
    batch: int,
    first_on: date | None,
    today: date,
) -> list[Found]:
    """What `rules` (id, document) find in the rows that the SELECT `rows` gives, with the ledger's columns.

    `batch` is their batch: what it already has in the ledger, and what its records replace there, does not count as
    known. Rules of metrics that the library does not have are left out.
    """
    metrics = _metrics_of(rules)
    rules = [(pk, rule) for pk, rule in rules if set(rule.metric_codes()) <= metrics.keys()]
    if not rules:
        return []
    ids = [metric.id for metric in metrics.values()]
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE arrived AS SELECT {_READ}, {_NUMBER} FROM ({rows})"
        f" WHERE value IS NOT NULL AND metric_id IN ({', '.join(map(str, ids))})"
    )
    since = first_on - timedelta(days=_DAYS_BACK) if first_on else None
    ledger.relation(connection, metric_ids=ids, from_on=since).create_view("counting", replace=True)
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW known AS SELECT {_READ}, {_NUMBER} FROM counting"
        f" ANTI JOIN arrived ON arrived.metric_id = counting.metric_id AND arrived.record = counting.record"
        f" WHERE counting.batch <> {batch}"
    )
    return _run_all(connection, rules, metrics, today=today)


def audit_ledger(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[tuple[int, AuditRuleDocument]], *, today: date
) -> list[Found]:
    """What the nightly ones of `rules` find missing in the ledger as it stands on `today`."""
    rules = [(pk, rule) for pk, rule in rules if rule.check.kind in NIGHTLY]
    metrics = _metrics_of(rules)
    rules = [(pk, rule) for pk, rule in rules if rule.metric in metrics]
    if not rules:
        return []
    ledger.relation(connection, metric_ids=[row.id for row in metrics.values()]).create_view("counting", replace=True)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW known AS SELECT {_READ}, {_NUMBER} FROM counting")
    return _run_all(connection, rules, metrics, today=today)


def _metrics_of(rules: Iterable[tuple[int, AuditRuleDocument]]) -> dict[str, MetricRow]:
    codes = {code for _, rule in rules for code in rule.metric_codes()}
    return {row.code: row for row in list_metrics(codes=codes)} if codes else {}


def _run_all(
    connection: duckdb.DuckDBPyConnection,
    rules: Sequence[tuple[int, AuditRuleDocument]],
    metrics: dict[str, MetricRow],
    *,
    today: date,
) -> list[Found]:
    found = []
    for pk, rule in rules:
        query = compile_rule(rule, _setting(rule, metrics, today=today))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE faults AS {query}")
        ((count,),) = connection.execute("SELECT count(*) FROM faults").fetchall()
        if count:
            rows = connection.execute(f"SELECT {', '.join(FINDING)} FROM faults LIMIT {SAMPLES}").fetchall()
            found.append(Found(pk, metrics[rule.metric].id, count, [_sample(row) for row in rows]))
    return found


def _setting(rule: AuditRuleDocument, metrics: dict[str, MetricRow], *, today: date) -> Setting:
    expected, batches_of = None, None
    if isinstance(rule.check, CompletenessCheck) and rule.check.unit is not None:
        unit = resolve_units([rule.check.unit], by="code").get(rule.check.unit)
        units = list_subtree_ids([unit], on=today) if unit is not None else ()
        expected = [one.id for one in list_persons(on=today, unit_ids=units, limit=_EVERYONE)]
    if isinstance(rule.check, DifferenceCheck) and rule.check.sources is not None:
        batches_of = {source: _batches_of(source) for source in rule.check.sources}
    return Setting(metrics, today, expected, batches_of)


def _batches_of(source: str) -> list[int]:
    """Batches of a source, the one being judged among them; corrections speak for the source they correct."""
    found = Batch.objects.filter(source=source).exclude(state=BatchState.FAILED)
    corrections = Batch.objects.filter(kind=BatchKind.CORRECTION, origin__source=source)
    return [*found.values_list("pk", flat=True), *corrections.values_list("pk", flat=True)]


def _sample(row: Sequence[Any]) -> dict[str, object]:
    """One fault as JSON: days in ISO form, numbers as decimal texts, so that nothing is rounded on the way."""
    named = dict(zip(FINDING, row, strict=True))
    return {name: _plain(value) for name, value in named.items() if value is not None}


def _plain(value: Any) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
