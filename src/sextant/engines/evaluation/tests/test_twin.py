"""Row path = set path: the same goals and measurements give the same bytes in Python and in DuckDB."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sextant.engines.evaluation import (
    NO_BARS,
    Aggregation,
    Curve,
    Direction,
    FormulaScale,
    GoalSpec,
    Measurement,
    MetricSpec,
    TableScale,
    Thresholds,
    digest,
    evaluate,
)
from sextant.engines.evaluation.sql import Terms
from sextant.engines.evaluation.tests import strategies
from sextant.engines.evaluation.tests.bars import bars_by_goal
from sextant.engines.evaluation.tests.set_path import canonical_rows, digest_of
from sextant.engines.schedule import FIVE_DAY_WEEK
from sextant.engines.values import Period


@st.composite
def scenes(draw):
    scale = draw(strategies.SCALES)
    metrics = [draw(strategies.metrics(metric_id)) for metric_id in (1, 2, 3)]
    goals = [
        draw(strategies.goals(draw(st.sampled_from(metrics)), goal_id, scale))
        for goal_id in range(1, draw(st.integers(2, 13)))
    ]
    histories = {
        (metric.metric_id, 1, subject): draw(strategies.histories(scale)) for metric in metrics for subject in (1, 2)
    }
    on = strategies.ORIGIN + timedelta(days=draw(st.integers(0, 600)))
    return metrics, goals, histories, on, draw(strategies.CALENDARS), draw(strategies.THRESHOLDS)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenes(), st.sampled_from([1000, 3]))
def test_both_paths_give_the_same_rows_and_digest(scene, goals_at_once):
    metrics, goals, histories, on, calendar, thresholds = scene
    by_id = {metric.metric_id: metric for metric in metrics}
    one_by_one = [
        evaluate(
            goal,
            histories[(goal.metric_id, 1, goal.subject_id)],
            metric=by_id[goal.metric_id],
            on=on,
            calendar=calendar,
            thresholds=thresholds,
        ).value
        for goal in goals
    ]
    together = canonical_rows(
        goals, histories, metrics=metrics, on=on, calendar=calendar, thresholds=thresholds, goals_at_once=goals_at_once
    )
    expected = [standing.canonical_row() for standing in one_by_one]
    for mine, theirs in zip(together, expected, strict=True):
        assert mine.split("\t") == theirs.split("\t")
    assert digest_of(together) == digest(one_by_one)


@st.composite
def judged_scenes(draw):
    """A scene with terms of its own for some metrics and goals, and lights set by hand."""
    scene = draw(scenes())
    metrics, goals, *_ = scene
    special = tuple(draw(st.lists(strategies.SPECIAL, min_size=1, max_size=3)))
    numbers = st.integers(0, len(special))
    by_metric = {metric.metric_id: draw(numbers) for metric in metrics if draw(st.booleans())}
    by_goal = {goal.goal_id: draw(numbers) for goal in goals if draw(st.integers(0, 2)) == 0}
    goals[:] = [
        replace(goal, manual=draw(strategies.manual_lights())) if draw(st.integers(0, 5)) == 0 else goal
        for goal in goals
    ]
    groups = st.sampled_from(["", "华东", 'a "b"'])
    peers = {goal.goal_id: draw(groups) for goal in goals if draw(st.integers(0, 3))}
    return scene, special, by_metric, by_goal, peers


def both_paths(judged, **split: int) -> tuple[list[str], list[str]]:
    """Canonical rows one by one, and those of the set path."""
    (metrics, goals, histories, on, calendar, thresholds), special, by_metric, by_goal, peers = judged
    by_id = {metric.metric_id: metric for metric in metrics}
    terms = (Terms(calendar, thresholds), *special)

    def terms_of(goal):
        return terms[by_goal.get(goal.goal_id, by_metric.get(goal.metric_id, 0))]

    bars = bars_by_goal(goals, histories, metrics=by_id, terms_of=terms_of, on=on, peers=peers)
    one_by_one = []
    for goal in goals:
        standing = evaluate(
            goal,
            histories[(goal.metric_id, 1, goal.subject_id)],
            metric=by_id[goal.metric_id],
            on=on,
            calendar=terms_of(goal).calendar,
            thresholds=terms_of(goal).thresholds,
            bars=bars.get(goal.goal_id, NO_BARS),
        ).value
        one_by_one.append(standing.canonical_row())
    rules = {"special": special, "by_metric": by_metric, "by_goal": by_goal, "peers": peers}
    known = {"metrics": metrics, "on": on, "calendar": calendar, "thresholds": thresholds}
    return one_by_one, canonical_rows(goals, histories, **known, **rules, **split)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(judged_scenes(), st.sampled_from([1, 3]))
def test_both_paths_agree_under_terms_of_metrics_and_goals(judged, least_of_an_arm):
    one_by_one, together = both_paths(judged, least_of_an_arm=least_of_an_arm)
    for mine, theirs in zip(together, one_by_one, strict=True):
        assert mine.split("\t") == theirs.split("\t")


PERIODS = [
    Period(date(2026, 1, 1), date(2026, 4, 1)),
    Period(date(2026, 1, 1), date(2026, 2, 1)),
    Period(date(2026, 1, 5), date(2026, 1, 26)),
]


@st.composite
def compared_scenes(draw):
    """Goals of two metrics and few periods, of subjects with a past, under dynamic thresholds. Numbers come from a
    seed: a scene in which quantiles mean something has more of them than can be drawn one by one."""
    chance, scale = Random(draw(st.integers(0, 1 << 32))), draw(strategies.SCALES)
    metrics = [replace(draw(strategies.metrics(metric_id)), freshness_days=60) for metric_id in (1, 2)]
    period = draw(st.sampled_from(PERIODS))
    goals = [chance_goal(chance, chance.choice(metrics), goal_id, period, scale) for goal_id in range(1, 15)]
    histories = {(metric_id, 1, subject): chance_history(chance, scale) for metric_id in (1, 2) for subject in range(5)}
    on = period.from_on + timedelta(days=draw(st.integers(3, 95)))
    rules = st.builds(replace, strategies.THRESHOLDS, dynamic=strategies.DYNAMIC)
    company, special = (Terms(draw(strategies.PACES), draw(rules)) for _ in range(2))
    peers = {goal.goal_id: chance.choice(["华东", 'a "b"']) for goal in goals if chance.random() < 0.9}
    return (metrics, goals, histories, on, company.calendar, company.thresholds), (special,), {2: 1}, {}, peers


def chance_goal(chance: Random, metric: MetricSpec, goal_id: int, period: Period, scale: int) -> GoalSpec:
    """Mostly of the period, mostly sound, now and then with a start."""
    if chance.random() < 0.1:
        period = chance.choice(PERIODS)
    base, up = Decimal(chance.choice([0, 20, 40, 100, 250])) * scale, metric.direction is Direction.HIGHER
    start = (base - 50 if up else base + 50) if chance.random() < 0.15 else None
    is_range = metric.direction is Direction.RANGE
    edges = {"range_low": base / 2, "range_high": base, "tolerance": Decimal(30) * scale} if is_range else {}
    return GoalSpec(
        goal_id, metric.metric_id, 1, chance.randrange(5), period.from_on, period.until_on, base, start=start, **edges
    )


def chance_history(chance: Random, scale: int) -> list[Measurement]:
    """A year before `ORIGIN` and some months after: most weeks bring something, of a size that varies."""
    first, size = strategies.ORIGIN - timedelta(days=365), chance.choice([1, 5, 40])
    days = [first + timedelta(days=chance.randrange(4) + 4 * step) for step in range(115) if chance.random() < 0.5]
    return [
        Measurement(day, Decimal(chance.randrange(-1, 8) * size) * scale, Decimal(chance.randrange(4)), row=row)
        for row, day in enumerate(days)
    ]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(compared_scenes(), st.sampled_from([1, 3]), st.sampled_from([1000, 3]))
def test_both_paths_compare_with_the_same_peers_and_the_same_past(judged, least_of_an_arm, goals_at_once):
    one_by_one, together = both_paths(judged, least_of_an_arm=least_of_an_arm, goals_at_once=goals_at_once)
    for mine, theirs in zip(together, one_by_one, strict=True):
        assert mine.split("\t") == theirs.split("\t")


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenes(), strategies.FORMULAS, st.booleans())
def test_both_paths_score_by_formula_and_say_why_one_has_none(scene, scale, formulas_one_by_one):
    metrics, goals, histories, on, calendar, thresholds = scene
    goals = [replace(goal, curve=Curve.FORMULA) if goal.goal_id % 4 else goal for goal in goals]
    judged = ((metrics, goals, histories, on, calendar, replace(thresholds, scale=scale)), (), {}, {}, {})
    one_by_one, together = both_paths(judged, formulas_one_by_one=formulas_one_by_one)
    for mine, theirs in zip(together, one_by_one, strict=True):
        assert mine.split("\t") == theirs.split("\t")


def test_who_divides_by_zero_has_no_score_and_the_others_have_theirs():
    metric, on = MetricSpec(1, Aggregation.MEAN), strategies.ORIGIN + timedelta(days=60)
    goals = [
        replace(strategies.make_plain_goal(base=Decimal(100), stretch=stretch, curve=Curve.FORMULA), goal_id=number)
        for number, stretch in enumerate([Decimal(130), Decimal(180), Decimal(230)], start=1)
    ]
    rules = Thresholds(scale=FormulaScale("100 * [实际值] / ([挑战] - 130)"))
    history = {(1, 1, 1): [Measurement(strategies.ORIGIN + timedelta(days=55), Decimal(40))]}
    rows = [
        row.split("\t")
        for row in canonical_rows(goals, history, metrics=[metric], on=on, calendar=FIVE_DAY_WEEK, thresholds=rules)
    ]
    assert [row[7] for row in rows] == ["\\N", "80.000000", "40.000000"]
    assert ["formula.division_by_zero" in row[10] for row in rows] == [True, False, False]
    for goal, row in zip(goals, rows, strict=True):
        alone = evaluate(goal, history[1, 1, 1], metric=metric, on=on, calendar=FIVE_DAY_WEEK, thresholds=rules).value
        assert alone.canonical_row().split("\t") == row


def test_a_value_exactly_on_a_row_of_a_table_has_reached_it_on_both_paths():
    rows = ((Decimal("0.5"), Decimal(40)), (Decimal(1), Decimal(100)))
    goal = strategies.make_plain_goal(base=Decimal(100), curve=Curve.STEP)
    metric, on = MetricSpec(1, Aggregation.SUM), strategies.ORIGIN + timedelta(days=60)
    scale = Thresholds(scale=TableScale("step", rows))
    history = [Measurement(strategies.ORIGIN, Decimal(50))]
    alone = evaluate(goal, history, metric=metric, on=on, calendar=FIVE_DAY_WEEK, thresholds=scale).value
    known = {"metrics": [metric], "on": on, "calendar": FIVE_DAY_WEEK, "thresholds": scale}
    assert alone.score == 40
    assert canonical_rows([goal], {(1, 1, 1): history}, **known) == [alone.canonical_row()]
