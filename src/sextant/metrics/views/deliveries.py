"""Batches: what came in, what was kept back and why."""

import csv
from collections.abc import Iterator
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import now as clock_now
from sextant.foundation.tabular import read_number
from sextant.metrics.actions.decisions import (
    AlreadyDecided,
    NotDecidable,
    RatioNeedsBoth,
    ReasonMissing,
    RowNotCounting,
    Verdict,
    correct_row,
    decide_batch,
)
from sextant.metrics.actions.held_corrections import correct_held_row
from sextant.metrics.audits.messages import VERDICTS
from sextant.metrics.contracts import BatchKind, BatchRow, BatchState, Quarantined, QuarantineReason
from sextant.metrics.files import FileUnknown
from sextant.metrics.intake.messages import say_mapping
from sextant.metrics.mapping import MappingRefused
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
from sextant.metrics.queries.audits import (
    Decision,
    find_decision,
    findings_of,
    list_corrections,
    list_held_corrections,
)
from sextant.metrics.queries.batches import list_releases
from sextant.metrics.views.audit_desk import show_findings
from sextant.ui.formats import write_moment

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
    return _page(request, batch_id)


def _page(request: HttpRequest, batch_id: int, *, refusal: str = "") -> HttpResponse:
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
        "releases": list_releases(batch_id),
        "refusal": refusal,
        **_audit_part(request, found),
    }
    part = "metrics/_batch.html" if request.headers.get("HX-Request") else "metrics/batch.html"
    return render(request, part, context, status=409 if refusal else 200)


def _audit_part(request: HttpRequest, found: BatchRow) -> dict[str, object]:
    """What rules found and what was decided, for those who may know."""
    actor = actor_of(request)
    if not may(actor, Permission.DATA_AUDIT_READ):
        return {}
    may_decide = may(actor, Permission.DATA_AUDIT_DECIDE)
    decision = find_decision(found.id)
    is_open = found.state in {BatchState.HELD, BatchState.DONE} and found.kind is not BatchKind.CORRECTION
    return {
        "findings": show_findings(findings_of(found.id)),
        "decision": decision,
        "corrections": list_corrections(found.id),
        "verdict": str(VERDICTS[decision.verdict]) if decision else "",
        "may_decide": may_decide and decision is None and is_open,
        "may_correct": may_decide and (found.state is BatchState.DONE or _is_waiting(found, decision)),
        "is_waiting": _is_waiting(found, decision),
        "waiting": list_held_corrections(found.id) if _is_waiting(found, decision) else [],
    }


def _is_waiting(found: BatchRow, decision: Decision | None) -> bool:
    return found.state is BatchState.HELD and decision is None


@needs(Permission.DATA_AUDIT_DECIDE)
@require_POST
def decide(request: HttpRequest, batch_id: int) -> HttpResponse:
    """放行 or 退回, with the reason; of two at once the second is told what the first one said."""
    _batch_or_404(batch_id)
    verdict = request.POST.get("verdict", "")
    try:
        reason = request.POST.get("reason", "")
        decide_batch(batch_id, verdict=Verdict(verdict), reason=reason, actor=actor_of(request), now=clock_now())
    except (ValueError, ReasonMissing):
        return _page(request, batch_id, refusal=_("请写明原因。"))
    except NotDecidable:
        return _page(request, batch_id, refusal=_("这一批现在没有什么可决定的。"))
    except FileUnknown:
        return _page(
            request, batch_id, refusal=_("拦下的行找不到了。决定已记下，请恢复数据目录后再试，或让来源重新送达。")
        )
    except MappingRefused as error:
        return _page(request, batch_id, refusal=" ".join(say_mapping(problem) for problem in error.problems))
    except AlreadyDecided as error:
        return _page(request, batch_id, refusal=_say_decided(error))
    return redirect("metrics:batch", batch_id=batch_id)


def _say_decided(error: AlreadyDecided) -> str:
    told = {"by": error.by, "at": write_moment(error.at), "verdict": VERDICTS[error.verdict]}
    return _("%(by)s 已在 %(at)s 决定：%(verdict)s。你的决定没有生效。") % told


@needs(Permission.DATA_AUDIT_DECIDE)
@require_POST
def correct(request: HttpRequest, batch_id: int) -> HttpResponse:
    """更正 one row, or take it out, with the reason. In a held batch it waits beside it until somebody accepts."""
    is_held = _batch_or_404(batch_id).state is BatchState.HELD
    row, metric = request.POST.get("row", ""), request.POST.get("metric", "")
    value = read_number(request.POST.get("value", ""))
    withdraws = request.POST.get("do") == "withdraw"
    if not (row.isdecimal() and metric.isdecimal()) or (not withdraws and value.value is None):
        return _page(request, batch_id, refusal=_("请填写更正后的数值，例如 1250.5。"))
    try:
        (correct_held_row if is_held else correct_row)(
            batch_id,
            row=int(row),
            metric_id=int(metric),
            value=None if withdraws else value.value,
            reason=request.POST.get("reason", ""),
            actor=actor_of(request),
            now=clock_now(),
        )
    except ReasonMissing:
        return _page(request, batch_id, refusal=_("请写明原因。"))
    except RatioNeedsBoth:
        return _page(request, batch_id, refusal=_("比率由分子和分母算出，请让来源更正这一行，或剔除它。"))
    except RowNotCounting as error:
        if error.at is None:
            return _page(request, batch_id, refusal=_("这一行已不计入，没有更正。"))
        told = {"by": error.by, "at": write_moment(error.at)}
        return _page(request, batch_id, refusal=_("%(by)s 已在 %(at)s 改过这一行，你的更正没有生效。") % told)
    except NotDecidable:
        return _page(request, batch_id, refusal=_("这一批现在没有什么可决定的。"))
    except AlreadyDecided as error:
        return _page(request, batch_id, refusal=_say_decided(error))
    said = _("已更正，放行后生效") if is_held else _("已更正，原值仍在账本里")
    messages.success(request, said)
    return redirect("metrics:batch", batch_id=batch_id)


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
