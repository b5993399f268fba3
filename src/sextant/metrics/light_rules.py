"""Rules of lights and scores as a document: checked for shape, then laid over the rules of a wider scope.

What a document does not state stays as the wider rules have it: goal over metric over company over the defaults of the
engine. docs/evaluation.md explains every key.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from sextant.engines.evaluation import (
    Comparison,
    Dynamic,
    FormulaScale,
    Grain,
    PeerGroup,
    ScaleInput,
    TableScale,
    Thresholds,
    read_score_formula,
)
from sextant.engines.schedule import Season
from sextant.engines.values import Problem
from sextant.metrics.documents import Document, DocumentRefused, keys_of, read_yaml, shape_problems

OWN_PERIODS, OWN_LEAST, PEERS_LEAST = 12, 6, 8
"""Periods looked back on, and how many observations dynamic thresholds take, where a document does not say."""
COMPANY = "company"
"""Code of the rules, and of the calendar, that hold for everyone."""


def _zero_for_off(value: object) -> object:
    """`off` reaches us as False from YAML and as a word from JSON; `on` says no number and is refused."""
    if value is False or value == "off":
        return 0
    return str(value) if value is True else value


def _word_for_off(value: object) -> object:
    """`off` as a word, whichever of the two it reaches us as."""
    return "off" if value is False else value


Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Share = Annotated[Decimal, Field(gt=0, le=1, decimal_places=6)]
Amount = Annotated[Decimal, Field(max_digits=18, decimal_places=6)]
Points = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=6)]
Length = Annotated[int, BeforeValidator(_zero_for_off), Field(ge=0, le=26)]
Days = Annotated[int, BeforeValidator(_zero_for_off), Field(ge=0, le=366)]
Weight = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=3)]


class StreakRules(Document):
    """连续: how many steps in a row below the baseline make a light; `share` is θ, `line` an absolute baseline."""

    yellow: Length | None = None
    red: Length | None = None
    grain: Grain | None = None
    share: Share | None = None
    line: Amount | None = None


class SeasonRules(Document):
    """季节曲线: 12 weights of months, or 52 or 53 of ISO weeks; week 53 takes the last of 52."""

    months: tuple[Weight, ...] | None = None
    weeks: tuple[Weight, ...] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.months is None) == (self.weeks is None):
            raise ValueError("rules.season_one_of")
        weights = self.months or self.weeks or ()
        if len(weights) not in ({12} if self.months is not None else {52, 53}):
            raise ValueError("rules.season_length")
        if not any(weights):
            raise ValueError("rules.season_empty")
        return self

    def season(self) -> Season:
        """As the engine reads it."""
        weights = self.months or self.weeks or ()
        return Season(weights if len(weights) != 52 else (*weights, weights[-1]))


class ScaleRules(Document):
    """计分: a table for goals of curve step or lookup, or a formula for those of curve formula."""

    curve: Literal["step", "lookup", "formula"]
    of: ScaleInput = ScaleInput.PROGRESS
    rows: tuple[tuple[Amount, Points], ...] = ()
    formula: Annotated[str, Field(max_length=2000)] = ""

    @field_validator("formula")
    @classmethod
    def _readable(cls, text: str) -> str:
        if text and (problems := read_score_formula(text).problems):
            raise ValueError(problems[0].code)
        return text

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.curve == "formula":
            if not self.formula or self.rows:
                raise ValueError("rules.formula_alone")
        elif not self.rows or self.formula:
            raise ValueError("rules.rows_alone")
        elif any(start >= end for (start, _), (end, _) in pairwise(self.rows)):
            raise ValueError("rules.rows_ascending")
        return self

    def scale(self) -> TableScale | FormulaScale:
        """As the engine reads it."""
        if self.curve == "formula":
            return FormulaScale(self.formula)
        return TableScale(self.curve, self.rows, self.of)


class DynamicRules(Document):
    """动态阈值: red and yellow as quantiles of the own earlier periods, or of the peers; `off` keeps the constants."""

    of: Annotated[Literal["own", "peers", "off"], BeforeValidator(_word_for_off)]
    red: Share = Decimal("0.10")
    yellow: Share = Decimal("0.25")
    least: Annotated[int, Field(ge=3, le=1000)] | None = None
    periods: Annotated[int, Field(ge=3, le=24)] | None = None
    group: PeerGroup | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.red > self.yellow:
            raise ValueError("rules.quantiles_reversed")
        if (self.of != "peers" and self.group is not None) or (self.of != "own" and self.periods is not None):
            raise ValueError("rules.dynamic_apart")
        if self.of == "own" and self._least_of_own() > self._periods():
            raise ValueError("rules.least_beyond_periods")
        return self

    def _least_of_own(self) -> int:
        return self.least or min(OWN_LEAST, self._periods())

    def _periods(self) -> int:
        return self.periods or OWN_PERIODS

    def dynamic(self) -> Dynamic | None:
        """As the engine reads it; None where constants hold."""
        if self.of == "own":
            return Dynamic(Comparison.OWN, self.red, self.yellow, least=self._least_of_own(), periods=self._periods())
        if self.of == "peers":
            group = self.group or PeerGroup.COMPANY
            return Dynamic(Comparison.PEERS, self.red, self.yellow, least=self.least or PEERS_LEAST, group=group)
        return None


class LightRulesDocument(Document):
    """One document of rules. `calendar` names a calendar other than the company's; a length, or a number of days, is
    `off` (0) where the rule does not hold."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=200)]
    red_below: Share | None = None
    yellow_below: Share | None = None
    red_line: Amount | None = None
    yellow_line: Amount | None = None
    late_days: Days | None = None
    streak: StreakRules | None = None
    hysteresis: bool | None = None
    calendar: Code | None = None
    season: SeasonRules | None = None
    score: ScaleRules | None = None
    dynamic: DynamicRules | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.red_below and self.yellow_below and self.red_below > self.yellow_below:
            raise ValueError("rules.red_above_yellow")
        return self

    def over(self, wider: Thresholds, *, version: int) -> Thresholds:
        """`wider` with what this document states in its place."""
        stated = {"red_below", "yellow_below", "red_line", "yellow_line", "hysteresis"}
        fields: dict[str, Any] = {name: value for name in stated if (value := getattr(self, name)) is not None}
        if self.late_days is not None:
            fields["late_days"] = self.late_days or None
        if self.streak is not None:
            fields |= _streak_fields(self.streak)
        if self.score is not None:
            fields["scale"] = self.score.scale()
        if self.dynamic is not None:
            fields["dynamic"] = self.dynamic.dynamic()
        return replace(wider, label=f"{wider.label} {self.code}/{version}".strip(), **fields)


