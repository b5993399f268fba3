"""Reading rules, findings and decisions, and what the desk shows of the quality of data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from sextant.metrics.audits.rules import AuditRuleDocument, build_rule
from sextant.metrics.contracts import BatchKind, BatchRow, BatchState, MetricRow
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import AuditFinding, AuditRule, Batch, BatchDecision, HeldCorrection
from sextant.metrics.queries.batches import batch_map
from sextant.metrics.queries.library import list_metrics, metric_map


@dataclass(frozen=True, slots=True)
class RuleRow:
    """The version of a rule that holds."""

    id: int
    code: str
    version: int
    name: str
    kind: str
    severity: str
    is_on: bool
    metric: str
    saved_by: str
    saved_at: datetime
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: `batch` None for what did not come. `samples` are the first faults, plain values by the
    names of `audits.sql.FINDING`; `document` is the rule as it was when it judged."""

    id: int
    rule: str
    rule_code: str
    rule_version: int
    kind: str
    severity: str
    metric: MetricRow | None
    batch: int | None
    day: date
    found_at: datetime
    count: int
    samples: Sequence[Mapping[str, Any]]
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a batch."""

    verdict: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """A batch by which a person corrected another; `withdrawn` rows do not count any more."""

    batch: int
    reason: str
    by: str
    at: datetime
    withdrawn: int


@dataclass(frozen=True, slots=True)
class DeskBatch:
    """A batch with findings, in the desk's list: faults by severity, and what was decided if anything was."""

    batch: BatchRow
    blocking: int
    warning: int
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the newest measurement of a metric is, in days; None without any. `is_late` by the metric's promise."""

    metric: MetricRow
    last_on: date | None
    age_days: int | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class QualityWeek:
    """Deliveries of a week: rows that came, rows kept back, batches that were held or rejected."""

    starts_on: date
    rows: int
    quarantined: int
    stopped: int


def list_rules() -> list[RuleRow]:
    """The newest version of every rule, by code; those that are off as well. One query."""
    newest = AuditRule.objects.order_by("code", "-version").distinct("code")
    return [
        RuleRow(
            one.pk,
            one.code,
            one.version,
            one.name,
            one.kind,
            one.severity,
            one.is_on,
            str(one.document.get("metric", "")),
            one.saved_by,
            one.saved_at,
            one.document,
        )
        for one in newest
    ]


def find_rule(code: str) -> RuleRow | None:
    """The newest version of the rule with this code, or None."""
    return next((one for one in list_rules() if one.code == code), None)


def list_versions(code: str) -> list[tuple[int, str, datetime]]:
    """(version, by whom, when) of a rule, the newest first."""
    found = AuditRule.objects.filter(code=code).order_by("-version")
    return list(found.values_list("version", "saved_by", "saved_at"))


def active_rules() -> list[tuple[int, AuditRuleDocument]]:
    """(id, document) of the rules that judge. One query."""
    return [(one.id, build_rule(one.document)) for one in list_rules() if one.is_on]


def findings_of(batch_id: int) -> list[Finding]:
    """What rules found in a batch, those that hold it first. Two queries."""
    return _findings(AuditFinding.objects.filter(batch_id=batch_id))


def standing_findings(*, metrics: Mapping[int, MetricRow] | None = None) -> list[Finding]:
    """What the last nightly audit found missing. Two queries; one when the caller has the library already."""
    return _findings(AuditFinding.objects.filter(batch=None), metrics=metrics)


def find_decision(batch_id: int) -> Decision | None:
    """What was decided about a batch, or None."""
    found = BatchDecision.objects.filter(batch_id=batch_id)
    return next((Decision(*row) for row in found.values_list("verdict", "reason", "decided_by", "decided_at")), None)


def list_desk(*, open_only: bool, limit: int, offset: int = 0) -> list[DeskBatch]:
    """Batches with findings, held ones first, then the newest; only those without a decision when asked.
    At most three queries."""
    found = _desk(open_only=open_only).annotate(
        blocking=Sum("findings__count", filter=Q(findings__severity="block")),
        warning=Sum("findings__count", filter=Q(findings__severity="warn")),
        is_held=Count("id", filter=Q(state=BatchState.HELD)),
    )
    rows = list(found.order_by("-is_held", "-id").values_list("id", "blocking", "warning")[offset : offset + limit])
    batches = batch_map({pk for pk, _, _ in rows})
    decided = BatchDecision.objects.filter(batch_id__in=[] if open_only else batches)
    decisions = {
        pk: Decision(verdict, reason, by, at)
        for pk, verdict, reason, by, at in decided.values_list(
            "batch_id", "verdict", "reason", "decided_by", "decided_at"
        )
    }
    return [
        DeskBatch(batches[pk], blocking or 0, warning or 0, decisions.get(pk))
        for pk, blocking, warning in rows
        if pk in batches
    ]


