"""The rows a batch brought, made once more from what was kept of it.

That is, first match: the values people recorded by hand, the judged rows of a batch that was held, the quarantine rows
a replay took in, or the delivered file itself, where it was kept or is offered again. A delivered file is judged anew
under the mapping of then, on the day of then. What came over an interface was never kept.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from django.conf import settings

from sextant.foundation.clock import company_day
from sextant.foundation.tabular import TableUnreadable
from sextant.metrics import manual
from sextant.metrics.actions.ingest import measurements_to_write
from sextant.metrics.audits.holding import kept_rows
from sextant.metrics.contracts import BatchKind
from sextant.metrics.files import FileUnknown, path_of
from sextant.metrics.intake.corrections import Corrections
from sextant.metrics.intake.delivery import JudgedDelivery, judged_delivery, open_delivery
from sextant.metrics.ledger import store as ledger
from sextant.metrics.ledger.health import LedgerDamaged
from sextant.metrics.mapping import MappingRefused, build_mapping
from sextant.metrics.matching.replay import judged_replay
from sextant.metrics.models import Batch
from sextant.metrics.queries.library import list_metrics

_NONE = Corrections((), (), ledger.SCHEMA.empty_table())


def rows_again(batch: Batch, *, offered: Mapping[str, Path]) -> pa.Table | None:
    """The rows a batch brought, made anew from what was kept of it; None when nothing was kept, or it does not fit the
    library any more. `offered` are files handed in for this, by SHA-256."""
    if batch.manual.exists():
        return manual.rows_of(batch).cast(ledger.SCHEMA)
    try:
        with _judged_again(batch, offered) as judged:
            return None if judged is None else _written(judged, batch)
    except (FileUnknown, MappingRefused, TableUnreadable, LedgerDamaged):
        return None


@contextmanager
def _judged_again(batch: Batch, offered: Mapping[str, Path]) -> Iterator[JudgedDelivery | None]:
    today = company_day(batch.delivered_at, settings.SEXTANT_ZONE)
    if batch.held_file:
        with kept_rows(batch, today=today) as judged:
            yield judged
    elif batch.kind == BatchKind.REPLAY:
        with judged_replay(batch, today=today) as judged:
            yield judged
    elif batch.kind == BatchKind.DELIVERY and batch.sha256:
        path = offered.get(batch.sha256) or path_of(batch.sha256)
        delivery = open_delivery(path, mapping=build_mapping(batch.mapping), today=today)
        with judged_delivery(delivery) as judged:
            yield judged
    else:
        yield None


def _written(judged: JudgedDelivery, batch: Batch) -> pa.Table:
    """What the batch put into the ledger, but for what it withdrew: that depends on what was there before it."""
    plan = judged.delivery.plan
    metric_ids = {row.code: row.id for row in list_metrics(codes=plan.metric_codes)}
    if missing := set(plan.metric_codes) - metric_ids.keys():
        raise FileUnknown(", ".join(sorted(missing)))
    rules = {rule.number: metric_ids[rule.metric.code] for rule in plan.rules}
    return measurements_to_write(judged, _NONE, rules=rules, batch=batch.pk).read_all()
