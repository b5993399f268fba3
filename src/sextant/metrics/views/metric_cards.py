"""Cards of the metric's page: numbers as charts with their tables, versions and failures as words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from sextant.engines.evaluation import Aggregation
from sextant.engines.rollup import default_of
from sextant.engines.values import Problem
from sextant.foundation import formula_messages
from sextant.metrics.contracts import SubjectKind
from sextant.metrics.distribution import SMALLEST_GROUP, make_bins, place_of
from sextant.metrics.messages.library import AGGREGATIONS, DIRECTIONS, FIELDS, GRAINS, KINDS, ROLL_UPS, say, say_value
from sextant.metrics.queries.derived import ExplainedValue
from sextant.metrics.queries.metric_detail import DerivedState, MetricDetail
from sextant.metrics.queries.metric_figures import MetricFigures
from sextant.metrics.queries.metric_versions import VersionRow
from sextant.people.queries import names_of_persons, names_of_units
from sextant.ui.formats import write_number

NAMES_A_BIN = 6
_TREND_LABELS = "{:%m/%d}"


@dataclass(frozen=True, slots=True)
class NamedBin:
    """A bar of the histogram: its edges as text, how many people, those of them the reader may name; `left_out` counts
    visible people beyond the names shown."""

    low: str
    high: str
    count: int
    names: tuple[str, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """`total` people are in the bars, `hidden` of them without names; `withheld` says that a group too small to hide in
    was left out."""

    bins: tuple[NamedBin, ...]
    chart: Mapping[str, object]
    label: str
    total: int
    hidden: int
    withheld: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """Weeks of the metric over everyone."""

    chart: Mapping[str, object]
    table: Mapping[str, object]
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version with its differences as (field, before, after)."""

    row: VersionRow
    changes: tuple[tuple[str, str, str], ...]


def definition_pairs(metric: MetricDetail) -> list[tuple[str, str]]:
    """The definition as (what, value), without what is empty."""
    way = metric.roll_up or default_of(Aggregation(metric.aggregation)).value
    promise = _("%(days)s 天内更新") % {"days": metric.freshness_days}
    pairs = [
        (_("类型"), str(KINDS[metric.kind])),
        (_("来源"), metric.source),
        (_("负责人"), metric.owner_name),
        (_("单位"), metric.unit_label),
        (_("方向"), str(DIRECTIONS[metric.direction])),
        (_("汇总方式"), str(AGGREGATIONS[metric.aggregation])),
        (_("上卷到部门"), str(ROLL_UPS[way])),
        (_("粒度"), str(GRAINS[metric.grain])),
        (_("维度"), metric.dimension),
        (_("时效承诺"), promise),
        (_("周基准线"), _amount(metric.baseline, metric)),
        (_("物理极限"), _amount(metric.limit, metric)),
        (_("对比组"), metric.peer_group),
    ]
    return [(name, value) for name, value in pairs if value]


def _amount(value: object, metric: MetricDetail) -> str:
    return f"{write_number(value, metric.decimals)} {metric.unit_label}".strip() if value is not None else ""  # type: ignore[arg-type]


