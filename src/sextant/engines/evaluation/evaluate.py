"""One goal, its measurements, one day → where it stands and why. The set path (`sql`) gives the same rows."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sextant.engines.evaluation.aggregate import aggregate
from sextant.engines.evaluation.case import check_goal
from sextant.engines.evaluation.dynamic import NO_BARS, Bars
from sextant.engines.evaluation.explanation import explain, reason_at
from sextant.engines.evaluation.journey import Journey
from sextant.engines.evaluation.progress import Course
from sextant.engines.evaluation.reason import reason
from sextant.engines.evaluation.score import score
from sextant.engines.evaluation.spec import DEFAULT_THRESHOLDS, GoalSpec, Measurement, MetricSpec, Thresholds
from sextant.engines.evaluation.standing import Standing
from sextant.engines.schedule import Pace
from sextant.engines.values import Light, Outcome, Problem, Severity, Step

_NOTHING = Decimal("0.000000")


def evaluate(
    goal: GoalSpec,
    measurements: Iterable[Measurement],
    *,
    metric: MetricSpec,
    on: date,
    calendar: Pace,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    bars: Bars = NO_BARS,
) -> Outcome[Standing]:
    """Where `goal` stands at the end of `on`.

    `measurements` in any order; those outside the period, or after `on`, do not count. After its last day a goal keeps
    the standing of that day. There is always a standing: a goal that cannot be judged has light `none`, and its
    problems (codes of `check_goal`) come along as warnings, as does what forbids a score by scale. `bars` are what
    dynamic thresholds became for this goal; nothing else looks at them. The trace explains value, expectation, score
    and light.

    >>> from sextant.engines.evaluation.spec import Aggregation
    >>> from sextant.engines.schedule import FIVE_DAY_WEEK
    >>> goal = GoalSpec(1, 1, 1, 7, date(2017, 4, 3), date(2017, 7, 3), base=Decimal(650))
    >>> sold, day = [Measurement(date(2017, 4, 19), Decimal(85))], date(2017, 4, 19)
    >>> where = evaluate(goal, sold, metric=MetricSpec(1, Aggregation.SUM), on=day, calendar=FIVE_DAY_WEEK)
    >>> where.value.progress, where.value.completion, where.value.light
    (Decimal('0.130769'), Decimal('0.653846'), <Light.YELLOW: 'yellow'>)
    """
    if problems := check_goal(goal, metric):
        return _unsound(goal, measurements, problems, metric=metric, on=on)
    if on < goal.from_on:
        because = reason("light.not_started", {"from_on": goal.from_on})
        nothing = Standing(goal.goal_id, on, None, None, _NOTHING, None, None, None, Light.NONE, because)
        return Outcome(nothing, trace=(Step(because.code, because.params),))
    journey = Journey.of(goal, measurements, metric=metric, on=on, calendar=calendar, thresholds=thresholds, bars=bars)
    return _on_course(journey, on=on)


def _unsound(
    goal: GoalSpec, measurements: Iterable[Measurement], problems: tuple[Problem, ...], *, metric: MetricSpec, on: date
) -> Outcome[Standing]:
    """A goal that cannot be judged still shows its value, in grey, with the first problem as the reason."""
    counted = [one for one in measurements if goal.from_on <= one.day <= on and one.day < goal.until_on]
    value = aggregate(metric.aggregation, counted)
    because = reason("light.unsound", {"problem": problems[0].code})
    standing = Standing(goal.goal_id, on, value, None, _NOTHING, None, None, None, Light.NONE, because)
    softened = tuple(replace(problem, severity=Severity.WARNING) for problem in problems)
    return Outcome(standing, softened, (Step(because.code, because.params),))


def _on_course(journey: Journey, *, on: date) -> Outcome[Standing]:
    point = journey.point(journey.last_on)
    course = Course(journey.goal, journey.case, point.elapsed)
    scored = None if point.value is None else score(course, point.value, thresholds=journey.thresholds)
    problem = scored.problem if scored and scored.points is None else None
    because = reason_at(journey, point, score_problem=problem)
    standing = Standing(
        goal_id=journey.goal.goal_id,
        on=on,
        value=point.value,
        expected=point.expected,
        elapsed=point.elapsed.ratio,
        progress=point.progress,
        completion=point.completion,
        score=scored.points if scored else None,
        light=journey.shown(point),
        reason=because,
        weeks=journey.week_standings(),
    )
    softened = (replace(problem, severity=Severity.WARNING),) if problem else ()
    return Outcome(standing, softened, explain(journey, point, scored=scored, because=because))
