"""Every reason and step has a sentence that names its own numbers; none promises a parameter that does not come."""

import ast
import inspect
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override

from sextant.engines.evaluation import (
    DEFAULT_THRESHOLDS,
    NO_BARS,
    REASON_FIELDS,
    Aggregation,
    Bars,
    Case,
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
    case,
    evaluate,
)
from sextant.engines.formula import Code
from sextant.engines.schedule import FIVE_DAY_WEEK, Pace, Season, SeasonalCalendar
from sextant.engines.values import Light, Step
from sextant.metrics.messages.metrics import REASONS, SCORE_PROBLEMS, STEPS, reason_key, say_reason, say_step, step_key

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
MONDAY = date(2026, 1, 5)
DERIVED = {"over": "share"}
"""Words made from another parameter."""


def problem_codes() -> set[str]:
    texts = (node.value for node in ast.walk(ast.parse(inspect.getsource(case))) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and re.fullmatch(r"goal\.[a-z_]+", text)}


def possible_keys(code: str) -> set[str]:
    if code == "light.unsound":
        return {reason_key(code, {"problem": problem}) for problem in problem_codes()}
    grains = [{}, {"grain": "day"}, {"grain": "month"}] if "grain" in REASON_FIELDS[code] else [{}]
    if code.startswith(("light.line", "light.beyond")):
        shapes = [{"direction": direction} for direction in ("higher", "lower")]
    elif code == "light.held":
        coloured = [name for name in REASON_FIELDS if name.endswith(("_red", "_yellow")) or name == "light.late"]
        shapes = [{"held_code": name} for name in coloured]
    else:
        shapes = [{"case": one} for one in Case]
    return {reason_key(code, shape | grain) for shape in shapes for grain in grains}


@pytest.mark.parametrize("code", REASON_FIELDS)
def test_a_reason_has_a_sentence_for_every_shape_it_takes(code):
    for key in possible_keys(code):
        named = {DERIVED.get(name, name) for name in PLACEHOLDER.findall(str(REASONS[key]))}
        assert named <= set(REASON_FIELDS[code]), key


def test_no_sentence_is_left_without_a_code():
    possible = {key for code in REASON_FIELDS for key in possible_keys(code)}
    assert set(REASONS) == possible


def steps_of(
    metric: MetricSpec,
    values: list[tuple[int, int]],
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    calendar: Pace = FIVE_DAY_WEEK,
    bars: Bars = NO_BARS,
    **goal,
) -> tuple[Step, ...]:
    fields = {"from_on": MONDAY, "until_on": date(2026, 4, 6), "base": Decimal(100), **goal}
    spec = GoalSpec(1, metric.metric_id, 1, 1, **fields)
    rows = [Measurement(MONDAY + timedelta(days=day), Decimal(value), Decimal(2)) for day, value in values]
    on = MONDAY + timedelta(days=45)
    return evaluate(spec, rows, metric=metric, on=on, calendar=calendar, thresholds=thresholds, bars=bars).trace


def traces_of_special_rules() -> list[tuple[Step, ...]]:
    sums, means = MetricSpec(1, Aggregation.SUM), MetricSpec(1, Aggregation.MEAN)
    daily = [(day, 50) for day in range(46)]
    tables = [
        (Curve(curve), TableScale(curve, ((Decimal(0), Decimal(10)), (Decimal(1), Decimal(90))), of))
        for curve in ("step", "lookup")
        for of in ScaleInput
    ]
    scales = [
        *tables,
        (Curve.FORMULA, FormulaScale("[实际值]")),
        (Curve.FORMULA, FormulaScale("1 / ([基准] - [基准])")),
    ]
    return [
        *(steps_of(sums, daily, Thresholds(scale=scale, label="line/2"), curve=curve) for curve, scale in scales),
        *(
            steps_of(means, daily, Thresholds(streak_grain=grain, red_below=Decimal(0), yellow_below=Decimal(0)))
            for grain in Grain
        ),
        *(steps_of(sums, daily, Thresholds(streak_grain=grain, late_days=None)) for grain in Grain),
        *(
            steps_of(means, [(40, 95)], Thresholds(**{line: Decimal(limit)}))
            for line in ("red_line", "yellow_line")
            for limit in (90, 99)
        ),
        steps_of(means, [], Thresholds(red_line=Decimal(90), yellow_line=Decimal(95))),
        steps_of(sums, daily, calendar=SeasonalCalendar(FIVE_DAY_WEEK, Season((Decimal(1),) * 12))),
        steps_of(sums, daily, curve=Curve.LOOKUP),
        *(
            steps_of(sums, daily, Thresholds(dynamic=Dynamic(of)), bars=bars)
            for of in Comparison
            for bars in (Bars(9, Decimal("0.4"), Decimal("0.62")), Bars(2))
        ),
    ]


