"""How long a flow takes: by step, by person, by unit; as a page, as a part of the definition's page, as a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.lowcode.actions.flow_starting import KIND
from sextant.lowcode.contracts.definitions import DefinitionRow
from sextant.lowcode.contracts.flow_times import TimesRow
from sextant.lowcode.messages.flow_times import HEADS, csv_of, say_hours
from sextant.lowcode.messages.flow_trial import ICONS
from sextant.lowcode.queries.flow_time_tables import By, TimesLine, list_time_lines, time_of_runs
from sextant.lowcode.views.definition_parts import ask_definition

DAYS = (30, 90, 365)
USUAL = 90
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Bar:
    """A line as the table shows it. `median_x` and `p90_x` place its bar, in per cent of the longest."""

    line: TimesLine
    icon: str
    median: str
    p90: str
    median_x: float
    p90_x: float


@dataclass(frozen=True, slots=True)
class Asked:
    """Which flow, looked at how."""

    row: DefinitionRow
    by: By
    days: int
    moment: datetime

    @property
    def from_at(self) -> datetime:
        """The beginning of what is looked at; it ends now."""
        return self.moment - timedelta(days=self.days)

    def lines(self) -> list[TimesLine]:
        """The table."""
        return list_time_lines(
            self.row.id, by=self.by, from_at=self.from_at, until_at=self.moment + timedelta(seconds=1), now=self.moment
        )

    def runs(self) -> TimesRow:
        """Whole runs."""
        until_at = self.moment + timedelta(seconds=1)
        return time_of_runs(self.row.id, from_at=self.from_at, until_at=until_at, now=self.moment)


@needs(Permission.FLOW_READ_ALL)
@require_safe
def times(request: HttpRequest, definition_id: int) -> HttpResponse:
    """`/lowcode/definitions/<id>/times/?by=step&days=90&page=1`."""
    asked = _ask(request, definition_id)
    lines, runs = asked.lines(), asked.runs()
    pages = max(1, -(-len(lines) // PER_PAGE))
    page = request.GET.get("page", "")
    number = min(max(int(page) if page.isdecimal() and len(page) < 9 else 1, 1), pages)
    address = reverse("lowcode:definition_times", args=[definition_id])
    context = {
        "asked": asked,
        "runs": runs,
        "run_median": say_hours(runs.median_hours),
        "run_p90": say_hours(runs.p90_hours),
        "late": _late(lines),
        "bars": _bars(lines)[(number - 1) * PER_PAGE : number * PER_PAGE],
        "head": HEADS[asked.by],
        "tabs": [
            {"href": f"{address}?by={by.value}&days={asked.days}", "text": str(text), "current": by is asked.by}
            for by, text in HEADS.items()
        ],
        "days": [(days, _days(days)) for days in DAYS if days != USUAL],
        "chosen_days": asked.days if asked.days != USUAL else "",
        "usual_days": _days(USUAL),
        "number": number,
        "pages": pages,
        "total": len(lines),
    }
    return render(request, "lowcode/flows/times.html", context)


@needs(Permission.FLOW_READ_ALL)
@require_safe
def part(request: HttpRequest, definition_id: int) -> HttpResponse:
    """The steps with their times, for the page of the definition; loads itself."""
    asked = _ask(request, definition_id)
    lines = asked.lines()
    has_any = any(line.times.left or line.times.open for line in lines)
    context = {"asked": asked, "bars": _bars(lines) if has_any else [], "days": _days(asked.days)}
    return render(request, "lowcode/flows/_times.html", context)


@needs(Permission.FLOW_READ_ALL)
@require_safe
def file(request: HttpRequest, definition_id: int) -> HttpResponse:
    """The table as CSV, all of it."""
    asked = _ask(request, definition_id)
    answer = HttpResponse("\ufeff" + csv_of(HEADS[asked.by], asked.lines()), content_type="text/csv; charset=utf-8")
    name = f"{asked.row.code}-{asked.by.value}-{asked.days}d.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _days(days: int) -> str:
    return ngettext("近 %(n)s 天", "近 %(n)s 天", days) % {"n": days}


def _late(lines: Iterable[TimesLine]) -> tuple[int, int, Decimal | None]:
    """Late, with a limit, and the share of all lines together."""
    listed = [line.times for line in lines]
    late, limited = sum(one.late for one in listed), sum(one.limited for one in listed)
    return late, limited, Decimal(late) / limited if limited else None


def _bars(lines: list[TimesLine]) -> list[Bar]:
    longest = max((line.times.p90_hours or Decimal(0) for line in lines), default=Decimal(0)) or Decimal(1)

    def x(hours: Decimal | None) -> float:
        return round(float((hours or Decimal(0)) / longest * 100), 2)

    return [
        Bar(
            line=line,
            icon=ICONS[line.node.kind] if line.node else "",
            median=say_hours(line.times.median_hours),
            p90=say_hours(line.times.p90_hours),
            median_x=x(line.times.median_hours),
            p90_x=x(line.times.p90_hours),
        )
        for line in lines
    ]


def _ask(request: HttpRequest, definition_id: int) -> Asked:
    found = ask_definition(request, definition_id)
    if found.row.kind != KIND:
        raise Http404
    by, days = request.GET.get("by", ""), request.GET.get("days", "")
    return Asked(
        row=found.row,
        by=By(by) if by in set(By) else By.STEP,
        days=next((one for one in DAYS if str(one) == days), USUAL),
        moment=found.moment,
    )
