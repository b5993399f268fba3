"""The metric library as a list."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import company_day
from sextant.foundation.clock import now as clock_now
from sextant.metrics.messages.library import AGGREGATIONS, DIRECTIONS
from sextant.metrics.queries.metric_library import (
    STATES,
    LibraryFilter,
    LibraryRow,
    count_library,
    list_library,
    list_metric_sources,
    list_owners,
)

PER_PAGE = 30


@needs(Permission.METRIC_READ)
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """`/metrics/library/?q=&owner=&source=&state=&page=`: every metric with its freshness and who uses it."""
    wanted, today = _wanted(request), company_day(clock_now(), settings.SEXTANT_ZONE)
    total = count_library(wanted, today=today)
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(_whole(request.GET.get("page")) or 1, 1), pages)
    rows = list_library(wanted, today=today, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    context = {
        "rows": [(row, _note(row)) for row in rows],
        "total": total,
        "number": number,
        "pages": pages,
        "wanted": wanted,
        "is_narrowed": wanted != LibraryFilter(),
        "owners": list_owners(),
        "sources": [(source, source) for source in list_metric_sources()],
        "states": _states(),
        "may_define": may(actor_of(request), Permission.METRIC_DEFINE),
    }
    return render(request, "metrics/library.html", context)


def _wanted(request: HttpRequest) -> LibraryFilter:
    state = request.GET.get("state", "")
    return LibraryFilter(
        search=request.GET.get("q", "").strip()[:100],
        owner_id=_whole(request.GET.get("owner")),
        source=request.GET.get("source", "")[:200],
        state=state if state in STATES else "",
    )


def _note(row: LibraryRow) -> str:
    """What the number is, in a few words under its name."""
    words = [str(DIRECTIONS.get(row.direction, row.direction)), str(AGGREGATIONS.get(row.aggregation, row.aggregation))]
    return " · ".join([*words, *row.tags])


def _states() -> list[tuple[str, str]]:
    return [
        ("used", pgettext("指标", "有目标在用")),
        ("derived", pgettext("指标", "派生")),
        ("late", pgettext("指标", "数据过期")),
        ("silent", pgettext("指标", "没有数据")),
        ("retired", _("已停用")),
    ]


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 12 else None
