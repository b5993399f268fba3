"""What an evaluation is told: the metric, the goal, the measurements, the thresholds. Frozen values, no behaviour
beyond what follows from their own fields. Vocabulary and defaults: design/evaluation.md.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sextant.engines.evaluation.scale import Scale
from sextant.engines.values import Light, Period


class Aggregation(StrEnum):
    """How measurements become one value. `sum` and `count` are cumulative; the others are levels."""

    SUM = "sum"
    COUNT = "count"
    MEAN = "mean"
    LAST = "last"
    RATIO = "ratio"

    @property
    def is_cumulative(self) -> bool:
        """Whether the value grows with every measurement (累计), in contrast to a level (水平)."""
        return self in {Aggregation.SUM, Aggregation.COUNT}


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    RANGE = "range"


class Curve(StrEnum):
    """How targets become a score. `parallel` and `ladder` need nothing else; the others read the scale of the rules."""

    PARALLEL = "parallel"
    LADDER = "ladder"
    STEP = "step"
    LOOKUP = "lookup"
    FORMULA = "formula"

    @property
    def needs_scale(self) -> bool:
        """Whether the rules must say how to score."""
        return self in {Curve.STEP, Curve.LOOKUP, Curve.FORMULA}


class Grain(StrEnum):
    """The step in which streaks below the baseline are counted: working days, ISO weeks, calendar months."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class LowerCurve(StrEnum):
    """Progress of a level where lower is better: `linear` 2 − V/B, `ratio` B/V."""

    LINEAR = "linear"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """A metric as evaluation needs it. `freshness_days` 承诺: a value older than that gives no light. `baseline` is an
    absolute line for a week's own value ("有效线索少于 5 条"), None where the relative line of `Thresholds` holds.
    `unit_label` and `decimals` only travel into explanations."""

    metric_id: int
    aggregation: Aggregation
    direction: Direction = Direction.HIGHER
    freshness_days: int = 14
    baseline: Decimal | None = None
    lower_curve: LowerCurve = LowerCurve.LINEAR
    unit_label: str = ""
    decimals: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True)
class ManualLight:
    """A light set by hand, with its reason, on the days [from_on, until_on)."""

    light: Light
    reason: str
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class GoalSpec:
    """A goal as evaluation needs it; fields as in the goals file of a run, None where the goal says nothing.

    `weight` is per cent of the plan and does not enter the goal's own score. `base_share` and `stretch_share`, 0…1, are
    b and s of the score where a plan says so; None leaves them to the rules.
    """

    goal_id: int
    metric_id: int
    subject_kind: int
    subject_id: int
    from_on: date
    until_on: date
    base: Decimal | None = None
    stretch: Decimal | None = None
    start: Decimal | None = None
    range_low: Decimal | None = None
    range_high: Decimal | None = None
    tolerance: Decimal | None = None
    weight: Decimal = Decimal(0)
    curve: Curve = Curve.PARALLEL
    manual: ManualLight | None = None
    base_share: Decimal | None = None
    stretch_share: Decimal | None = None

    def shares(self, thresholds: "Thresholds") -> tuple[Decimal, Decimal]:
        """What base and stretch count for in the score: as the goal's plan says, else by the rules."""
        base = thresholds.base_weight if self.base_share is None else self.base_share
        return base, thresholds.stretch_weight if self.stretch_share is None else self.stretch_share

    @property
    def period(self) -> Period:
        """Days the goal runs, half-open."""
        return Period(self.from_on, self.until_on)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number that came in for `day`. `denominator` belongs to ratio metrics (`value` is then the numerator).
    `batch` and `row` order measurements of one day: for `last`, the later delivery wins."""

    day: date
    value: Decimal
    denominator: Decimal | None = None
    batch: int = 0
    row: int = 0


class Comparison(StrEnum):
    """With whom a goal is compared where thresholds are dynamic: its own earlier periods, or its peers now."""

    OWN = "own"
    PEERS = "peers"


class PeerGroup(StrEnum):
    """Who a peer is, among goals of one metric, period and kind of owner: anyone, people of one branch right below the
    top, of one unit, or in one role. Whoever calls the engine forms the groups."""

    COMPANY = "company"
    BRANCH = "branch"
    UNIT = "unit"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Dynamic:
    """动态阈值: quantiles of completions in the place of the constants, where at least `least` were observed.
    `periods` of its own are looked back on; `group` says which peers count."""

    of: Comparison
    red: Decimal = Decimal("0.10")
    yellow: Decimal = Decimal("0.25")
    least: int = 8
    periods: int = 12
    group: PeerGroup = PeerGroup.COMPANY


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Constants of light and score: of the company, or of the goals that more specific rules hold for.

    `red_below` and `yellow_below` are completions, at most 1; `red_line` and `yellow_line` are absolute, in the unit of
    a level metric: a value on their wrong side is red or yellow. `baseline_share` is θ; `line` takes its place and that
    of the metric's own line. `late_days` is how far back lateness looks, None switches it off, as None does for a
    streak. `progress_cap` caps p; `base_weight` b, `stretch_weight` s and `stretch_cap` cap_s shape the score, `scale`
    replaces it for goals of its curve. `label` names the rules and their versions ("company/2 line/1"), empty for these
    defaults. `dynamic` takes the place of `red_below` and `yellow_below` where enough was observed.
    """

    red_below: Decimal = Decimal("0.50")
    yellow_below: Decimal = Decimal("0.70")
    late_days: int | None = 14
    baseline_share: Decimal = Decimal("0.85")
    streak_yellow: int | None = 2
    streak_red: int | None = 4
    progress_cap: Decimal = Decimal("1.5")
    base_weight: Decimal = Decimal("0.6")
    stretch_weight: Decimal = Decimal("0.4")
    stretch_cap: Decimal = Decimal("1.5")
    hysteresis: bool = True
    version: int = 1
    red_line: Decimal | None = None
    yellow_line: Decimal | None = None
    line: Decimal | None = None
    streak_grain: Grain = Grain.WEEK
    scale: Scale | None = None
    label: str = ""
    dynamic: Dynamic | None = None


DEFAULT_THRESHOLDS = Thresholds()

SHOWN_WEEKS = 26
"""Weeks a standing remembers, and the longest streak that is counted."""
