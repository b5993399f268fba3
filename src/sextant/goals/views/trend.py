"""The trend of a goal as its chart, its table and its strip of weekly lights: from the standing, never the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import ceil, floor, log10

from django.utils.translation import gettext as _

from sextant.engines.adjustment import Target, rescaled, target_on
from sextant.engines.schedule import list_weeks
from sextant.engines.values import Light, Period
from sextant.goals.contracts import GoalRow
from sextant.metrics.contracts import StandingRow, WeekPoint
from sextant.ui.formats import write_number
from sextant.ui.marks import word_of

STRIP_WEEKS = 14
"""Weekly lights that still fit side by side on a phone."""


@dataclass(frozen=True, slots=True)
class Trend:
    """`chart` is read by charts-goals.js, `table` holds the same numbers as text, `strip` the light of each week.
    `is_adjusted`: the target moved on the way, and the lights are those of today's."""

    chart: dict[str, object]
    table: dict[str, object]
    label: str
    strip: list[dict[str, object]]
    change: str
    is_adjusted: bool = False


def make_trend(goal: GoalRow, standing: StandingRow, *, targets: Sequence[Target] = ()) -> Trend | None:
    """The trend of `goal`, None before its first week. Weeks to come keep their place on the axis. `targets` of a goal
    that was adjusted: each week is drawn against the one in force at its end; its light is that of today's target."""
    if not standing.weeks:
        return None
    ends = _week_ends(Period(goal.from_on, goal.until_on), standing.weeks)
    if len(targets) > 1:
        standing = _as_it_was_due(standing, targets)
    return Trend(
        chart=_chart(goal, standing, ends, targets),
        table=_table(goal, standing.weeks),
        label=_label(goal, standing),
        strip=_strip(goal, standing.weeks, ends),
        change=_change(standing.weeks),
        is_adjusted=len(targets) > 1,
    )


def _as_it_was_due(standing: StandingRow, targets: Sequence[Target]) -> StandingRow:
    """The standing with each week's expectation by the target that was in force then."""
    now = target_on(targets, standing.as_of)
    assert now is not None  # the caller has targets
    weeks = [
        replace(week, expected=rescaled(week.expected, now=now, then=then))
        for week in standing.weeks
        for then in [target_on(targets, min(week.ends_on, standing.as_of)) or now]
    ]
    return replace(standing, weeks=tuple(weeks))


def _lines(targets: Sequence[Target], ends: Sequence[date]) -> dict[str, list[float | None]]:
    """Base and stretch in force at each week's end, for a goal that was adjusted; {} for others."""
    if len(targets) < 2:
        return {}
    held = [target_on(targets, end) for end in ends]
    return {
        "bases": [_plain(one.base) if one else None for one in held],
        "stretches": [_plain(one.stretch) if one else None for one in held],
    }


def _week_ends(period: Period, weeks: Sequence[WeekPoint]) -> list[date]:
    """Ends of the weeks that are known, then of those to come."""
    known = [week.ends_on for week in weeks]
    coming = (min(week.sunday, period.last_on) for week in list_weeks(period, on=period.last_on))
    return known + [end for end in coming if end > known[-1]]


def _chart(goal: GoalRow, standing: StandingRow, ends: Sequence[date], targets: Sequence[Target]) -> dict[str, object]:
    weeks = standing.weeks
    rest: list[float | None] = [None] * (len(ends) - len(weeks))
    plan: list[float | None] = [_plain(week.expected) for week in weeks] + rest
    if rest and goal.base is not None:
        plan[-1] = _plain(goal.base)  # on its last day a goal is expected to have reached its base
    actual = [_plain(week.value) for week in weeks] + rest
    lines = _lines(targets, ends)
    bases = lines.get("bases", [_plain(goal.base)])
    low, high, step = _axis([*actual, *plan, *bases, *lines.get("stretches", [_plain(goal.stretch)])])
    return {
        "x": [f"{end:%m/%d}" for end in ends],
        "actual": actual,
        "plan": plan,
        "base": _plain(goal.base),
        "stretch": _plain(goal.stretch),
        "names": [
            goal.metric_name,
            _("按时间应到"),
            _("基准 %(target)s") % {"target": write_number(goal.base, goal.decimals)},
            _("挑战 %(target)s") % {"target": write_number(goal.stretch, goal.decimals)},
        ],
        "note": _note(goal, weeks[-1]),
        "now": len(weeks) - 1,
        "min": low,
        "max": high,
        "step": step,
        "decimals": goal.decimals,
        **lines,
    }


