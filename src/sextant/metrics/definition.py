"""A metric's definition as a document: YAML in and out, checked for shape alone.

Whether its owner, its inputs and its formula exist is checked against the library by `actions.metric_versions`.
docs/metrics.md explains every key.
"""

import difflib
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from sextant.engines.evaluation import Aggregation, Direction
from sextant.engines.rollup import RollUp
from sextant.engines.values import Problem
from sextant.metrics.contracts import MetricDefinition

MAX_CHARACTERS = 50_000


class DefinitionRefused(Exception):
    """The definition cannot be saved; nothing was written. `problems` say what and where."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(f"{problem.code} {dict(problem.params)}" for problem in problems))
        self.problems = problems


class MetricKind(StrEnum):
    """Measured by a source, or computed from other metrics."""

    MEASURED = "measured"
    DERIVED = "derived"


Label = Annotated[str, Field(min_length=1, max_length=40)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(pattern=r"^[\w.-]{1,80}$")]


def _without_zeros(amount: Decimal) -> Decimal:
    """99.920000 as 99.92: what the database pads must not look like a change."""
    return Decimal(f"{amount.normalize():f}")


Amount = Annotated[Decimal, Field(max_digits=28, decimal_places=6), AfterValidator(_without_zeros)]


class MetricDocument(BaseModel):
    """The whole definition of a metric."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    code: Code
    name: Name
    description: Annotated[str, Field(max_length=4000)] = ""
    unit_label: Annotated[str, Field(max_length=40)] = ""
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    direction: Direction = Direction.HIGHER
    aggregation: Aggregation = Aggregation.SUM
    grain: Literal["day", "week", "month"] = "day"
    source: Annotated[str, Field(max_length=200)] = ""
    owner: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    freshness_days: Annotated[int, Field(ge=1, le=400)] = 14
    baseline: Amount | None = None
    kind: MetricKind = MetricKind.MEASURED
    formula: Annotated[str, Field(max_length=4000)] = ""
    inputs: dict[Name, Code] = {}
    dimension: Annotated[str, Field(max_length=80)] = ""
    roll_up: RollUp | None = None
    tags: tuple[Label, ...] = ()
    limit: Amount | None = None
    peer_group: Annotated[str, Field(max_length=80)] = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        is_derived = self.kind is MetricKind.DERIVED
        if is_derived != bool(self.formula):
            raise ValueError("formula_needed" if is_derived else "not_derived")
        if not is_derived and (self.dimension or self.inputs):
            raise ValueError("not_derived")
        if self.roll_up is RollUp.RATIO and self.aggregation is not Aggregation.RATIO:
            raise ValueError("roll_up_needs_ratio")
        if self.aggregation is Aggregation.COUNT and is_derived:
            raise ValueError("derived_count")
        if len(set(self.tags)) < len(self.tags):
            raise ValueError("tag_twice")
        return self

    def definition(self) -> MetricDefinition:
        """The same as the library keeps it."""
        fields = self.model_dump()
        fields |= {
            "owner_number": fields.pop("owner"),
            "roll_up": "" if self.roll_up is None else self.roll_up.value,
            **{name: fields[name].value for name in ("direction", "aggregation", "kind")},
        }
        return MetricDefinition(**fields)

    def to_yaml(self) -> str:
        """The document as people read and keep it; what is as by default is left out."""
        return yaml.safe_dump(plain_of(self), allow_unicode=True, sort_keys=False, width=100)


def document_of(definition: MetricDefinition) -> MetricDocument:
    """A definition of the library as a document. One that came in before a rule existed is shown as it is."""
    fields: dict[str, Any] = {name: getattr(definition, name) for name in MetricDefinition.__dataclass_fields__}
    fields |= {"owner": fields.pop("owner_number"), "roll_up": definition.roll_up or None}
    return MetricDocument.model_validate(fields)


def plain_of(document: MetricDocument) -> dict[str, object]:
    """Plain values of everything that is not as by default, amounts as numbers where they are whole or short."""
    found = document.model_dump(mode="json", exclude_defaults=True)
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def parse_document(text: str) -> MetricDocument:
    """The definition in a YAML text; DefinitionRefused says what is wrong and where (codes `definition.*`)."""
    if len(text) > MAX_CHARACTERS:
        raise DefinitionRefused(Problem("definition.too_long", {"limit": MAX_CHARACTERS}))
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        detail = getattr(error, "problem", None) or "YAML"
        raise DefinitionRefused(Problem("definition.yaml", {"line": line, "detail": detail})) from error
    return build_document(document)


def build_document(document: object) -> MetricDocument:
    """The definition in plain values; DefinitionRefused as `parse_document`."""
    if not isinstance(document, dict):
        raise DefinitionRefused(Problem("definition.not_a_document"))
    try:
        return MetricDocument.model_validate(document)
    except ValidationError as error:
        raise DefinitionRefused(*(_problem(dict(entry)) for entry in error.errors()[:10])) from error


def _problem(entry: Mapping[str, Any]) -> Problem:
    """One finding of pydantic as a problem that names the field."""
    field = ".".join(str(part) for part in entry["loc"])
    kind = entry["type"]
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(field, MetricDocument.model_fields, 1)
        return Problem("definition.unknown_key", {"field": field, "suggestion": near[0] if near else ""})
    if kind == "missing":
        return Problem("definition.missing_key", {"field": field})
    if kind == "value_error":
        return Problem(f"definition.{entry['ctx']['error']}", {"field": ""})
    if kind in {"enum", "literal_error"}:
        choices = str(entry.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
        return Problem("definition.bad_choice", {"field": field, "value": str(entry["input"]), "choices": choices})
    params = {"field": field, "value": str(entry["input"])[:80], "detail": entry["msg"]}
    return Problem("definition.bad_value", params)


def changes_between(before: MetricDocument | None, after: MetricDocument) -> dict[str, list[object]]:
    """{field: [before, after]} of what differs, in the order of the document; everything of a first version that is
    not as by default."""
    old = before.model_dump(mode="json") if before else {}
    new = after.model_dump(mode="json")
    if before is None:
        return {name: [None, new[name]] for name in plain_of(after)}
    return {name: [old[name], value] for name, value in new.items() if old[name] != value}
