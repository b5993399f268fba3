"""One metric: what it is, who uses it, how people stand, how it went, how good its data are."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import company_day
from sextant.foundation.clock import now as clock_now
from sextant.metrics.contracts import SubjectKind
from sextant.metrics.distribution import median_of
from sextant.metrics.queries.derived import NotDerived, explain_derived
from sextant.metrics.queries.metric_detail import (
    MetricDetail,
    MetricNotFound,
    find_derived_state,
    get_metric_detail,
    list_used_by,
    read_graph,
    read_quality,
)
from sextant.metrics.queries.metric_feed import Feed, light_of, list_feeds
from sextant.metrics.queries.metric_figures import MetricFigures, read_figures, shown_period
from sextant.metrics.queries.metric_versions import get_document, list_versions
from sextant.metrics.queries.unit_values import read_unit_values
from sextant.metrics.views.metric_cards import (
    definition_pairs,
    failures_in_words,
    make_histogram,
    make_trend,
    make_versions,
    said_steps,
)
from sextant.people.access import visible_person_ids, visible_unit_ids
from sextant.people.queries import names_of_persons, names_of_units

WEEKS = (4, 13, 26)


@needs(Permission.METRIC_READ)
@require_safe
def metric(request: HttpRequest, code: str) -> HttpResponse:
    """`/metrics/metric/<code>/?weeks=`: the page of one metric."""
    found, today, weeks = _metric_or_404(code), _today(), _weeks(request)
    figures = read_figures(found.id, aggregation=found.aggregation, weeks=weeks, today=today)
    actor = actor_of(request)
    visible = visible_person_ids(actor, on=today)
    uses, below = list_used_by(found, on=today), read_graph(found.id)
    state = find_derived_state(found.id) if found.kind == "derived" else None
    context = {
        "metric": found,
        "pairs": definition_pairs(found),
        "figures": figures,
        "weeks": weeks,
        "week_choices": WEEKS,
        "median": median_of(value for _, value in figures.people),
        "light": _light(found, figures, today=today),
        "histogram": make_histogram(figures, found, visible=visible),
        "trend": make_trend(figures, found),
        "most_a_day": max((count for _, count in figures.days), default=0),
        "quality": read_quality(found.code, figures.batches),
        "uses": uses,
        "in_use": sum(use.count for use in uses) + len(below[1].further),
        "made_of": below[0],
        "makes": below[1],
        "versions": make_versions(list_versions(found.id)),
        "derived": state,
        "failures": failures_in_words(state, found, visible=visible),
        "may_define": may(actor, Permission.METRIC_DEFINE),
        "may_open_batches": may(actor, Permission.BATCH_READ),
    }
    return render(request, "metrics/metric.html", context)


@needs(Permission.METRIC_READ)
@require_safe
def metric_units(request: HttpRequest, code: str) -> HttpResponse:
    """The roll-up over units below `unit`, as a part of the metric's page."""
    found, today, weeks = _metric_or_404(code), _today(), _weeks(request)
    feed = list_feeds().get(found.id)
    from_on, until_on = shown_period(feed.last_on if feed else None, weeks=weeks, today=today)
    unit = request.GET.get("unit", "")
    unit_id = int(unit) if unit.isdecimal() and len(unit) < 12 else None
    values = read_unit_values(
        found, unit_id=unit_id, from_on=from_on, until_on=until_on, on=today, visible=_visible_units(request, today)
    )
    return render(request, "metrics/_metric_units.html", {"metric": found, "values": values, "weeks": weeks})


