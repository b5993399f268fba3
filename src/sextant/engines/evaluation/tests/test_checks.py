"""Which goals are refused, and with which code."""

from datetime import date
from decimal import Decimal

import pytest

from sextant.engines.evaluation import Aggregation, Curve, Direction, GoalSpec, MetricSpec, check_goal

UP = MetricSpec(1, Aggregation.SUM)
DOWN = MetricSpec(1, Aggregation.MEAN, Direction.LOWER)
RANGE = MetricSpec(1, Aggregation.LAST, Direction.RANGE)


def codes(metric: MetricSpec, **fields) -> list[str]:
    amounts = {name: Decimal(value) if isinstance(value, int) else value for name, value in fields.items()}
    period = {"from_on": date(2026, 1, 1), "until_on": date(2026, 4, 1)}
    return [problem.code for problem in check_goal(GoalSpec(1, 1, 1, 1, **{**period, **amounts}), metric)]


@pytest.mark.parametrize(
    ("metric", "fields", "found"),
    [
        (UP, {"base": 100, "stretch": 130}, []),
        (UP, {}, ["goal.base_missing"]),
        (UP, {"base": 0}, ["goal.base_zero"]),
        (UP, {"base": 0, "start": -5}, []),
        (UP, {"base": 0, "curve": Curve.LADDER}, ["goal.base_zero"]),
        *((metric, {"base": 0, "curve": curve}, []) for metric in (UP, DOWN) for curve in Curve if curve.needs_scale),
        (UP, {"base": -3}, ["goal.base_negative"]),
        (UP, {"base": -3, "curve": Curve.STEP}, ["goal.base_negative"]),
        (UP, {"base": 10, "start": 10}, ["goal.base_not_beyond_start"]),
        (DOWN, {"base": 12, "start": 18}, []),
        (DOWN, {"base": 18, "start": 12}, ["goal.base_not_beyond_start"]),
        (UP, {"base": 100, "stretch": 100}, ["goal.stretch_not_beyond_base"]),
        (DOWN, {"base": 12, "stretch": 13}, ["goal.stretch_not_beyond_base"]),
        (DOWN, {"base": 3, "stretch": 0}, ["goal.stretch_not_positive"]),
        (DOWN, {"base": 3, "stretch": 0, "curve": Curve.LADDER}, []),
        (DOWN, {"base": 3, "stretch": 0, "start": 9}, []),
        (RANGE, {"range_low": 36, "range_high": 44}, []),
        (RANGE, {"range_low": 36}, ["goal.range_incomplete"]),
        (RANGE, {"range_low": 44, "range_high": 36}, ["goal.range_reversed"]),
        (RANGE, {"range_low": 36, "range_high": 44, "tolerance": -1}, ["goal.tolerance_negative"]),
        (RANGE, {"range_low": 36, "range_high": 44, "stretch": 40}, ["goal.stretch_with_range"]),
        (UP, {"base": 5, "until_on": date(2026, 1, 1)}, ["goal.period_empty"]),
    ],
)
def test_a_goal_that_cannot_be_judged_is_refused_with_its_reason(metric, fields, found):
    assert codes(metric, **fields) == found
