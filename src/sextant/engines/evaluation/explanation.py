"""The trace of an evaluation: every number and every rule, in the order a reader would do the sum."""

from decimal import Decimal

from sextant.engines.evaluation.case import Case
from sextant.engines.evaluation.exact import from_micro
from sextant.engines.evaluation.journey import Journey
from sextant.engines.evaluation.light import Point, trace_rules
from sextant.engines.evaluation.reason import Reason, reason
from sextant.engines.evaluation.scale import FormulaScale, TableScale
from sextant.engines.evaluation.score import Score
from sextant.engines.evaluation.spec import Aggregation, Grain
from sextant.engines.schedule import SeasonalCalendar
from sextant.engines.values import Light, Problem, Step


def reason_at(journey: Journey, point: Point, *, score_problem: Problem | None = None) -> Reason:
    """Why the light shown at `point` is what it is, and what forbids a score, if anything does."""
    held = journey.held_point(point)
    facts = _facts(journey, point)
    if score_problem:
        facts["score_problem"] = score_problem.code
    if held is None:
        return reason(journey.verdict(point).code, facts)
    was = journey.verdict(held)
    counted = was.code.startswith(("light.streak", "light.line"))
    facts |= {
        "held_on": held.on,
        "held_light": was.light,
        "held_code": was.code,
        "held_completion": held.completion,
        "held_weeks": held.streak if counted else None,
    }
    return reason("light.held", facts)


def _facts(journey: Journey, point: Point) -> dict[str, object]:
    """Everything a reason may carry about a point."""
    metric, goal, thresholds = journey.metric, journey.goal, journey.thresholds
    is_range = journey.case is Case.RANGE
    is_red = journey.verdict(point).light is Light.RED
    grain = thresholds.streak_grain
    return {
        "case": point.case,
        "unit": metric.unit_label,
        "decimals": metric.decimals,
        "direction": metric.direction,
        "from_on": goal.from_on,
        "on": point.on,
        "value": point.value,
        "expected": point.expected,
        "base": None if is_range else goal.base,
        "low": goal.range_low if is_range else None,
        "high": goal.range_high if is_range else None,
        "completion": point.completion,
        "threshold": thresholds.red_below if is_red else thresholds.yellow_below,
        "late_days": thresholds.late_days,
        "late_expected": point.late_expected,
        "last_on": point.last_on,
        "age_days": point.age_days,
        "promise_days": metric.freshness_days,
        "weeks": point.streak,
        "share": thresholds.baseline_share,
        "line": metric.baseline,
        "limit": thresholds.red_line if is_red else thresholds.yellow_line,
        "grain": None if grain is Grain.WEEK else grain,
        "rules": thresholds.label or None,
        "note": goal.manual.reason if goal.manual else None,
        "until_on": goal.manual.until_on if goal.manual else None,
        **_bars(journey, is_red=is_red),
    }


def _bars(journey: Journey, *, is_red: bool) -> dict[str, object]:
    """Where dynamic thresholds came from; nothing under constants."""
    dynamic, bars = journey.thresholds.dynamic, journey.bars
    if dynamic is None:
        return {}
    known: dict[str, object] = {"dynamic": dynamic.of, "observed": bars.observed}
    if bars.red is None:
        return known | {"least": dynamic.least}
    quantile = dynamic.red if is_red else dynamic.yellow
    return known | {"quantile": quantile, "red_bar": bars.red, "yellow_bar": bars.yellow}


def explain(journey: Journey, point: Point, *, scored: Score | None, because: Reason) -> tuple[Step, ...]:
    """Steps from the measurements to the shown light. Codes: `evaluation.rules` (where they are not the defaults),
    `.bars_own` | `.bars_peers` | `.few_own` | `.few_peers` (dynamic thresholds), `.value`, `.elapsed` |
    `.elapsed_season`, `.expected`, `.progress`, `.completion`, `.score_` with the curve or `base`, `.score_problem` in
    its place, `light.rule_*` in their order, `light.raw`, `light.before` (when a finished week lies behind),
    `light.shown`."""
    verdict, before = journey.verdict(point), journey.point_before(point.on)
    steps = [*_value_steps(journey, point), *_progress_steps(journey, point)]
    if scored is not None:
        steps.append(_score_step(journey, scored))
    steps.extend(trace_rules(point, metric=journey.metric, thresholds=journey.thresholds))
    steps.append(Step("light.raw", {"code": verdict.code, "on": point.on}, verdict.light))
    if before is not None:
        steps.append(
            Step("light.before", {"on": before.on, "held": because.code == "light.held"}, journey.verdict(before).light)
        )
    steps.append(Step("light.shown", {"code": because.code, **because.params}, journey.shown(point)))
    return tuple(steps)