def _note(goal: GoalRow, week: WeekPoint) -> str:
    value = write_number(week.value, goal.decimals)
    if week.expected is None or week.value is None:
        return value
    return _("%(value)s · 应到 %(expected)s") % {"value": value, "expected": write_number(week.expected, goal.decimals)}


def _axis(values: Sequence[float | None]) -> tuple[float, float, float]:
    """Bounds and step of the value axis: round numbers; from zero, unless everything lies far from it.

    >>> _axis([118.0, 748.0, 1860.0, 2150.0, None])
    (0.0, 2500.0, 500.0)
    >>> _axis([97.5, 98.25, 99.0])
    (97.0, 99.5, 0.5)
    """
    known = [value for value in values if value is not None] or [0.0, 1.0]
    low, high = min(known), max(known)
    if low > 0 and low < high * 0.6:
        low = 0.0
    high = high if high > low else low + 1.0
    step = _round_step((high - low) / 5)
    bottom = floor(low / step) * step
    if bottom == low and low > 0:
        bottom -= step
    return round(bottom, 9), round(ceil(high * 1.0001 / step) * step, 9), step


def _round_step(rough: float) -> float:
    size = 10.0 ** floor(log10(rough))
    return next(round(size * times, 9) for times in (1, 2, 2.5, 5, 10) if size * times >= rough * 0.999)


def _table(goal: GoalRow, weeks: Sequence[WeekPoint]) -> dict[str, object]:
    rows = [
        (
            f"{week.ends_on:%Y-%m-%d}",
            write_number(week.value, goal.decimals),
            write_number(week.expected, goal.decimals),
            word_of(week.light.value),
        )
        for week in reversed(weeks)
    ]
    return {"head": (_("到"), goal.metric_name, _("应到"), _("灯")), "rows": rows}


def _label(goal: GoalRow, standing: StandingRow) -> str:
    return _("%(metric)s：实际 %(value)s，按时间应到 %(expected)s，基准 %(base)s，挑战 %(stretch)s") % {
        "metric": goal.metric_name,
        "value": write_number(standing.value, goal.decimals),
        "expected": write_number(standing.expected, goal.decimals),
        "base": write_number(goal.base, goal.decimals),
        "stretch": write_number(goal.stretch, goal.decimals),
    }


def _strip(goal: GoalRow, weeks: Sequence[WeekPoint], ends: Sequence[date]) -> list[dict[str, object]]:
    """The weeks around now, numbered within the period."""
    first = len(list_weeks(Period(goal.from_on, goal.until_on), on=weeks[0].ends_on))
    marks = [
        {
            "n": first + place,
            "tone": _tone(weeks[place]) if place < len(weeks) else "",
            "now": place == len(weeks) - 1,
            "why": f"{end:%Y-%m-%d}",
        }
        for place, end in enumerate(ends)
    ]
    start = max(min(len(weeks) - STRIP_WEEKS + 1, len(marks) - STRIP_WEEKS), 0) if len(marks) > STRIP_WEEKS else 0
    return marks[start : start + STRIP_WEEKS]


def _tone(week: WeekPoint) -> str:
    """A week without any number so far is a hole, not a light."""
    return "gap" if week.light is Light.NONE and week.value is None else week.light.value


def _change(weeks: Sequence[WeekPoint]) -> str:
    """What the light did at the latest week's end; "" where nothing changed."""
    if len(weeks) < 2 or weeks[-1].light == weeks[-2].light:
        return ""
    return _("本周 %(before)s → %(after)s") % {
        "before": word_of(weeks[-2].light.value),
        "after": word_of(weeks[-1].light.value),
    }


def _plain(value: Decimal | None) -> float | None:
    """A number for the picture; what is judged stays Decimal."""
    return None if value is None else float(value)