def make_histogram(
    figures: MetricFigures,
    metric: MetricDetail,
    *,
    visible: frozenset[int] | None,
    names_a_bin: int | None = NAMES_A_BIN,
) -> Histogram | None:
    """People by value; None without anybody. Only visible people are named; the others count when they are enough."""
    seen = [(pk, value) for pk, value in figures.people if visible is None or pk in visible]
    hidden = len(figures.people) - len(seen)
    withheld = 0 < hidden < SMALLEST_GROUP
    shown = seen if withheld else list(figures.people)
    bins = make_bins(value for _, value in shown)
    if not bins:
        return None
    held: list[list[int]] = [[] for _ in bins]
    for pk, value in seen:
        held[place_of(value, bins)].append(pk)
    names = names_of_persons(pk for ids in held for pk in ids[:names_a_bin])
    named = tuple(
        NamedBin(
            low=write_number(one.low, metric.decimals),
            high=write_number(one.high, metric.decimals),
            count=one.count,
            names=tuple(names[pk] for pk in ids[:names_a_bin] if pk in names),
            left_out=max(len(ids) - (names_a_bin or len(ids)), 0),
        )
        for one, ids in zip(bins, held, strict=True)
    )
    chart = {
        "x": [one.low for one in named],
        "name": _("人数"),
        "values": [one.count or None for one in named],
    }
    label = _("%(metric)s：%(people)s 人，从 %(low)s 到 %(high)s") % {
        "metric": metric.name,
        "people": len(shown),
        "low": write_number(min(value for _, value in shown), metric.decimals),
        "high": write_number(max(value for _, value in shown), metric.decimals),
    }
    return Histogram(named, chart, label, len(shown), 0 if withheld else hidden, withheld)


def make_trend(figures: MetricFigures, metric: MetricDetail) -> Trend | None:
    """The weeks as a line; None before the first."""
    if not figures.weeks:
        return None
    note = _("每周合计") if Aggregation(metric.aggregation).is_cumulative else _("每周，全体")
    chart = {
        "x": [_TREND_LABELS.format(week.monday) for week in figures.weeks],
        "series": [
            {"name": metric.name, "values": [None if w.value is None else float(w.value) for w in figures.weeks]}
        ],
    }
    rows = [
        (week.monday.isoformat(), write_number(week.value, metric.decimals), write_number(week.measurements))
        for week in reversed(figures.weeks)
    ]
    table = {"head": (_("周一"), metric.name, _("数据条数")), "rows": rows}
    label = _("%(metric)s：%(weeks)s 周，最近一周 %(value)s") % {
        "metric": metric.name,
        "weeks": len(figures.weeks),
        "value": write_number(figures.weeks[-1].value, metric.decimals),
    }
    return Trend(chart, table, label, note)


def make_versions(rows: list[VersionRow]) -> list[ShownVersion]:
    """Versions with what differs, in words."""
    return [ShownVersion(row, tuple(make_changes(row.changes))) for row in rows]


def make_changes(changes: Mapping[str, list[object]]) -> list[tuple[str, str, str]]:
    """Differences between two definitions as (field, before, after)."""
    return [
        (str(FIELDS.get(field, field)), say_value(field, before), say_value(field, after))
        for field, (before, after) in changes.items()
        if field != "code"
    ]


def failures_in_words(
    state: DerivedState | None, metric: MetricDetail, *, visible: frozenset[int] | None
) -> list[tuple[str, str, str, str]]:
    """(who, day, why, address) of values a formula does not have; people whom the reader may not see have no name."""
    if state is None:
        return []
    people = names_of_persons(one[1] for one in state.failures if one[0] is SubjectKind.PERSON)
    units = names_of_units(one[1] for one in state.failures if one[0] is SubjectKind.UNIT)
    shown = []
    for kind, pk, day, dimension_value, code, params in state.failures:
        is_seen = kind is SubjectKind.UNIT or visible is None or pk in visible
        who = (units if kind is SubjectKind.UNIT else people).get(pk, "") if is_seen else ""
        at = params.get("at")
        problem = Problem(code, params, at=at if isinstance(at, int) else None)
        where: dict[str, str | int] = {
            "kind": int(kind),
            "subject": pk,
            "on": day.isoformat(),
            "of": dimension_value,
        }
        href = f"{reverse('metrics:metric_value', args=[metric.code])}?{urlencode(where)}" if who else ""
        name = " · ".join(part for part in (who or _("不可见的人"), dimension_value) if part)
        shown.append((name, day.isoformat(), say(problem), href))
    return shown


def said_steps(value: ExplainedValue) -> list[str]:
    """The trace of a derived value as sentences; then why it has none, if so."""
    steps = [formula_messages.say_step(step) for step in value.steps]
    return [*steps, *(say(problem) for problem in value.problems if value.value is None)]
