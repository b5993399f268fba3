"""Random goals, metrics and measurements: every kind, sound or not, with gaps, zeros, negatives and shared days."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from sextant.engines.evaluation import (
    Aggregation,
    Comparison,
    Curve,
    Direction,
    Dynamic,
    FormulaScale,
    GoalSpec,
    Grain,
    LowerCurve,
    ManualLight,
    Measurement,
    MetricSpec,
    ScaleInput,
    TableScale,
    Thresholds,
)
from sextant.engines.evaluation.sql import Terms
from sextant.engines.schedule import FIVE_DAY_WEEK, Season, SeasonalCalendar, WorkCalendar
from sextant.engines.values import Light

ORIGIN = date(2026, 1, 1)
CALENDARS = st.sampled_from(
    [
        FIVE_DAY_WEEK,
        WorkCalendar(
            name="cn",
            days_off=frozenset(date(2026, 2, day) for day in range(16, 22)),
            days_on=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
        ),
        WorkCalendar(name="shifts", weekdays=frozenset(range(1, 8))),
        WorkCalendar(name="weekend", weekdays=frozenset({6, 7})),
    ]
)
SEASONS = st.sampled_from(
    [
        Season(
            tuple(Decimal(text) for text in ["3", "2.5", "9", "8", "8", "11.125", "4", "3", "9", "12", "14", "16.375"])
        ),
        Season(tuple(Decimal(week % 7) for week in range(53))),
    ]
)
PACES = CALENDARS | st.builds(SeasonalCalendar, CALENDARS, SEASONS)
NO_HYSTERESIS = Thresholds(hysteresis=False)
THRESHOLDS = st.sampled_from(
    [
        Thresholds(),
        NO_HYSTERESIS,
        Thresholds(
            red_below=Decimal("0.6"),
            yellow_below=Decimal("0.933333"),
            late_days=7,
            baseline_share=Decimal("0.95"),
            streak_yellow=1,
            streak_red=3,
            progress_cap=Decimal("1.2"),
            base_weight=Decimal("0.7"),
            stretch_weight=Decimal("0.35"),
            stretch_cap=Decimal("1.1"),
        ),
    ]
)


def amounts(low: int = -500, high: int = 500) -> st.SearchStrategy[Decimal]:
    """Amounts of zero, two and six places, with ties and round numbers well represented."""
    return st.one_of(
        st.integers(low, high).map(Decimal),
        st.decimals(low, high, places=2),
        st.decimals(low, high, places=6),
        st.just(Decimal(0)),
    )


_PLAN_SHARES = st.sampled_from(
    [
        {"base_share": Decimal(base), "stretch_share": Decimal(stretch)} if base else {}
        for base, stretch in (("", ""), ("", ""), ("0.5", "0.5"), ("1", "0"), ("0.333333", "0.666667"))
    ]
)
_SHARES = st.sampled_from([Decimal(text) for text in ("0", "0.333333", "0.5", "0.85", "1")])
_POINTS = st.sampled_from([Decimal(points) for points in (0, 20, 60, 80, 100, 120)]) | st.decimals(0, 150, places=2)


@st.composite
def tables(draw: st.DrawFn) -> TableScale:
    """A step or lookup table over progress or the value, rising or not."""
    of = draw(st.sampled_from(ScaleInput))
    within = st.decimals(0, 2, places=2) if of is ScaleInput.PROGRESS else amounts(-50, 900)
    starts = sorted(draw(st.sets(within, min_size=1, max_size=5)))
    curve = draw(st.sampled_from([Curve.STEP.value, Curve.LOOKUP.value]))
    return TableScale(curve, tuple((start, draw(_POINTS)) for start in starts), of)


FORMULAS = st.sampled_from(
    [
        "100 * [实际值] / [挑战]",
        "60 + 40 * ([达成率] - [时间进度])",
        "IF([完成率] < 1, 0, 5000)",
        "[实际值] / ([基准] - [基准])",
        "100 * ([实际值] - [起点]) / ([挑战] - [起点])",
        "ROUND([progress] * 100, 1) + [weight] / 3",
        "IF([起点] > 0, 1 / ([实际值] - 50), [elapsed] ^ 2 * 100)",
        "[实际值] * [实际值] * [实际值] * [实际值]",
        "IF([上限] >= [实际值], 100, 100 - [容差] * ([实际值] - [上限]))",
    ]
).map(FormulaScale)


DYNAMIC = st.builds(
    Dynamic,
    of=st.sampled_from(Comparison),
    red=st.sampled_from([Decimal(share) for share in ("0.05", "0.1", "0.333333")]),
    yellow=st.sampled_from([Decimal(share) for share in ("0.333333", "0.5", "1")]),
    least=st.integers(1, 4),
    periods=st.sampled_from([2, 4, 12]),
)


@st.composite
def special_thresholds(draw: st.DrawFn) -> Thresholds:
    """Rules as a company could write them: anything may be switched off, lines drawn, another scale used."""
    red = draw(_SHARES)
    return Thresholds(
        red_below=red,
        yellow_below=max(red, draw(_SHARES)),
        late_days=draw(st.none() | st.sampled_from([1, 5, 14, 30])),
        baseline_share=draw(st.sampled_from([Decimal("0.5"), Decimal("0.85"), Decimal(1)])),
        streak_yellow=draw(st.none() | st.integers(1, 6)),
        streak_red=draw(st.none() | st.integers(1, 8)),
        hysteresis=draw(st.booleans()),
        red_line=draw(st.none() | amounts(-20, 200)),
        yellow_line=draw(st.none() | amounts(-20, 200)),
        line=draw(st.none() | amounts(-5, 60)),
        streak_grain=draw(st.sampled_from([Grain.WEEK, Grain.WEEK, Grain.WEEK, Grain.DAY, Grain.MONTH])),
        scale=draw(st.none() | tables() | FORMULAS),
        label=draw(st.sampled_from(["", "line/3", 'it\'s "odd"\\'])),
        dynamic=draw(st.none() | DYNAMIC),
    )


SPECIAL = st.builds(Terms, PACES, special_thresholds())


@st.composite
def manual_lights(draw: st.DrawFn) -> ManualLight:
    """A light set by hand for some days."""
    from_on = ORIGIN + timedelta(days=draw(st.integers(0, 120)))
    until_on = from_on + timedelta(days=draw(st.integers(1, 90)))
    light = draw(st.sampled_from([Light.GREEN, Light.YELLOW, Light.RED]))
    return ManualLight(light, draw(st.sampled_from(["客户停产", 'a "b" \\ c'])), from_on, until_on)


POSITIVE = amounts(1, 900).filter(lambda amount: amount > 0)


@st.composite
def metrics(draw: st.DrawFn, metric_id: int) -> MetricSpec:
    """A metric of any aggregation and direction."""
    return MetricSpec(
        metric_id=metric_id,
        aggregation=draw(st.sampled_from(Aggregation)),
        direction=draw(st.sampled_from(Direction)),
        freshness_days=draw(st.sampled_from([0, 3, 7, 14, 30, 400])),
        baseline=draw(st.none() | amounts(-5, 60)),
        lower_curve=draw(st.sampled_from(LowerCurve)),
        unit_label=draw(st.sampled_from(["", "万元", 'a"b\\c', "%", "t\tn"])),
        decimals=draw(st.integers(0, 3)),
    )


SCALES = st.sampled_from([1, 1, 1, 1_000, 10**6, 10**8, 10**9])
"""Multiplies all amounts of a scene: arms compute small ones in 64 bits, larger in 128, and leave the largest."""


@st.composite
def goals(draw: st.DrawFn, metric: MetricSpec, goal_id: int, scale: int = 1) -> GoalSpec:
    """A goal on `metric`; mostly sound, sometimes not, of a day to a year and a half."""
    start_on = ORIGIN + timedelta(days=draw(st.integers(0, 40)))
    days = draw(st.one_of(st.integers(1, 40), st.integers(60, 130), st.integers(300, 560)))
    up = metric.direction is Direction.HIGHER
    base = draw(POSITIVE)
    gap = draw(POSITIVE)
    start = draw(st.none() | st.just(base - gap if up else base + gap))
    if start is not None and draw(st.booleans()):
        shift = draw(amounts())
        base, start = base + shift, start + shift
    far = draw(POSITIVE)
    stretch = draw(st.none() | st.just(base + far if up else base - far) | st.just(base / 2 if not up else base * 2))
    low = draw(amounts())
    is_range = metric.direction is Direction.RANGE
    high = low + draw(st.just(Decimal(0)) | POSITIVE)
    tolerance = draw(st.none() | st.just(Decimal(0)) | POSITIVE)
    if draw(st.integers(0, 19)) == 0:
        base, stretch = draw(st.none() | amounts()), draw(st.none() | amounts())
    if is_range and draw(st.booleans()):
        stretch = None
    curve = draw(st.sampled_from(Curve))
    if curve.needs_scale and draw(st.integers(0, 3)) == 0:
        base, start, stretch = Decimal(0), None, None
    return GoalSpec(
        goal_id=goal_id,
        metric_id=metric.metric_id,
        subject_kind=1,
        subject_id=draw(st.integers(1, 2)),
        from_on=start_on,
        until_on=start_on + timedelta(days=days),
        base=_stored(base, scale),
        stretch=_stored(stretch, scale),
        start=_stored(start, scale),
        range_low=_stored(low, scale) if is_range else None,
        range_high=_stored(high, scale) if is_range else None,
        tolerance=_stored(tolerance, scale) if is_range else None,
        weight=Decimal(10),
        curve=curve,
        **draw(_PLAN_SHARES),
    )


def make_plain_goal(**changes: object) -> GoalSpec:
    """A goal of a quarter from `ORIGIN` on."""
    fields = {"from_on": ORIGIN, "until_on": date(2026, 4, 1), **changes}
    return GoalSpec(1, 1, 1, 1, **fields)


def _stored(amount: Decimal | None, scale: int) -> Decimal | None:
    return None if amount is None else (amount * scale).quantize(Decimal("0.000001"))


@st.composite
def histories(draw: st.DrawFn, scale: int = 1, days_before: int = 3) -> list[Measurement]:
    """Measurements of one subject and metric, from some days before `ORIGIN`: bursts with gaps between them."""
    found: list[Measurement] = []
    day = ORIGIN - timedelta(days=days_before)
    for row in range(draw(st.integers(0, 45))):
        day += timedelta(days=draw(st.sampled_from([0, 0, 1, 1, 2, 3, 5, 7, 7, 12, 30])))
        found.append(
            Measurement(
                day=day,
                value=draw(amounts(-20, 120)) * scale,
                denominator=draw(st.none() | amounts(-3, 60)),
                batch=draw(st.integers(0, 2)),
                row=row if draw(st.booleans()) else 1,
            )
        )
    return found
