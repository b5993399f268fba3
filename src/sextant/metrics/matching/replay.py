"""Quarantined rows judged once more, as if their file held nothing else: same mapping, same row numbers.

What came in since is newer than they are: a record that a later batch knows is left as that batch says.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from sextant.foundation.tabular import Table
from sextant.foundation.tabular.rows import TableRow
from sextant.foundation.tabular.table import TableKind
from sextant.metrics.contracts import BatchKind
from sextant.metrics.intake.delivery import Delivery, JudgedDelivery, judged_delivery
from sextant.metrics.intake.judging import mark_superseded
from sextant.metrics.intake.plan import IntakePlan, plan_intake
from sextant.metrics.ledger import store as ledger
from sextant.metrics.mapping import IngestMapping, MappingRefused, build_mapping
from sextant.metrics.models import Batch, QuarantinedRow
from sextant.metrics.queries.library import list_metrics

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}( .*)?")


@contextmanager
def judged_replay(batch: Batch, *, today: date) -> Iterator[JudgedDelivery]:
    """The rows that were released into `batch`, judged; asked until the block ends.

    Raises MappingRefused when the mapping of the time does not fit the library any more.
    """
    mapping = build_mapping(batch.mapping)
    library = {row.code: row for row in list_metrics()}
    outcome = plan_intake(mapping, columns=batch.columns, library=library, today=today)
    if outcome.value is None:
        raise MappingRefused(*outcome.problems)
    table = _table_of(batch, mapping)
    delivery = Delivery(batch.filename, table, outcome.value, batch.sha256, batch.key, today)
    with judged_delivery(delivery) as judged:
        newer = _newer_records(batch, judged, outcome.value)
        yield replace(judged, judged=mark_superseded(judged.connection, judged.judged, newer))


def _table_of(batch: Batch, mapping: IngestMapping) -> Table:
    found = QuarantinedRow.objects.filter(released_in=batch).order_by("row").values_list("row", "raw")
    # one row may have been kept back for several reasons; it is one row
    raw = dict(found)
    days = {name for name, reading in mapping.columns.items() if reading.formats}
    columns = tuple(batch.columns)

    def rows() -> Iterator[TableRow]:
        for row, cells in raw.items():
            padded = [*cells, *[None] * (len(columns) - len(cells))]
            named = zip(columns, padded, strict=False)
            yield TableRow(row, {name: _cell(cell) if name in days else cell for name, cell in named})

    return Table(columns, TableKind.TEXT, rows, row_count=len(raw))


def _cell(text: str | None) -> object:
    """A day that came as a date cell was kept in ISO form, whatever formats the mapping declares for text."""
    if text is not None and _ISO_DAY.fullmatch(text):
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            return text
    return text


def _newer_records(batch: Batch, judged: JudgedDelivery, plan: IntakePlan) -> Mapping[tuple[int, str], int]:
    """By rule and record the batch that already knows it, and is not older than where these rows came from."""
    ids = {row.code: row.id for row in list_metrics(codes=plan.metric_codes)}
    recorded = [(rule.number, ids[rule.metric.code]) for rule in plan.rules if rule.record and rule.metric.code in ids]
    if not recorded:
        return {}
    age_of = _ages(after=batch.origin_id or batch.pk, but=batch.pk)
    connection = judged.connection
    ledger.history(connection, metric_ids={metric for _, metric in recorded}, batches=age_of).create_view("known")
    pairs = ", ".join(f"({rule}, {metric})" for rule, metric in recorded)
    found = connection.execute(
        f"SELECT rule, judged.record, max(known.batch) FROM judged"
        f" JOIN (VALUES {pairs}) AS recorded(rule, metric_id) USING (rule)"
        " JOIN known ON known.metric_id = recorded.metric_id AND known.record = judged.record GROUP BY ALL"
    ).fetchall()
    connection.execute("DROP VIEW known")
    return {(rule, record): known for rule, record, known in found}


def _ages(*, after: int, but: int) -> list[int]:
    """Batches whose rows are not older than those of batch `after`: a replay is as old as what it replays."""
    later = Batch.objects.filter(pk__gte=after, ledger_version__isnull=False).exclude(pk=but)
    return [
        pk
        for pk, kind, origin in later.values_list("pk", "kind", "origin_id")
        if (origin if kind == BatchKind.REPLAY else pk) >= after
    ]
