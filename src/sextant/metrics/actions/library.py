"""Writing the metric library."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.metrics.contracts import MetricDefinition, MetricRow
from sextant.metrics.intake.locks import transaction_locked
from sextant.metrics.models import Metric
from sextant.metrics.queries.library import list_metrics
from sextant.people.queries import resolve_persons

LIBRARY_LOCK = "metrics.library"
_DEFINING = (
    "name",
    "description",
    "unit_label",
    "decimals",
    "direction",
    "aggregation",
    "grain",
    "source",
    "owner_person_id",
    "freshness_days",
    "baseline",
)


class UnknownOwner(Exception):
    """A definition names an owner whom nobody, or more than one person, answers to. `numbers` are those."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self.numbers = tuple(sorted(numbers))
        super().__init__(", ".join(self.numbers))


def upsert_metrics(definitions: Iterable[MetricDefinition], *, actor: Actor, now: datetime) -> list[MetricRow]:
    """Make the library hold these metrics and return them, in the order given.

    A metric is known by its code. A definition that differs from what is there replaces it and raises its version by
    one; an equal one changes nothing. Metrics that are not named stay. Raises AccessDenied, UnknownOwner.
    """
    require(actor, Permission.METRIC_INGEST)
    wanted = {definition.code: definition for definition in definitions}
    with transaction_locked(LIBRARY_LOCK):
        changed = _save_all(wanted, now=now)
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


def _save_all(wanted: Mapping[str, MetricDefinition], *, now: datetime) -> list[str]:
    """Store what differs; the codes of it."""
    known = {
        metric.code: metric for metric in Metric.objects.select_for_update().filter(code__in=wanted).order_by("id")
    }
    owners = _owners(wanted.values())
    return [
        code
        for code, definition in wanted.items()
        if _save(known.get(code), definition, owner_id=owners.get(definition.owner_number), now=now)
    ]


def _owners(definitions: Iterable[MetricDefinition]) -> dict[str | None, int]:
    numbers = {definition.owner_number for definition in definitions if definition.owner_number}
    if not numbers:
        return {}
    found = resolve_persons(numbers, by="number")
    if unknown := {number for number in numbers if found.get(number) is None}:
        raise UnknownOwner(unknown)
    return {number: person_id for number, person_id in found.items() if person_id is not None}


def _save(metric: Metric | None, definition: MetricDefinition, *, owner_id: int | None, now: datetime) -> bool:
    """Store one definition; True when something is different from before."""
    fields = {name: getattr(definition, name) for name in _DEFINING if name != "owner_person_id"}
    fields |= {"owner_person_id": owner_id}
    if metric is None:
        Metric.objects.create(code=definition.code, created_at=now, updated_at=now, **fields)
        return True
    if all(getattr(metric, name) == value for name, value in fields.items()):
        return False
    for name, value in fields.items():
        setattr(metric, name, value)
    metric.version += 1
    metric.updated_at = now
    metric.save()
    return True