def _value_steps(journey: Journey, point: Point) -> list[Step]:
    metric, total = journey.metric, journey.tally(point.on)
    params: dict[str, object] = {
        "aggregation": metric.aggregation,
        "measurements": total.count,
        "numerator": total.value(Aggregation.SUM),
        "denominator": from_micro(total.denominator) if metric.aggregation is Aggregation.RATIO else None,
        "from_on": journey.goal.from_on,
        "on": point.on,
        "last_on": total.last_on,
        **_unit(journey),
    }
    days = {"done": point.elapsed.done, "total": point.elapsed.total, "calendar": journey.calendar.version}
    code = "evaluation.elapsed_season" if isinstance(journey.calendar, SeasonalCalendar) else "evaluation.elapsed"
    steps = [
        Step("evaluation.value", params, point.value),
        Step(code, {**days, "from_on": journey.goal.from_on, "on": point.on}, point.elapsed.ratio),
    ]
    return [*_rule_steps(journey), *steps]


def _rule_steps(journey: Journey) -> list[Step]:
    """What the goal is judged by, where it is not what everyone is judged by."""
    label, dynamic = journey.thresholds.label, journey.thresholds.dynamic
    steps = [Step("evaluation.rules", {"rules": label})] if label else []
    if dynamic is not None:
        kind = "few" if journey.bars.red is None else "bars"
        shares = {"red_share": dynamic.red, "yellow_share": dynamic.yellow}
        steps.append(Step(f"evaluation.{kind}_{dynamic.of}", {**_bars(journey, is_red=True), **shares}))
    return steps


def _progress_steps(journey: Journey, point: Point) -> list[Step]:
    goal = journey.goal
    targets: dict[str, object] = {
        "case": journey.case,
        "base": goal.base,
        "start": goal.start,
        "low": goal.range_low,
        "high": goal.range_high,
        "tolerance": goal.tolerance,
        "elapsed": point.elapsed.ratio,
        **_unit(journey),
    }
    steps = []
    if point.expected is not None:
        steps.append(Step("evaluation.expected", targets, point.expected))
    if point.value is not None:
        cap = journey.thresholds.progress_cap
        share = point.elapsed.ratio if journey.case.follows_time else Decimal(1)
        steps.append(Step("evaluation.progress", {**targets, "value": point.value, "cap": cap}, point.progress))
        steps.append(Step("evaluation.completion", {"progress": point.progress, "expected": share}, point.completion))
    return steps


def _score_step(journey: Journey, scored: Score) -> Step:
    thresholds = journey.thresholds
    if scored.curve is not None and scored.curve.needs_scale:
        return _scale_step(journey, scored)
    params: dict[str, object] = {"base_part": scored.base_part, "cap": thresholds.progress_cap}
    if scored.curve is not None:
        near, far = journey.goal.shares(thresholds)
        params |= {
            "base": journey.goal.base,
            "stretch": journey.goal.stretch,
            "stretch_part": scored.stretch_part,
            "base_weight": near,
            "stretch_weight": far,
            "stretch_cap": thresholds.stretch_cap,
        }
    return Step(f"evaluation.score_{scored.curve or 'base'}", params, scored.points)


def _scale_step(journey: Journey, scored: Score) -> Step:
    """A score by scale, or why there is none."""
    if scored.problem is not None and scored.points is None:
        return Step("evaluation.score_problem", {"problem": scored.problem.code, **scored.problem.params})
    scale = journey.thresholds.scale
    params: dict[str, object] = {"base_part": scored.base_part}
    if isinstance(scale, TableScale):
        params |= {
            "of": scale.of,
            "rows": "；".join(f"{start.normalize():f} → {points.normalize():f}" for start, points in scale.rows),
        }
    elif isinstance(scale, FormulaScale):
        params |= {"formula": scale.text}
    return Step(f"evaluation.score_{scored.curve}", params, scored.points)


def _unit(journey: Journey) -> dict[str, object]:
    return {"unit": journey.metric.unit_label, "decimals": journey.metric.decimals}