@needs(Permission.METRIC_READ)
@require_safe
def metric_value(request: HttpRequest, code: str) -> HttpResponse:
    """`?kind=&subject=&on=&of=`: one derived value opened down to the measurements of its inputs."""
    found = _metric_or_404(code)
    kind, subject_id, on = _cell(request)
    _refuse_unseen(actor_of(request), kind, subject_id)
    try:
        value = explain_derived(
            code, subject_kind=kind, subject_id=subject_id, on=on, dimension_value=request.GET.get("of", "")[:300]
        )
    except NotDerived as error:
        raise Http404 from error
    names = names_of_persons([subject_id]) if kind is SubjectKind.PERSON else names_of_units([subject_id])
    context = {"metric": found, "value": value, "subject": names.get(subject_id, ""), "said": said_steps(value)}
    return render(request, "metrics/metric_value.html", context)


@needs(Permission.METRIC_READ)
@require_safe
def metric_distribution(request: HttpRequest, code: str) -> HttpResponse:
    """The histogram as CSV: the same bins, the same names."""
    found, today = _metric_or_404(code), _today()
    figures = read_figures(found.id, aggregation=found.aggregation, weeks=_weeks(request), today=today)
    visible = visible_person_ids(actor_of(request), on=today)
    histogram = make_histogram(figures, found, visible=visible, names_a_bin=None)
    head = (_("从"), _("到"), _("人数"), _("可见的人"))
    rows = [(one.low, one.high, one.count, "; ".join(one.names)) for one in histogram.bins] if histogram else []
    return _csv(f"{code}-distribution.csv", head, rows)


@needs(Permission.METRIC_READ)
@require_safe
def metric_trend(request: HttpRequest, code: str) -> HttpResponse:
    """The weeks as CSV."""
    found = _metric_or_404(code)
    figures = read_figures(found.id, aggregation=found.aggregation, weeks=WEEKS[0], today=_today())
    rows = [
        (week.monday.isoformat(), "" if week.value is None else week.value, week.measurements) for week in figures.weeks
    ]
    return _csv(f"{code}-weeks.csv", (_("周一"), found.name, _("数据条数")), rows)


@needs(Permission.METRIC_READ)
@require_safe
def metric_definition(request: HttpRequest, code: str) -> HttpResponse:
    """The definition in force as a YAML file, to keep or to save again by `sextant metrics library save`."""
    _metric_or_404(code)
    answer = HttpResponse(get_document(code).to_yaml(), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="metric.yaml"'
    return answer


def _metric_or_404(code: str) -> MetricDetail:
    try:
        return get_metric_detail(code)
    except MetricNotFound as error:
        raise Http404 from error


def _light(found: MetricDetail, figures: MetricFigures, *, today: date) -> object:
    feed = Feed(figures.last_on, figures.last_on, 1, 1) if figures.last_on else None
    return light_of(feed, freshness_days=found.freshness_days, today=today)


def _cell(request: HttpRequest) -> tuple[SubjectKind, int, date]:
    try:
        kind = SubjectKind(int(request.GET.get("kind", "1")))
        return kind, int(request.GET.get("subject", "")[:12]), date.fromisoformat(request.GET.get("on", ""))
    except ValueError as error:
        raise Http404 from error


def _refuse_unseen(actor: Actor, kind: SubjectKind, subject_id: int) -> None:
    """A person's own numbers are for those who may see the person; missing and forbidden look the same."""
    seen = (visible_person_ids if kind is SubjectKind.PERSON else visible_unit_ids)(actor, on=_today())
    if seen is not None and subject_id not in seen:
        raise Http404


def _visible_units(request: HttpRequest, today: date) -> frozenset[int] | None:
    return visible_unit_ids(actor_of(request), on=today)


def _csv(filename: str, head: Sequence[str], rows: Iterable[Sequence[str | int | Decimal]]) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    # without the mark Excel takes UTF-8 for the machine's own encoding
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filename}"' if filename.isascii() else "attachment"
    return answer


def _weeks(request: HttpRequest) -> int:
    asked = request.GET.get("weeks", "")
    return next((weeks for weeks in WEEKS if str(weeks) == asked), 13)


def _today() -> date:
    return company_day(clock_now(), settings.SEXTANT_ZONE)
