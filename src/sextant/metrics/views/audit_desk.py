"""数据稽核台: what needs a decision, whom keys stand for, what did not come, and whether data get better."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import company_day
from sextant.foundation.clock import now as clock_now
from sextant.metrics.audits.messages import KINDS, SEVERITIES, say_sample
from sextant.metrics.contracts import SubjectKind
from sextant.metrics.queries.audits import (
    Finding,
    QualityWeek,
    count_desk,
    list_desk,
    list_freshness,
    list_quality,
    standing_findings,
)
from sextant.metrics.queries.matching import count_unmatched, list_unmatched
from sextant.people.queries import names_of_persons, names_of_units
from sextant.ui.formats import write_day, write_percent

PER_PAGE = 20
KEYS_SHOWN = 4
METRICS_SHOWN = 8
SAMPLES_SHOWN = 8
WEEKS_DRAWN = 6
"""Bars with their numbers that fit beside each other; the table and the CSV hold all weeks."""


@dataclass(frozen=True, slots=True)
class ShownSample:
    """A fault as a page shows it: where it stands, whose it is, what is wrong; `row` and `batch` None for what did not
    come."""

    subject: str
    day: str
    batch: int | None
    row: int | None
    record: str
    sentence: str
    value: str


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding as a page shows it."""

    id: int
    rule: str
    rule_code: str
    kind: str
    severity: str
    is_blocking: bool
    metric: str
    metric_id: int
    decimals: int
    count: int
    samples: tuple[ShownSample, ...]


@needs(Permission.DATA_AUDIT_READ)
@require_safe
def audit_desk(request: HttpRequest) -> HttpResponse:
    """The desk. However many batches and findings there are, it costs the same few queries."""
    actor, today = actor_of(request), company_day(clock_now(), settings.SEXTANT_ZONE)
    shows_all = request.GET.get("view") == "all"
    waiting, every = count_desk()
    total = every if shows_all else waiting
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(_whole(request.GET.get("page")), 1), pages)
    keys, rows = count_unmatched()
    freshness = list_freshness(today=today)
    late = [one for one in freshness if one.is_late]
    weeks = list_quality(today=today)
    missing = show_findings(standing_findings(metrics={one.metric.id: one.metric for one in freshness}))
    context = {
        "waiting": waiting,
        "shows_all": shows_all,
        "batches": list_desk(open_only=not shows_all, limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        "number": number,
        "pages": pages,
        "total": total,
        "keys": keys,
        "key_rows": rows,
        "unmatched": list_unmatched(limit=KEYS_SHOWN),
        "missing": missing,
        "missing_count": sum(one.count for one in missing),
        "late_count": len(late),
        "freshness": freshness[:METRICS_SHOWN],
        "metric_count": len(freshness),
        "quality": _quality_chart(weeks),
        "has_quality": any(week.rows for week in weeks),
        "single_week": _single(weeks),
        "table": _quality_table(weeks),
        "may_match": may(actor, Permission.SUBJECT_MATCH),
        "may_ingest": may(actor, Permission.METRIC_INGEST),
    }
    return render(request, "metrics/audit_desk.html", context)


@needs(Permission.DATA_AUDIT_READ)
@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    """The weeks behind the chart, as CSV."""
    table = _quality_table(list_quality(today=company_day(clock_now(), settings.SEXTANT_ZONE)))
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="data-quality.csv"'
    writer = csv.writer(answer)
    writer.writerow(table["head"])
    writer.writerows(table["rows"])
    return answer


def show_findings(findings: Iterable[Finding]) -> list[ShownFinding]:
    """Findings with names and sentences. At most two queries, however many there are."""
    listed = list(findings)
    samples = [sample for one in listed for sample in one.samples[:SAMPLES_SHOWN]]
    names = _names(samples)
    return [
        ShownFinding(
            id=one.id,
            rule=one.rule,
            rule_code=one.rule_code,
            kind=str(KINDS[one.kind]),
            severity=str(SEVERITIES[one.severity]),
            is_blocking=one.severity == "block",
            metric=one.metric.name if one.metric else "",
            metric_id=one.metric.id if one.metric else 0,
            decimals=one.metric.decimals if one.metric else 0,
            count=one.count,
            samples=tuple(_shown(one, sample, names) for sample in one.samples[:SAMPLES_SHOWN]),
        )
        for one in listed
    ]


def _shown(finding: Finding, sample: Mapping[str, Any], names: Mapping[tuple[int, int], str]) -> ShownSample:
    subject = (int(sample.get("subject_kind") or 0), int(sample.get("subject_id") or 0))
    decimals = finding.metric.decimals if finding.metric else 0
    return ShownSample(
        subject=names.get(subject, _("全部") if not subject[1] else _("未知")),
        day=write_day(date.fromisoformat(sample["day"])) if sample.get("day") else "",
        batch=sample.get("batch"),
        row=sample.get("row"),
        record=str(sample.get("record") or ""),
        sentence=say_sample(finding.kind, finding.document.get("check", {}), sample, decimals=decimals),
        value=str(sample.get("value") or ""),
    )


def _names(samples: Sequence[Mapping[str, Any]]) -> dict[tuple[int, int], str]:
    """Names by kind and id."""
    found: dict[tuple[int, int], str] = {}
    for kind, names_of in ((SubjectKind.PERSON, names_of_persons), (SubjectKind.UNIT, names_of_units)):
        ids = {one["subject_id"] for one in samples if one.get("subject_kind") == kind and one.get("subject_id")}
        if ids:
            found |= {(int(kind), subject): name for subject, name in names_of(ids).items()}
    return found


def _quality_chart(weeks: Sequence[QualityWeek]) -> dict[str, object]:
    """Share of rows kept back, in per cent, of the last weeks with deliveries: a week without has no share."""
    delivered = [week for week in weeks if week.rows][-WEEKS_DRAWN:]
    return {
        "x": [f"{week.starts_on:%m-%d}" for week in delivered],
        "name": _("隔离率"),
        "values": [round(100 * week.quarantined / week.rows, 1) for week in delivered],
        "unit": "%",
    }


def _single(weeks: Sequence[QualityWeek]) -> dict[str, object] | None:
    """The one week with deliveries, as a sentence's numbers: one bar alone tells nothing. None of several or none."""
    delivered = [week for week in weeks if week.rows]
    if len(delivered) != 1:
        return None
    (week,) = delivered
    return {"week": week, "share": week.quarantined / week.rows}


def _quality_table(weeks: Sequence[QualityWeek]) -> dict[str, Any]:
    head = [_("周（周一）"), _("收到行数"), _("隔离行数"), _("隔离率"), _("拦下批次")]
    rows = [
        [
            week.starts_on.isoformat(),
            week.rows,
            week.quarantined,
            write_percent(week.quarantined / week.rows, 1) if week.rows else "",
            week.stopped,
        ]
        for week in weeks
    ]
    return {"head": head, "rows": rows}


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 1
