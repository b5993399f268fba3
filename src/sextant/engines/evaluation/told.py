"""状态 of a goal that no metric measures: how far somebody says it is, against how much of its time is gone.

The same seven rules as for a measured goal (`light.py`), asked about a share of 100 %: a parent and a child, a number
and a word, turn red for the same reasons. Streaks need weeks of numbers and do not apply.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from sextant.engines.evaluation.case import Case
from sextant.engines.evaluation.exact import exactly, six_places
from sextant.engines.evaluation.light import Point, raw_light
from sextant.engines.evaluation.reason import canonical, reason
from sextant.engines.evaluation.spec import Aggregation, ManualLight, MetricSpec, Thresholds
from sextant.engines.schedule import Pace, elapsed
from sextant.engines.values import Light, Period

_HUNDRED = Decimal(100)
# what somebody said holds until they say something else; time goes on and tells by itself
_SHARE = MetricSpec(0, Aggregation.SUM, freshness_days=10**6, unit_label="%")
NOBODY_SAID = "told.nobody"


@dataclass(frozen=True, slots=True)
class ToldStatus:
    """`light` with the code of its reason and its parameters in canonical text; `completion` is progress over elapsed
    time, None while nothing is known or expected."""

    light: Light
    code: str
    params: Mapping[str, str]
    completion: Decimal | None = None
    elapsed: Decimal | None = None


def judge_told(
    progress: Decimal | None,
    *,
    period: Period,
    on: date,
    pace: Pace,
    thresholds: Thresholds,
    manual: ManualLight | None = None,
) -> ToldStatus:
    """The light of a goal of which `progress` (0…1.5 of what was promised) was reached by the day `on`; None: nobody
    has said anything (code `told.nobody`). A light set by hand decides before everything else. A season in `pace` makes
    heavy months count for more. Codes of the rest: those of `REASON_FIELDS`.

    >>> from sextant.engines.schedule.calendar import FIVE_DAY_WEEK
    >>> quarter = Period(date(2026, 1, 1), date(2026, 4, 1))
    >>> found = judge_told(
    ...     Decimal("0.14"), period=quarter, on=date(2026, 1, 20), pace=FIVE_DAY_WEEK, thresholds=Thresholds())
    >>> found.light, found.code, found.completion
    (<Light.YELLOW: 'yellow'>, 'light.below_yellow', Decimal('0.640000'))
    """
    if on < period.from_on:
        return ToldStatus(Light.NONE, "light.not_started", {"from_on": canonical(period.from_on)})
    by_now = elapsed(period, on=on, calendar=pace)
    days = thresholds.late_days
    late = None if days is None else elapsed(period, on=min(on, period.last_on) - timedelta(days=days), calendar=pace)
    expected, shown = by_now.ratio * _HUNDRED, None if progress is None else progress * _HUNDRED
    completion = None if progress is None or not by_now.share else six_places(exactly(progress) / by_now.share)
    point = Point(
        on=on,
        case=Case.GROW,
        elapsed=by_now,
        elapsed_late=late,
        value=shown,
        expected=expected,
        late_expected=late.ratio * _HUNDRED if late else None,
        progress=progress,
        completion=completion,
        last_on=None if progress is None else on,
        streak=0,
        manual=manual,
    )
    verdict = raw_light(point, metric=_SHARE, thresholds=_without_lines(thresholds))
    if verdict.code == "light.no_measurement":
        return ToldStatus(Light.NONE, NOBODY_SAID, {}, None, by_now.ratio)
    told = reason(verdict.code, _facts(point, thresholds, red=verdict.code == "light.below_red"))
    return ToldStatus(verdict.light, told.code, told.params, completion, by_now.ratio)


def _facts(point: Point, thresholds: Thresholds, *, red: bool) -> dict[str, object]:
    """What sentences about a light may name."""
    return {
        "case": point.case,
        "unit": _SHARE.unit_label,
        "decimals": 0,
        "on": point.on,
        "value": point.value,
        "expected": point.expected,
        "base": _HUNDRED,
        "completion": point.completion,
        "threshold": thresholds.red_below if red else thresholds.yellow_below,
        "late_days": thresholds.late_days,
        "late_expected": point.late_expected,
        "note": point.manual.reason if point.manual else None,
        "until_on": point.manual.until_on if point.manual else None,
        "rules": thresholds.label or None,
    }


def _without_lines(thresholds: Thresholds) -> Thresholds:
    """A line drawn for a number means nothing for a share, and there are no weeks to count."""
    return replace(thresholds, red_line=None, yellow_line=None, streak_yellow=None, streak_red=None)
