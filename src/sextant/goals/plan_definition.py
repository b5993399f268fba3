"""What plans of a role family look like, as a document: dimensions with weights, kinds and counts, shares, windows.

The document is what a version of a template keeps. Its shape is checked here; whether a plan follows it, is decided by
`policy.plan_checks`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sextant.engines.evaluation import Curve
from sextant.engines.values import Problem
from sextant.goals.contracts import GoalKind

FULL = Decimal(100)
EXTRA_KINDS = frozenset({GoalKind.BONUS, GoalKind.PENALTY, GoalKind.VETO})
"""Kinds that stand beside the weighted goals: they add or take points, or cap the score."""

Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4)]
Name = Annotated[str, Field(min_length=1, max_length=60)]
_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class DefinitionRefused(Exception):
    """The definition of a template cannot be published; `problems` say why (codes `template.*`)."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(f"{problem.code} {dict(problem.params)}" for problem in problems))
        self.problems = problems


class Dimension(BaseModel):
    """A part of the plan. `weight_pct` 0 with extra kinds only: points instead of weight. `most` None: no limit."""

    model_config = _STRICT

    code: Annotated[str, Field(pattern=r"^[\w-]{1,40}$")]
    name: Name
    weight_pct: Percent
    kinds: Annotated[tuple[GoalKind, ...], Field(min_length=1)]
    least: Annotated[int, Field(ge=0, le=50)] = 0
    most: Annotated[int, Field(ge=1, le=50)] | None = None

    @property
    def is_extra(self) -> bool:
        """Whether it holds bonus, penalty and veto items alone."""
        return EXTRA_KINDS.issuperset(self.kinds)


class Window(BaseModel):
    """When goals may be adjusted: from which week of the cycle, for how many days."""

    model_config = _STRICT

    week: Annotated[int, Field(ge=1, le=52)] = 10
    days: Annotated[int, Field(ge=1, le=60)] = 7


class PlanDefinition(BaseModel):
    """The whole definition. Shares and weights are per cent; `elasticity` is a share (0.15 = 15 %)."""

    model_config = _STRICT

    dimensions: Annotated[tuple[Dimension, ...], Field(min_length=1, max_length=12)]
    base_share: Percent = Decimal(60)
    stretch_share: Percent = Decimal(40)
    curve: Curve = Curve.PARALLEL
    least_goals: Annotated[int, Field(ge=1, le=50)] = 3
    most_goals: Annotated[int, Field(ge=1, le=50)] = 8
    most_extra_points: Percent = Decimal(20)
    elasticity: Annotated[Decimal, Field(ge=Decimal("0.10"), le=Decimal("0.15"))] = Decimal("0.15")
    window: Window = Window()
    role_families: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        codes = [one.code for one in self.dimensions]
        if len(set(codes)) < len(codes):
            raise ValueError("dimension_twice")
        if self.base_share + self.stretch_share != FULL:
            raise ValueError("shares")
        if sum((one.weight_pct for one in self.dimensions), Decimal(0)) != FULL:
            raise ValueError("weights")
        if any(one.is_extra != (one.weight_pct == 0) for one in self.dimensions):
            raise ValueError("extra_weight")
        if any(one.most is not None and one.most < one.least for one in self.dimensions):
            raise ValueError("counts")
        if self.most_goals < max(self.least_goals, sum(one.least for one in self.dimensions)):
            raise ValueError("counts")
        return self

    def dimension(self, code: str) -> Dimension | None:
        """The dimension with this code, or None."""
        return next((one for one in self.dimensions if one.code == code), None)

    def plain(self) -> dict[str, object]:
        """The document as JSON keeps it."""
        return self.model_dump(mode="json")


def read_definition(document: Mapping[str, object]) -> PlanDefinition:
    """A document as a definition; DefinitionRefused (template.shares, template.weights, template.extra_weight,
    template.counts, template.dimension_twice, template.field with `field`).

    >>> one = {"code": "kpi", "name": "业绩", "weight_pct": 100, "kinds": ["kpi"]}
    >>> read_definition({"dimensions": [one]}).base_share
    Decimal('60')
    >>> try:
    ...     read_definition({"dimensions": [{**one, "weight_pct": 90}]})
    ... except DefinitionRefused as refused:
    ...     refused.problems[0].code
    'template.weights'
    """
    try:
        return PlanDefinition.model_validate(document)
    except ValidationError as error:
        raise DefinitionRefused(*(_problem(one) for one in error.errors())) from error


def _problem(error: Mapping[str, object]) -> Problem:
    if error["type"] == "value_error":  # one of ours: the word behind "Value error, " is the code
        return Problem(f"template.{str(error['msg']).rsplit(', ', 1)[-1]}")
    place = error["loc"]
    assert isinstance(place, tuple)
    return Problem("template.field", {"field": ".".join(str(part) for part in place)})
