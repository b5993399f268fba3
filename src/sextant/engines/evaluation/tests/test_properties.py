"""What holds for every goal, whatever its numbers."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sextant.engines.evaluation import (
    Aggregation,
    Direction,
    Measurement,
    MetricSpec,
    Standing,
    check_goal,
    evaluate,
)
from sextant.engines.evaluation.tests import strategies
from sextant.engines.values import Light

relaxed = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def scenes(draw):
    metric = draw(strategies.metrics(1))
    goal = draw(strategies.goals(metric, 1))
    on = strategies.ORIGIN + timedelta(days=draw(st.integers(0, 300)))
    return metric, goal, draw(strategies.histories()), on, draw(strategies.CALENDARS), draw(strategies.THRESHOLDS)


def stand(scene, rows: list[Measurement]) -> Standing:
    metric, goal, _, on, calendar, thresholds = scene
    standing = evaluate(goal, rows, metric=metric, on=on, calendar=calendar, thresholds=thresholds).value
    assert standing is not None
    return standing


@relaxed
@given(scenes())
def test_progress_stays_between_floor_and_cap_and_grey_is_never_scored_as_a_colour(scene):
    metric, goal, *_, thresholds = scene
    standing = stand(scene, scene[2])
    if standing.progress is not None:
        assert 0 <= standing.progress <= thresholds.progress_cap
    if standing.score is not None:
        most = max(
            100 * thresholds.progress_cap,
            100 * (thresholds.base_weight + thresholds.stretch_weight * thresholds.stretch_cap),
        )
        assert 0 <= standing.score <= most
    if standing.completion is None or check_goal(goal, metric):
        assert standing.light is Light.NONE
    assert 0 <= standing.elapsed <= 1
    assert len(standing.weeks) <= 26
    if standing.weeks:
        assert standing.weeks[-1].light is standing.light
        assert standing.weeks[-1].value == standing.value


@relaxed
@given(scenes(), st.randoms(use_true_random=False))
def test_the_order_in_which_measurements_arrive_does_not_matter(scene, random):
    rows = list(scene[2])
    before = stand(scene, rows)
    random.shuffle(rows)
    assert stand(scene, rows) == before


@relaxed
@given(scenes(), strategies.amounts(0, 200).filter(lambda amount: amount >= 0))
def test_more_of_what_is_better_never_lowers_a_score(scene, extra):
    metric, _, rows, *_ = scene
    if metric.direction is Direction.RANGE or metric.aggregation in {Aggregation.COUNT, Aggregation.RATIO}:
        return
    sign = 1 if metric.direction is Direction.HIGHER else -1
    better = [Measurement(row.day, row.value + sign * extra, None, row.batch, row.row) for row in rows]
    one, other = stand(scene, rows), stand(scene, better)
    if one.score is not None:
        assert other.score >= one.score
        assert other.progress >= one.progress


@relaxed
@given(scenes())
def test_what_comes_later_does_not_change_an_earlier_day(scene):
    *_, on, _, _ = scene
    known = [row for row in scene[2] if row.day <= on]
    assert stand(scene, known) == stand(scene, scene[2])


@relaxed
@given(scenes())
def test_switching_hysteresis_off_shows_the_raw_light(scene):
    metric, goal, rows, on, calendar, _ = scene
    outcome = evaluate(goal, rows, metric=metric, on=on, calendar=calendar, thresholds=strategies.NO_HYSTERESIS)
    raw = [step.result for step in outcome.trace if step.code == "light.raw"]
    assert outcome.value is not None
    assert raw in ([], [outcome.value.light])


@relaxed
@given(scenes())
def test_exactly_one_rule_decides_and_those_before_it_did_not_hold(scene):
    metric, goal, rows, on, calendar, thresholds = scene
    trace = evaluate(goal, rows, metric=metric, on=on, calendar=calendar, thresholds=thresholds).trace
    rules = [step.result for step in trace if step.code.startswith("light.rule_")]
    if rules:
        assert rules.count(True) == 1
        assert not any(rules[: rules.index(True)])


def test_amounts_of_twenty_two_digits_are_still_exact():
    huge = Decimal("9999999999999999999999.999999")
    metric, on = MetricSpec(1, Aggregation.SUM), strategies.ORIGIN + timedelta(days=90)
    goal = strategies.make_plain_goal(base=huge)
    row = Measurement(strategies.ORIGIN, huge - Decimal("0.000001"))
    standing = evaluate(goal, [row], metric=metric, on=on, calendar=strategies.FIVE_DAY_WEEK).value
    assert standing is not None
    assert standing.value == Decimal("9999999999999999999999.999998")
    assert standing.progress == Decimal("1.000000")


@relaxed
@given(scenes(), strategies.special_thresholds())
def test_without_data_no_rules_make_a_light_green(scene, rules):
    metric, goal, _, on, calendar, _ = scene
    assert stand((metric, goal, [], on, calendar, rules), []).light is Light.NONE


@relaxed
@given(scenes(), strategies.special_thresholds(), st.sampled_from(["red_below", "yellow_below", "streak_yellow"]))
def test_stricter_rules_never_show_a_better_light(scene, rules, name):
    metric, goal, rows, on, calendar, _ = scene
    stricter = replace(rules, **{name: 1 if name == "streak_yellow" else Decimal(1)})
    one, other = (stand((metric, goal, rows, on, calendar, held), rows) for held in (rules, stricter))
    assert other.light.severity >= one.light.severity
    assert (other.light is Light.NONE) == (one.light is Light.NONE)


@relaxed
@given(strategies.tables(), st.lists(strategies.amounts(0, 900), min_size=2, max_size=2))
def test_a_table_that_rises_never_gives_fewer_points_for_more(table, values):
    rising = replace(
        table, rows=tuple(zip((at for at, _ in table.rows), sorted(points for _, points in table.rows), strict=True))
    )
    less, more = (rising.score({"actual": value, "progress": value}).value for value in sorted(values))
    assert less <= more
