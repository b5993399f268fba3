"""Batches: what came in, what was kept back and why."""

import csv
from collections.abc import Iterator
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import now as clock_now
from sextant.metrics.contracts import BatchRow, BatchState, Quarantined, QuarantineReason
from sextant.metrics.queries import (
    BatchUnknown,
    columns_of,
    count_batches,
    get_batch,
    list_batches,
    list_quarantine,
    list_reasons,
    quarantine_rows,
)

PER_PAGE = 50
SHOWN = 20
WAITS_TOO_LONG = timedelta(seconds=30)
RUNS_TOO_LONG = timedelta(minutes=15)
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


@needs(Permission.BATCH_READ)
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """Every delivery, newest first."""
    total = count_batches()
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(_whole(request.GET.get("page")), 1), pages)
    context = {
        "batches": list_batches(limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        "number": number,
        "pages": pages,
        "total": total,
        "may_ingest": may(actor_of(request), Permission.METRIC_INGEST),
    }
    return render(request, "metrics/batches.html", context)


@needs(Permission.BATCH_READ)
@require_safe
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One delivery: counts that add up, reasons, rows. While it is under way the page asks again every two seconds."""
    found = _batch_or_404(batch_id)
    reasons = list_reasons(batch_id)
    chosen = _chosen(reasons, request.GET.get("reason", ""))
    age = clock_now() - found.delivered_at
    context = {
        "batch": found,
        "under_way": found.state in {BatchState.QUEUED, BatchState.RUNNING},
        "late": found.state is BatchState.QUEUED and age > WAITS_TOO_LONG,
        "stuck": found.state is BatchState.RUNNING and age > RUNS_TOO_LONG,
        "failed": found.state is BatchState.FAILED,
        "reasons": [(f"{one.code}|{one.column}", one) for one in reasons],
        "chosen": chosen,
        "rows": _rows_of(batch_id, chosen),
        "most": reasons[0].count if reasons else 0,
    }
    part = "metrics/_batch.html" if request.headers.get("HX-Request") else "metrics/batch.html"
    return render(request, part, context)


@needs(Permission.BATCH_READ)
@require_safe
def quarantine(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """The rows kept back, as they came, with the reason: to correct in a spreadsheet and deliver again."""
    _batch_or_404(batch_id)
    answer = StreamingHttpResponse(_csv_lines(batch_id), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="quarantine-{batch_id}.csv"'
    return answer


def _batch_or_404(batch_id: int) -> BatchRow:
    try:
        return get_batch(batch_id)
    except BatchUnknown as error:
        raise Http404 from error


def _chosen(reasons: list[QuarantineReason], key: str) -> QuarantineReason | None:
    """The reason whose rows are shown: the one asked for, else the most frequent."""
    asked = next((one for one in reasons if f"{one.code}|{one.column}" == key), None)
    return asked or (reasons[0] if reasons else None)


def _rows_of(batch_id: int, chosen: QuarantineReason | None) -> list[Quarantined]:
    if chosen is None:
        return []
    return list_quarantine(batch_id, code=chosen.code, column=chosen.column, limit=SHOWN)


class _Line:
    """What csv.writer writes to: the line comes back as the value of `writerow`."""

    def write(self, line: str) -> str:
        return line


def _csv_lines(batch_id: int) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff"  # without the mark Excel takes UTF-8 for the machine's own encoding
    yield writer.writerow([*map(_harmless, columns_of(batch_id)), _("行"), _("列"), _("原因")])
    for one, raw in quarantine_rows(batch_id):
        cells = [_harmless(cell or "") for cell in raw]
        yield writer.writerow([*cells, one.row, _harmless(one.column), _harmless(one.reason)])


def _harmless(cell: str) -> str:
    """A text that a spreadsheet will not run as a formula; numbers with a sign stay as they are."""
    if cell.startswith(_FORMULA_MARKS) and not cell[1:].replace(".", "", 1).replace(",", "").isdecimal():
        return f"'{cell}"
    return cell


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 1
