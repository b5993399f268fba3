"""Definitions of metrics: the one in force, and every one before it."""

from dataclasses import dataclass
from datetime import datetime

from sextant.metrics.contracts import MetricDefinition
from sextant.metrics.definition import MetricDocument, build_document, document_of
from sextant.metrics.models import Metric, MetricVersion
from sextant.people.models import Person


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a definition. `changes` is {field: [before, after]} against the version before; `restores` the
    version it brought back, None when it is new; `changed_by` is "" for one from before versions were kept."""

    version: int
    changes: dict[str, list[object]]
    reason: str
    restores: int | None
    changed_at: datetime
    changed_by: str


def definition_of(metric: Metric) -> MetricDefinition:
    """The definition in force. One query when the metric has an owner."""
    fields = {name: getattr(metric, name) for name in MetricDefinition.__dataclass_fields__ if name != "owner_number"}
    return MetricDefinition(**{**fields, "tags": tuple(metric.tags), "owner_number": _number_of(metric)})


def get_document(code: str) -> MetricDocument:
    """The definition in force as a document. Raises Metric.DoesNotExist."""
    return document_of(definition_of(Metric.objects.get(code=code)))


def get_version_document(code: str, version: int) -> MetricDocument:
    """The definition of one version, the one in force included. Raises Metric.DoesNotExist,
    MetricVersion.DoesNotExist."""
    metric = Metric.objects.get(code=code)
    kept = metric.versions.filter(version=version).first()
    if kept is not None:
        return build_document(kept.document)
    if version == metric.version:
        return document_of(definition_of(metric))
    raise MetricVersion.DoesNotExist(version)


def list_versions(metric_id: int) -> list[VersionRow]:
    """Versions, the newest first; a metric made before versions were kept shows the one in force. One query, or two."""
    fields = ("version", "changes", "reason", "restores", "changed_at", "changed_by")
    found = MetricVersion.objects.filter(metric_id=metric_id).order_by("-version").values_list(*fields)
    rows = [VersionRow(*row) for row in found]
    if rows:
        return rows
    metric = Metric.objects.get(id=metric_id)
    return [VersionRow(metric.version, {}, "", None, metric.updated_at, "")]


def _number_of(metric: Metric) -> str | None:
    if metric.owner_person_id is None:
        return None
    return Person.objects.filter(id=metric.owner_person_id).values_list("number", flat=True).first()