def count_desk() -> tuple[int, int]:
    """(without a decision, all): how many batches `list_desk` would give without a limit. One query."""
    counted = _desk(open_only=False).aggregate(every=Count("id"), waiting=Count("id", filter=Q(decision=None)))
    return counted["waiting"], counted["every"]


def _desk(*, open_only: bool) -> QuerySet[Batch]:
    with_findings = AuditFinding.objects.exclude(batch=None).values("batch_id")
    found = Batch.objects.filter(id__in=with_findings)
    return found.filter(decision=None) if open_only else found


def list_freshness(*, today: date) -> list[Freshness]:
    """Every metric of the library and how old its newest measurement is, late ones first. Two queries, and one scan of
    the ledger for each of its versions."""
    last = dict(_last_days(ledger.current_version(), str(ledger.ledger_path())))
    found = []
    for metric in list_metrics():
        on = last.get(metric.id)
        age = (today - on).days if on else None
        found.append(Freshness(metric, on, age, age is not None and age > metric.freshness_days))
    return sorted(found, key=lambda one: (not one.is_late, one.last_on is None, one.metric.code))


@lru_cache(maxsize=4)
def _last_days(version: int, path: str) -> tuple[tuple[int, date], ...]:
    """Newest day of each metric. The ledger's folder is part of the key: a version alone does not name a ledger."""
    with open_engine(threads=1) as connection:
        found = ledger.relation(connection, version=version)
        return tuple(found.aggregate("metric_id, max(day)", "metric_id").fetchall())


def list_quality(*, today: date, weeks: int = 12) -> list[QualityWeek]:
    """The last `weeks` weeks up to `today`, oldest first; weeks without a delivery have no rows. One query."""
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=weeks - 1)
    counted = (
        Batch.objects.filter(kind=BatchKind.DELIVERY, delivered_at__date__gte=first)
        .annotate(week=TruncWeek("delivered_at", tzinfo=_zone()))
        .values_list("week")
        .annotate(
            rows=Sum("rows_read"),
            kept=Sum("rows_quarantined"),
            stopped=Count("id", filter=Q(state__in=[BatchState.HELD, BatchState.REJECTED])),
        )
    )
    by_week = {week.date(): QualityWeek(week.date(), rows, kept, stopped) for week, rows, kept, stopped in counted}
    starts = [first + timedelta(weeks=number) for number in range(weeks)]
    return [by_week.get(start, QualityWeek(start, 0, 0, 0)) for start in starts]


def list_corrections(batch_id: int) -> list[Correction]:
    """Corrections of rows of this batch, and its withdrawal, the oldest first. One query."""
    found = Batch.objects.filter(origin_id=batch_id, kind=BatchKind.CORRECTION, state=BatchState.DONE).order_by("id")
    return [Correction(*row) for row in found.values_list("id", "reason", "delivered_by", "delivered_at", "withdrawn")]


@dataclass(frozen=True, slots=True)
class WaitingCorrection:
    """What was corrected in a held batch; `value` None takes the row out."""

    metric_id: int
    row: int
    value: Decimal | None
    reason: str
    by: str
    at: datetime


def list_held_corrections(batch_id: int) -> list[WaitingCorrection]:
    """Corrections that wait for the batch to be accepted, by row. One query."""
    waiting = HeldCorrection.objects.filter(batch_id=batch_id, is_carried_out=False).order_by("row", "metric_id")
    return [
        WaitingCorrection(one.metric_id, one.row, one.value, one.reason, one.corrected_by, one.corrected_at)
        for one in waiting
    ]


def _zone() -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(str(settings.SEXTANT_ZONE))


def _findings(found: QuerySet[AuditFinding], *, metrics: Mapping[int, MetricRow] | None = None) -> list[Finding]:
    rows = list(found.select_related("rule").order_by("severity", "-count", "id"))
    if metrics is None:
        metrics = metric_map({one.metric_id for one in rows})
    return [
        Finding(
            id=one.pk,
            rule=one.rule.name,
            rule_code=one.rule.code,
            rule_version=one.rule.version,
            kind=one.rule.kind,
            severity=one.severity,
            metric=metrics.get(one.metric_id),
            batch=one.batch_id,
            day=one.day,
            found_at=one.found_at,
            count=one.count,
            samples=one.samples,
            document=one.rule.document,
        )
        for one in rows
    ]
