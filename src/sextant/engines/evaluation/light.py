"""灯: the seven rules in their order, and the light that is shown.

Source: design/evaluation.md, "Light". The first rule that holds decides; every rule leaves a step that says whether it
held and by which numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sextant.engines.evaluation.case import Case
from sextant.engines.evaluation.spec import Direction, ManualLight, MetricSpec, Thresholds
from sextant.engines.schedule import Elapsed
from sextant.engines.values import Light, Step


@dataclass(frozen=True, slots=True)
class Point:
    """Where a goal is at the end of `on`: everything the rules look at.

    `progress` and `completion` are the rounded quantities that are also shown, None when undefined; `elapsed_late` is
    E(τ − late_days), None with lateness off; `streak` counts finished weeks (or other steps) below the baseline up to
    `on`, the newest first.
    """

    on: date
    case: Case
    elapsed: Elapsed
    elapsed_late: Elapsed | None
    value: Decimal | None
    expected: Decimal | None
    late_expected: Decimal | None
    progress: Decimal | None
    completion: Decimal | None
    last_on: date | None
    streak: int
    manual: ManualLight | None = None

    @property
    def age_days(self) -> int | None:
        """Days since the latest measurement; None without one."""
        return (self.on - self.last_on).days if self.last_on else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A raw light and the code of the rule that decided."""

    light: Light
    code: str


def raw_light(point: Point, *, metric: MetricSpec, thresholds: Thresholds) -> Verdict:
    """The light at a point, before hysteresis.

    >>> from sextant.engines.evaluation.spec import Aggregation
    >>> thirteenth = Point(
    ...     on=date(2026, 1, 19), case=Case.GROW, elapsed=Elapsed(13, 65), elapsed_late=Elapsed(3, 65),
    ...     value=Decimal(85), expected=Decimal(130), late_expected=Decimal(30),
    ...     progress=Decimal("0.130769"), completion=Decimal("0.653846"), last_on=date(2026, 1, 16), streak=0)
    >>> raw_light(thirteenth, metric=MetricSpec(1, Aggregation.SUM), thresholds=Thresholds())
    Verdict(light=<Light.YELLOW: 'yellow'>, code='light.below_yellow')
    """
    for rule in _RULES:
        if verdict := rule(point, metric, thresholds):
            return verdict
    return Verdict(Light.GREEN, "light.on_track")


def _by_hand(point: Point, metric: MetricSpec, thresholds: Thresholds) -> Verdict | None:
    if point.manual and point.manual.from_on <= point.on < point.manual.until_on:
        return Verdict(point.manual.light, "light.manual")
    return None


def _unknown(point: Point, metric: MetricSpec, thresholds: Thresholds) -> Verdict | None:
    code = None
    if point.age_days is None:
        code = "light.no_measurement"
    elif point.age_days > metric.freshness_days:
        code = "light.stale"
    elif point.value is None:
        code = "light.no_value"
    elif point.completion is None:
        code = "light.period_begins"
    return Verdict(Light.NONE, code) if code else None


def _late(point: Point, metric: MetricSpec, thresholds: Thresholds) -> Verdict | None:
    if not point.case.follows_time or point.progress is None or point.elapsed_late is None:
        return None
    return Verdict(Light.RED, "light.late") if point.progress < point.elapsed_late.ratio else None


def _below_red(point: Point, metric: MetricSpec, thresholds: Thresholds) -> Verdict | None:
    if point.completion is not None and point.completion < thresholds.red_below:
        return Verdict(Light.RED, "light.below_red")
    return None


def is_beyond(value: Decimal | None, line: Decimal | None, *, metric: MetricSpec, case: Case) -> bool:
    """Whether a level lies on the wrong side of an absolute line. Cumulative metrics and ranges have no such line."""
    if value is None or line is None or metric.aggregation.is_cumulative or case is Case.RANGE:
        return False
    return value > line if metric.direction is Direction.LOWER else value < line


def _beyond_red(point: Point, metric: MetricSpec, thresholds: Thresholds) -> Verdict | None:
    if is_beyond(point.value, thresholds.red_line, metric=metric, case=point.case):
        return Verdict(Light.RED, "light.beyond_red")
    return None