def _streak_fields(streak: StreakRules) -> dict[str, Any]:
    lengths = {"streak_yellow": streak.yellow, "streak_red": streak.red}
    others = {"streak_grain": streak.grain, "baseline_share": streak.share, "line": streak.line}
    stated = {name: length or None for name, length in lengths.items() if length is not None}
    return stated | {name: value for name, value in others.items() if value is not None}


def load_light_rules(text: str) -> LightRulesDocument:
    """The rules in a YAML text. Raises DocumentRefused: codes `mapping.*` for the shape, `rules.*` and `formula.*` for
    what cannot be."""
    return check_light_rules(read_yaml(text))


def check_light_rules(document: Mapping[str, object]) -> LightRulesDocument:
    """The rules in a document already read. Raises DocumentRefused."""
    try:
        return LightRulesDocument.model_validate(document)
    except ValidationError as error:
        keys = keys_of(LightRulesDocument, StreakRules, SeasonRules, ScaleRules, DynamicRules)
        problems = shape_problems(error, keys=keys)
        raise DocumentRefused(*(_whole(problem, document) for problem in problems)) from error


def _whole(problem: Problem, document: Mapping[str, Any]) -> Problem:
    """A fault in the formula as the formula engine tells it: a validator can hand on its code alone."""
    if not problem.code.startswith("formula."):
        return problem
    return read_score_formula(document["score"]["formula"].strip()).problems[0]


def line_problems(rules: LightRulesDocument, *, direction: str, is_cumulative: bool) -> tuple[Problem, ...]:
    """What forbids these rules on a metric: an absolute line needs a level with a better side."""
    path = next((name for name in ("red_line", "yellow_line") if getattr(rules, name) is not None), None)
    if path is not None and (is_cumulative or direction == "range"):
        return (Problem("rules.line_needs_level", {"path": path}),)
    return ()
