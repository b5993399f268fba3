"""Saving rules, and judging by them: a batch before it counts, the ledger every night.

A batch is judged between the staging of its rows and the ledger's commit, while nothing of it counts. A finding that
warns goes with the batch; one that blocks keeps the batch out: its judged rows are kept aside, and `decisions` takes
them in or leaves them out.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.metrics.audits.holding import keep_rows
from sextant.metrics.audits.rules import AuditRuleDocument, RuleRefused, Severity
from sextant.metrics.audits.running import Found, audit_arrived, audit_ledger, concerned
from sextant.metrics.contracts import BatchState, IngestReport
from sextant.metrics.engine import open_engine
from sextant.metrics.intake.delivery import JudgedDelivery
from sextant.metrics.intake.judging import subject_kind
from sextant.metrics.intake.locks import transaction_locked
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import AuditFinding, AuditRule, Batch
from sextant.metrics.queries.audits import active_rules
from sextant.metrics.queries.batches import BatchUnknown, list_quarantine
from sextant.metrics.queries.library import list_metrics


def save_rule(rule: AuditRuleDocument, *, actor: Actor, now: datetime) -> int:
    """Make this the version of the rule that holds; its version number. An equal document changes nothing.

    Batches that were judged before keep what was found then. Raises AccessDenied; RuleRefused (`audit.unknown_metric`).
    """
    require(actor, Permission.DATA_AUDIT_DECIDE)
    known = {row.code for row in list_metrics(codes=rule.metric_codes())}
    if missing := [code for code in rule.metric_codes() if code not in known]:
        raise RuleRefused(Problem("audit.unknown_metric", {"metric": missing[0]}))
    document = rule.model_dump(mode="json", exclude_defaults=True) | {"check": rule.check.model_dump(mode="json")}
    with transaction_locked(f"metrics.audit_rule:{rule.code}"):
        last = AuditRule.objects.filter(code=rule.code).order_by("-version").first()
        if last is not None and last.document == document:
            return last.version
        saved = AuditRule.objects.create(
            code=rule.code,
            version=last.version + 1 if last else 1,
            name=rule.name,
            kind=rule.check.kind,
            severity=rule.severity.value,
            is_on=rule.enabled,
            document=document,
            saved_by=actor.label,
            saved_at=now,
        )
        changes = {"code": rule.code, "version": saved.version, "severity": rule.severity.value, "on": rule.enabled}
        record("save_rule", actor=actor, now=now, object_kind="audit_rule", object_id=saved.pk, changes=changes)
        return saved.version


def audit_judged(batch: Batch, judged: JudgedDelivery, *, now: datetime) -> bool:
    """Judge a batch whose rows are staged, store what was found, and say whether it must be held.

    Part of taking in: whoever may take in may have it judged. A batch that somebody has accepted is not held again.
    """
    plan = judged.delivery.plan
    rules = concerned(active_rules(), codes=plan.metric_codes)
    if not rules:
        # a run that was cut off may have judged by rules that are gone
        AuditFinding.objects.filter(batch=batch).delete()
        return False
    ids = {row.code: row.id for row in list_metrics(codes=plan.metric_codes)}
    pairs = ", ".join(f"({rule.number}, {ids[rule.metric.code]})" for rule in plan.rules)
    rows = (
        f"SELECT metric_id, {int(subject_kind(plan))} AS subject_kind, subject_id, day, value, denominator,"
        f" CAST({batch.pk} AS BIGINT) AS batch, row_number AS row, record"
        f" FROM judged JOIN (VALUES {pairs}) AS named(rule, metric_id) USING (rule) WHERE verdict IS NULL"
    )
    today = company_day(now, settings.SEXTANT_ZONE)
    found = audit_arrived(
        judged.connection, rules, rows=rows, batch=batch.pk, first_on=judged.judged.first_on, today=today
    )
    _store(found, rules, batch=batch, day=today, now=now)
    severities = {pk: rule.severity for pk, rule in rules}
    is_blocked = any(severities[one.rule_id] is Severity.BLOCK for one in found)
    return is_blocked and not hasattr(batch, "decision")


@transaction.atomic
def hold_batch(batch: Batch, judged: JudgedDelivery, *, actor: Actor, now: datetime) -> IngestReport:
    """Keep the judged rows of `batch` aside: nothing of it counts until somebody decides."""
    batch.held_file = keep_rows(judged)
    batch.state = BatchState.HELD
    batch.error = ""
    batch.save(update_fields=["held_file", "state", "error"])
    record(
        "hold_batch", actor=actor, now=now, object_kind="batch", object_id=batch.pk, changes={"rows": batch.rows_read}
    )
    kept_back = tuple(list_quarantine(batch.pk))
    return IngestReport(batch.pk, 0, kept_back, None, already_known=False, is_held=True)


def audit_batch(batch_id: int, *, actor: Actor, now: datetime) -> int:
    """Judge a batch that counts already by the rules of today; how many faults were found. Nothing is held.

    Raises AccessDenied, BatchUnknown.
    """
    require(actor, Permission.DATA_AUDIT_DECIDE)
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise BatchUnknown(batch_id)
    today = company_day(now, settings.SEXTANT_ZONE)
    with open_engine() as connection:
        every = [row.id for row in list_metrics()]
        ledger.history(connection, metric_ids=every, batches=[batch_id]).create_view("written")
        brought = connection.execute("SELECT DISTINCT metric_id FROM written").fetchall()
        codes = [row.code for row in list_metrics(ids=[metric_id for (metric_id,) in brought])]
        rules = concerned(active_rules(), codes=codes)
        rows = "SELECT * FROM written"
        found = audit_arrived(connection, rules, rows=rows, batch=batch_id, first_on=batch.first_on, today=today)
    _store(found, rules, batch=batch, day=today, now=now)
    return sum(one.count for one in found)


def audit_standing(*, actor: Actor, now: datetime) -> int:
    """Judge what did not come (freshness, completeness) in the ledger as it stands; how many faults were found.

    What the last such audit found is replaced. Raises AccessDenied.
    """
    require(actor, Permission.DATA_AUDIT_DECIDE)
    today = company_day(now, settings.SEXTANT_ZONE)
    rules = active_rules()
    with open_engine() as connection:
        found = audit_ledger(connection, rules, today=today)
    with transaction_locked("metrics.audit_standing"):
        _store(found, rules, batch=None, day=today, now=now)
    return sum(one.count for one in found)


@transaction.atomic
def _store(
    found: Iterable[Found],
    rules: Sequence[tuple[int, AuditRuleDocument]],
    *,
    batch: Batch | None,
    day: date,
    now: datetime,
) -> None:
    """Replace what was found before about the same batch, or about what did not come."""
    severities = {pk: rule.severity.value for pk, rule in rules}
    AuditFinding.objects.filter(batch=batch).delete()
    AuditFinding.objects.bulk_create(
        AuditFinding(
            rule_id=one.rule_id,
            batch=batch,
            metric_id=one.metric_id,
            severity=severities[one.rule_id],
            day=day,
            found_at=now,
            count=one.count,
            samples=one.samples,
        )
        for one in found
    )
