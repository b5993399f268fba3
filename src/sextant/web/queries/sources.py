"""How fresh the sources of figures are."""

from collections.abc import Collection

from django.db.models import Max

from sextant.metrics.contracts import BatchKind, BatchState
from sextant.metrics.models import Batch
from sextant.web.contracts import SourceState


def list_sources(names: Collection[str] | None = None) -> list[SourceState]:
    """Last measured day and last delivery of each source, the stalest first; of all sources, or of `names`. Sources
    that never delivered are not among them. One query."""
    # what was computed from other figures is as fresh as they are: it is no source of its own
    batches = Batch.objects.filter(state=BatchState.DONE.value).exclude(kind=BatchKind.DERIVATION.value)
    if names is not None:
        batches = batches.filter(source__in=list(names))
    rows = batches.order_by().values_list("source").annotate(last_on=Max("last_on"), delivered_at=Max("delivered_at"))
    states = [SourceState(*row) for row in rows]
    return sorted(states, key=lambda state: (str(state.last_on or ""), state.name))