def _beyond_yellow(point: Point, metric: MetricSpec, thresholds: Thresholds) -> Verdict | None:
    if is_beyond(point.value, thresholds.yellow_line, metric=metric, case=point.case):
        return Verdict(Light.YELLOW, "light.beyond_yellow")
    return None


def _below_yellow(point: Point, metric: MetricSpec, thresholds: Thresholds) -> Verdict | None:
    if point.completion is not None and point.completion < thresholds.yellow_below:
        return Verdict(Light.YELLOW, "light.below_yellow")
    return None


def _streak(point: Point, metric: MetricSpec, thresholds: Thresholds) -> Verdict | None:
    by_line = metric.baseline is not None and point.case is not Case.RANGE
    kind = "line" if by_line else "streak"
    if thresholds.streak_red is not None and point.streak >= thresholds.streak_red:
        return Verdict(Light.RED, f"light.{kind}_red")
    if thresholds.streak_yellow is not None and point.streak >= thresholds.streak_yellow:
        return Verdict(Light.YELLOW, f"light.{kind}_yellow")
    return None


_RULES: tuple[Callable[[Point, MetricSpec, Thresholds], Verdict | None], ...] = (
    _by_hand,
    _unknown,
    _late,
    _below_red,
    _beyond_red,
    _below_yellow,
    _beyond_yellow,
    _streak,
)


def trace_rules(point: Point, *, metric: MetricSpec, thresholds: Thresholds) -> tuple[Step, ...]:
    """One step a rule, in order: the numbers it looked at, and True when it decided, False when it did not hold, None
    when an earlier one had decided already. Absolute lines that the rules do not draw leave no step."""
    steps: list[Step] = []
    decided = False
    for (code, params), rule in zip(_facts_by_rule(point, metric, thresholds), _RULES, strict=True):
        held = not decided and rule(point, metric, thresholds) is not None
        if "limit" not in params or params["limit"] is not None:
            steps.append(Step(code, params, None if decided else held))
        decided = decided or held
    return (*steps, Step("light.rule_green", {}, not decided))


def _facts_by_rule(
    point: Point, metric: MetricSpec, thresholds: Thresholds
) -> tuple[tuple[str, dict[str, object]], ...]:
    """Code of each rule's step, with the numbers the rule looks at."""
    level = {"unit": metric.unit_label, "decimals": metric.decimals, "value": point.value}
    fresh: dict[str, object] = {
        "last_on": point.last_on,
        "age_days": point.age_days,
        "promise_days": metric.freshness_days,
    }
    streak: dict[str, object] = {
        "weeks": point.streak,
        "yellow_weeks": thresholds.streak_yellow,
        "red_weeks": thresholds.streak_red,
        "share": thresholds.baseline_share,
        "line": metric.baseline,
        "grain": thresholds.streak_grain,
    }
    return (
        ("light.rule_manual", {}),
        ("light.rule_fresh", fresh),
        ("light.rule_late", _late_facts(point, thresholds)),
        ("light.rule_red", {"completion": point.completion, "threshold": thresholds.red_below}),
        ("light.rule_red_line", {**level, "limit": thresholds.red_line}),
        ("light.rule_yellow", {"completion": point.completion, "threshold": thresholds.yellow_below}),
        ("light.rule_yellow_line", {**level, "limit": thresholds.yellow_line}),
        ("light.rule_streak", streak),
    )


def _late_facts(point: Point, thresholds: Thresholds) -> dict[str, object]:
    days = thresholds.late_days
    return {
        "applies": point.case.follows_time and days is not None,
        "progress": point.progress,
        "late_elapsed": point.elapsed_late.ratio if point.elapsed_late else None,
        "late_days": days,
        "late_on": None if days is None else point.on - timedelta(days=days),
    }


def shown_light(raw: Light, *, before: Light | None) -> Light:
    """The worse of the raw light and the one at the end of the last finished week before; grey shows at once and is
    not carried over. `before` is None without such a week, or with hysteresis switched off.

    >>> shown_light(Light.GREEN, before=Light.RED), shown_light(Light.NONE, before=Light.RED)
    (<Light.RED: 'red'>, <Light.NONE: 'none'>)
    """
    if raw is Light.NONE or before is None:
        return raw
    return Light.worse(raw, before)