def all_traces() -> list[tuple[Step, ...]]:
    traces = [
        steps_of(MetricSpec(1, aggregation, direction, lower_curve=lower), values, **goal)
        for aggregation in Aggregation
        for direction in Direction
        for lower in LowerCurve
        for values in ([], [(3, 10), (10, 20), (40, 30)], [(44, 200)])
        for goal in (
            {"range_low": Decimal(5), "range_high": Decimal(9), "tolerance": Decimal(2)},
            {"stretch": Decimal(130 if direction is Direction.HIGHER else 60), "curve": Curve.LADDER},
            {"stretch": Decimal(130 if direction is Direction.HIGHER else 60)},
            {"start": Decimal(10 if direction is Direction.HIGHER else 400)},
            {"base": None},
            {"base": Decimal(0), "curve": Curve.LOOKUP},
        )
    ]
    manual = ManualLight(Light.YELLOW, "客户停产", MONDAY, date(2026, 4, 1))
    sums = MetricSpec(1, Aggregation.SUM)
    weekend = {"from_on": date(2026, 2, 14), "until_on": date(2026, 4, 6)}
    return [
        *traces,
        *traces_of_special_rules(),
        steps_of(sums, [(44, 5)], manual=manual),
        steps_of(sums, [(44, 5)], from_on=date(2026, 3, 2)),
        evaluate(
            GoalSpec(1, 1, 1, 1, **weekend, base=Decimal(5)),
            [Measurement(date(2026, 2, 14), Decimal(1))],
            metric=sums,
            on=date(2026, 2, 15),
            calendar=FIVE_DAY_WEEK,
        ).trace,
    ]


def test_every_step_of_every_kind_of_goal_can_be_said():
    used = set()
    for step in (step for trace in all_traces() for step in trace):
        sentence = say_step(step)
        assert sentence and "%(" not in sentence
        # a dash stands for a number that was promised and did not come; only a rule that found no data may have one
        assert "—" not in sentence or step.code.startswith("light.rule_") or step.params.get("tolerance") is None, step
        if step.code in STEPS or not step.code.startswith("light.") or step.code.startswith("light.rule"):
            used.add(step_key(step))
    assert {key for key in STEPS if not key.startswith(("light.", "evaluation.score_problem."))} <= used
    assert {f"light.rule_{name}.skipped" for name in ("late", "red", "yellow", "streak")} <= used


@pytest.mark.parametrize(
    ("completion", "said"),
    [("0.653846", "65.4%"), ("0.699700", "69.97%"), ("0.699999", "69.9999%"), ("0.5", "50%")],
)
def test_a_completion_below_its_threshold_never_reads_like_the_threshold(completion, said):
    params = {
        "case": "grow",
        "unit": "万元",
        "decimals": "0",
        "on": "2026-11-29",
        "value": "748",
        "expected": "1144.6",
        "completion": completion,
        "threshold": "0.700000",
    }
    sentence = say_reason("light.below_yellow", params)
    assert sentence == f"到 2026-11-29 应达 1,145 万元，实际 748 万元，完成率 {said}，低于 70%。"


def test_a_threshold_of_another_definition_is_named_as_it_is():
    params = {"case": "level", "on": "2026-11-29", "value": "3", "base": "5", "completion": "0.6", "threshold": "0.65"}
    assert "低于 65%" in say_reason("light.below_yellow", params)


def test_sentences_exist_in_english_too_or_fall_back_whole():
    params = {"from_on": "2026-01-05", "on": "2026-01-11"}
    with override("en"):
        assert "2026-01-05" in say_reason("light.no_measurement", params)


def test_whatever_a_formula_meets_in_one_row_can_be_said_of_a_score():
    evaluating = set(list(Code)[list(Code).index(Code.MISSING_VALUE) : list(Code).index(Code.GROUP_NEEDED)])
    assert {code.value for code in evaluating} <= set(SCORE_PROBLEMS)


def test_a_score_that_cannot_be_computed_is_told_beside_the_light():
    params = {"from_on": "2026-01-05", "last_on": "2026-01-11", "on": "2026-02-01", "age_days": "21"}
    sentence = say_reason("light.stale", {**params, "promise_days": "14", "score_problem": "formula.division_by_zero"})
    assert sentence.endswith("14 天内更新。得分算不出：公式除以了 0。")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            {"dynamic": "peers", "observed": "24", "quantile": "0.25", "red_bar": "0.4", "yellow_bar": "0.62"},
            "低于 62%。黄灯线 62%、红灯线 40% 取自同组 24 个目标今天的完成率。",
        ),
        ({"dynamic": "own", "observed": "2", "least": "6"}, "低于 62%。此前只有 2 期可比，不到 6 期，按固定的线判断。"),
    ],
)
def test_a_reason_under_dynamic_thresholds_says_where_they_come_from(told, said):
    goal = {"case": "level", "on": "2026-11-29", "value": "3", "base": "5", "completion": "0.6", "threshold": "0.62"}
    assert say_reason("light.below_yellow", goal | told).endswith(said)
