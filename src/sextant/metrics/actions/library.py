"""Writing the metric library in bulk: what mappings and the demo company bring. One metric by hand is saved by
`actions.metric_versions`; both end in `actions.metric_storage`."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.metrics.actions.metric_storage import LIBRARY_LOCK, Change, UnknownOwner, resolve_owners, store
from sextant.metrics.contracts import MetricDefinition, MetricRow
from sextant.metrics.intake.locks import transaction_locked
from sextant.metrics.models import Metric
from sextant.metrics.queries.library import list_metrics

__all__ = ["LIBRARY_LOCK", "UnknownOwner", "create_missing_metrics", "upsert_metrics"]


def upsert_metrics(
    definitions: Iterable[MetricDefinition], *, actor: Actor, now: datetime, reason: str = ""
) -> list[MetricRow]:
    """Make the library hold these metrics and return them, in the order given.

    A metric is known by its code. A definition that differs from what is there becomes its next version; an equal one
    changes nothing. Metrics that are not named stay. A derived metric comes after its inputs. Raises AccessDenied,
    UnknownOwner, DefinitionRefused (a derived one whose formula cannot be read).
    """
    require(actor, Permission.METRIC_INGEST)
    wanted = {definition.code: definition for definition in definitions}
    with transaction_locked(LIBRARY_LOCK):
        changed = _save_all(wanted, change=Change(actor.label, now, reason))
        if changed:
            record(
                "upsert_metrics",
                actor=actor,
                now=now,
                object_kind="metric",
                object_id=changed[0] if len(changed) == 1 else f"{len(changed)} metrics",
                changes={"codes": changed},
            )
    rows = {row.code: row for row in list_metrics(codes=wanted)}
    return [rows[code] for code in wanted]


def create_missing_metrics(definitions: Iterable[MetricDefinition], *, actor: Actor, now: datetime) -> list[MetricRow]:
    """Add those of the metrics that the library does not know; one that exists is left as it is.

    Returns the added ones. Two deliveries that bring the same new metric make it once. Raises as `upsert_metrics`.
    """
    wanted = {definition.code: definition for definition in definitions}
    with transaction_locked(LIBRARY_LOCK):
        known = {row.code for row in list_metrics(codes=wanted)}
        missing = [definition for code, definition in wanted.items() if code not in known]
        return upsert_metrics(missing, actor=actor, now=now) if missing else []


def _save_all(wanted: Mapping[str, MetricDefinition], *, change: Change) -> list[str]:
    """Store what differs; the codes of it."""
    known = {
        metric.code: metric for metric in Metric.objects.select_for_update().filter(code__in=wanted).order_by("id")
    }
    owners = resolve_owners(definition.owner_number for definition in wanted.values())
    return [
        code
        for code, definition in wanted.items()
        if store(definition, metric=known.get(code), owner_id=owners.get(definition.owner_number), change=change)
    ]
