"""Runs the case files: examples a manager could read, on the row path and on the set path."""

import tomllib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sextant.engines.evaluation import (
    DEFAULT_THRESHOLDS,
    Aggregation,
    Curve,
    Direction,
    GoalSpec,
    Grain,
    LowerCurve,
    Measurement,
    MetricSpec,
    Standing,
    evaluate,
)
from sextant.engines.evaluation.sql import Terms
from sextant.engines.evaluation.tests.set_path import canonical_rows
from sextant.engines.schedule import FIVE_DAY_WEEK, Season, SeasonalCalendar

MONDAY, UNTIL = date(2017, 4, 3), date(2017, 7, 3)
COMPANY = Terms(FIVE_DAY_WEEK, DEFAULT_THRESHOLDS)
PLAIN = (Curve.PARALLEL, Curve.LADDER)
WORKING_DAYS = [MONDAY + timedelta(days=n) for n in range(91) if (MONDAY + timedelta(days=n)).isoweekday() < 6]


def load(name: str, kind: str) -> list[Any]:
    text = (Path(__file__).parent / "cases" / f"{name}.toml").read_text(encoding="utf-8")
    return [pytest.param(entry, id=entry["name"]) for entry in tomllib.loads(text)[kind]]


def make_metric(fields: dict[str, Any]) -> MetricSpec:
    known: dict[str, Any] = {**fields, "aggregation": Aggregation(fields.get("aggregation", "sum"))}
    known["direction"] = Direction(fields.get("direction", "higher"))
    known["lower_curve"] = LowerCurve(fields.get("lower_curve", "linear"))
    known["baseline"] = Decimal(fields["baseline"]) if "baseline" in fields else None
    return MetricSpec(metric_id=1, **known)


def make_goal(fields: dict[str, Any], **changes: Any) -> GoalSpec:
    told = {name: value for name, value in fields.items() if name != "curve"}
    amounts = {name: Decimal(value) if isinstance(value, str) else value for name, value in told.items()}
    changes = {"curve": Curve(fields.get("curve", "parallel")), **changes}
    return GoalSpec(1, 1, 1, 7, **{"from_on": MONDAY, "until_on": UNTIL, **amounts, **changes})


def make_measurement(day: date, text: str) -> Measurement:
    top, _, under = text.partition("/")
    return Measurement(day, Decimal(top), Decimal(under) if under else None)


def make_terms(case: dict[str, Any]) -> Terms:
    """Rules and season of an example; what it does not say is the company's."""
    told = dict(case.get("rules", {}))
    grain = {"streak_grain": Grain(told.pop("streak_grain"))} if "streak_grain" in told else {}
    stated = {name: Decimal(value) if isinstance(value, str) else value for name, value in told.items()} | grain
    off = dict.fromkeys(case.get("off", ()))
    season = Season(tuple(Decimal(weight) for weight in case["season"])) if "season" in case else None
    calendar = SeasonalCalendar(FIVE_DAY_WEEK, season) if season else FIVE_DAY_WEEK
    return Terms(calendar, replace(DEFAULT_THRESHOLDS, **stated, **off))


@dataclass(frozen=True)
class Scene:
    """One example: a goal, what is known of it, and the day."""

    goal: GoalSpec
    rows: list[Measurement]
    metric: MetricSpec
    on: date
    terms: Terms = COMPANY

    def stand(self) -> Standing:
        calendar, thresholds = self.terms.calendar, self.terms.thresholds
        outcome = evaluate(
            self.goal, self.rows, metric=self.metric, on=self.on, calendar=calendar, thresholds=thresholds
        )
        assert outcome.value is not None
        return outcome.value

    def numbered(self, number: int) -> "Scene":
        """The same under its own ids, so that many can be evaluated at once."""
        goal = replace(self.goal, goal_id=number, metric_id=number)
        return replace(self, goal=goal, metric=replace(self.metric, metric_id=number))


def progress_scene(case: dict[str, Any]) -> Scene:
    on = WORKING_DAYS[case["day"] - 1]
    days = (on - timedelta(days=len(case["values"]) - 1 - place) for place in range(len(case["values"])))
    rows = [make_measurement(day, text) for day, text in zip(days, case["values"], strict=True)]
    return Scene(make_goal(case["goal"]), rows, make_metric(case["metric"]), on)


def score_scenes(table: dict[str, Any], curve: Curve) -> list[Scene]:
    metric, goal = make_metric(table["metric"]), make_goal(table["goal"], curve=curve)
    day = date(2017, 6, 30)
    return [Scene(goal, [make_measurement(day, value)], metric, date(2017, 7, 2)) for value in table["values"]]


def light_scene(case: dict[str, Any]) -> Scene:
    on = case.get("on") or WORKING_DAYS[case["day"] - 1]
    wednesdays = (MONDAY + timedelta(days=2 + 7 * week) for week in range(13))
    weeks = zip(wednesdays, case.get("weeks", []), strict=False)
    rows = [make_measurement(min(day, on), text) for day, text in weeks if text != "-"]
    rows += [make_measurement(extra["day"], extra["value"]) for extra in case.get("extra", [])]
    goal = make_goal(case.get("goal", {"base": "650"}))
    return Scene(goal, rows, make_metric(case.get("metric", {})), on, make_terms(case))


@pytest.mark.parametrize("case", load("progress", "case"))
def test_progress(case):
    standing = progress_scene(case).stand()
    for name in ("value", "progress", "expected", "completion"):
        if name in case:
            assert str(getattr(standing, name)) == case[name], name


@pytest.mark.parametrize("curve", PLAIN)
@pytest.mark.parametrize("table", load("scores", "table"))
def test_scores(table, curve):
    assert [str(scene.stand().score) for scene in score_scenes(table, curve)] == table[curve.value]


@pytest.mark.parametrize("case", load("lights", "case"))
def test_lights(case):
    standing = light_scene(case).stand()
    assert (standing.light.value, standing.reason.code) == (case["light"], case["reason"])
    for name in ("progress", "completion", "elapsed"):
        if name in case:
            assert str(getattr(standing, name)) == case[name], name


def test_the_set_path_gives_the_same_row_for_every_example():
    scenes = [progress_scene(param.values[0]) for param in load("progress", "case")]
    scenes += [light_scene(param.values[0]) for param in load("lights", "case")]
    for param in load("scores", "table"):
        scenes += [scene for curve in PLAIN for scene in score_scenes(param.values[0], curve)]
    by_day: dict[date, list[Scene]] = defaultdict(list)
    for number, scene in enumerate(scenes, start=1):
        by_day[scene.on].append(scene.numbered(number))
    for on, together in by_day.items():
        rows = canonical_rows(
            [scene.goal for scene in together],
            {(scene.goal.metric_id, 1, 7): scene.rows for scene in together},
            metrics=[scene.metric for scene in together],
            on=on,
            calendar=FIVE_DAY_WEEK,
            thresholds=DEFAULT_THRESHOLDS,
            special=tuple(scene.terms for scene in together if scene.terms != COMPANY),
            by_goal={
                scene.goal.goal_id: number
                for number, scene in enumerate((one for one in together if one.terms != COMPANY), start=1)
            },
        )
        assert rows == [scene.stand().canonical_row() for scene in together]
