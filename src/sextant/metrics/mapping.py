"""The mapping file of a delivery: which column is the person, which the day, how a row becomes measurements.

A mapping is a YAML document checked here for shape alone; whether its columns, metrics and formulas exist is checked
against a file by `intake.checks`. docs/ingest.md explains every key.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date as Day  # the field `date` would hide the type
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from sextant.engines.evaluation.spec import Aggregation, Direction
from sextant.engines.values import Problem
from sextant.metrics.contracts import MetricDefinition
from sextant.metrics.documents import Document, DocumentRefused, keys_of, read_yaml, shape_problems

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class MappingRefused(DocumentRefused):
    """The mapping cannot be used; nothing was read or written. `problems` say where and why, `intake.messages` says
    them in words."""


def _written_as_text(value: object) -> object:
    """YAML reads 8 as a number and 2015 as a year; as a name or a cell they are text. `yes` stays refused: YAML has
    already lost how it was written."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_written_as_text), Field(min_length=1, max_length=300)]
Formula = Annotated[str, BeforeValidator(_written_as_text), Field(min_length=1, max_length=4000)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("unknown_zone") from error
    return name


Zone = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_known_zone)]
DimensionName = Annotated[str, Field(pattern=r"^\w{1,40}$")]
Dimensions = Annotated[dict[DimensionName, Formula], Field(max_length=8)]
"""What a number is about: a customer, a product; never a person of the company. Columns or formulas giving text."""


class ColumnKind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


class ColumnReading(Document):
    """How to read a column. `formats` (strptime) for dates, all that occur; `written_in` is the time zone of moments
    that do not name theirs; `values` replaces whole cells first."""

    type: ColumnKind = ColumnKind.TEXT
    formats: tuple[Text, ...] = ()
    written_in: Zone | None = None
    values: dict[Text, Annotated[str, BeforeValidator(_written_as_text)]] = {}

    @model_validator(mode="after")
    def _formats_only_for_dates(self) -> Self:
        if self.formats and self.type is not ColumnKind.DATE:
            raise ValueError("formats_without_date")
        if self.written_in is not None and self.type is not ColumnKind.DATE:
            raise ValueError("written_in_without_date")
        return self


class SubjectKey(Document):
    """Whose number it is: the text of one `column`, or a `template` over several ("{department}-{team}")."""

    column: Text | None = None
    template: Text | None = None

    @model_validator(mode="after")
    def _column_or_template(self) -> Self:
        if (self.column is None) == (self.template is None):
            raise ValueError("column_or_template")
        if self.template is not None and not _PLACEHOLDER.search(self.template):
            raise ValueError("template_without_column")
        return self

    def columns(self) -> tuple[str, ...]:
        """Columns the key is made of."""
        return (self.column,) if self.column else tuple(_PLACEHOLDER.findall(self.template or ""))

    def pieces(self) -> tuple[str, ...]:
        """What stands before, between and behind the columns.

        >>> SubjectKey(template="{department}-线 {team}").pieces(), SubjectKey(column="number").pieces()
        (('', '-线 ', ''), ('', ''))
        """
        return ("", "") if self.column else tuple(_PLACEHOLDER.split(self.template or "")[::2])

    def text(self, cells: tuple[str | None, ...]) -> str | None:
        """The key from the cells of `columns()`; None when one of them is blank.

        >>> SubjectKey(template="线 {team}").text(("8",))
        '线 8'
        """
        if any(cell is None for cell in cells):
            return None
        if self.column:
            return cells[0]
        remaining: Iterator[str | None] = iter(cells)
        return _PLACEHOLDER.sub(lambda _: str(next(remaining)), self.template or "")


class PersonKey(SubjectKey):
    """A person, found by employee number, e-mail or name; by `external_id` what people matched alone finds them."""

    by: Literal["number", "email", "name", "external_id"] = "number"


class UnitKey(SubjectKey):
    """A unit, found by code or name; by `external_id` what people matched alone finds it."""

    by: Literal["code", "name", "external_id"] = "code"


class MetricEntry(Document):
    """A metric that is created when the library does not know its code; one that exists is left as it is."""

    code: Annotated[str, Field(pattern=r"^[\w.-]{1,80}$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    description: str = ""
    unit_label: Annotated[str, Field(max_length=40)] = ""
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    direction: Direction = Direction.HIGHER
    aggregation: Aggregation = Aggregation.SUM
    grain: Literal["day", "week", "month"] = "day"
    source: Annotated[str, Field(max_length=200)] = ""
    owner: Text | None = None
    freshness_days: Annotated[int, Field(ge=1, le=400)] = 14
    baseline: Decimal | None = None

    def definition(self, *, source: str) -> MetricDefinition:
        """The same as a library definition; `source` fills an empty one."""
        fields = self.model_dump()
        fields |= {"source": self.source or source, "owner_number": fields.pop("owner")}
        return MetricDefinition(**fields)


class MeasurementRule(Document):
    """One measurement a row may give: of `metric`, on the day in column `date` (or the constant `day`).

    `value` is a formula over the columns; ratio metrics take `numerator` and `denominator` instead; `count` needs
    neither. Only rows for which `where` is true are taken. `record` names the columns of the source's own id.
    `dimensions` add to those of the file.
    """

    metric: Text
    date: Text | None = None
    day: Day | None = None
    value: Formula | None = None
    numerator: Formula | None = None
    denominator: Formula | None = None
    where: Formula | None = None
    record: tuple[Text, ...] | None = None
    dimensions: Dimensions = {}

    @model_validator(mode="before")
    @classmethod
    def _one_record_column(cls, fields: object) -> object:
        return _record_as_list(fields)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.date is None) == (self.day is None):
            raise ValueError("date_or_day")
        if (self.numerator is None) != (self.denominator is None):
            raise ValueError("numerator_and_denominator")
        if self.value is not None and self.numerator is not None:
            raise ValueError("value_or_ratio")
        return self


class IngestMapping(Document):
    """A whole mapping file. `zone` is where days are counted: a moment that names its own zone lies on the day it was
    there."""

    source: Annotated[str, Field(min_length=1, max_length=200)]
    sheet: Text | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    encoding: Text | None = None
    zone: Zone | None = None
    metrics: tuple[MetricEntry, ...] = ()
    person: PersonKey | None = None
    unit: UnitKey | None = None
    columns: dict[Text, ColumnReading] = {}
    record: tuple[Text, ...] | None = None
    dimensions: Dimensions = {}
    measurements: Annotated[tuple[MeasurementRule, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="before")
    @classmethod
    def _one_record_column(cls, fields: object) -> object:
        return _record_as_list(fields)

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if (self.person is None) == (self.unit is None):
            raise ValueError("person_or_unit")
        if len({entry.code for entry in self.metrics}) < len(self.metrics):
            raise ValueError("metric_twice")
        if self.zone is None and any(reading.written_in for reading in self.columns.values()):
            raise ValueError("written_in_without_zone")
        return self

    @property
    def subject(self) -> PersonKey | UnitKey:
        """The key of whichever subject the file speaks of."""
        found = self.person or self.unit
        assert found is not None
        return found

    def record_of(self, rule: MeasurementRule) -> tuple[str, ...]:
        """Columns of the record of `rule`; empty when the source has no id of its own."""
        return (self.record or ()) if rule.record is None else rule.record

    def dimensions_of(self, rule: MeasurementRule) -> dict[str, str]:
        """Column or formula of each dimension of `rule`, by name, in order."""
        return dict(sorted({**self.dimensions, **rule.dimensions}.items()))

    def digest(self) -> str:
        """SHA-256 of what decides the measurements. Names and descriptions do not: the same file must not count
        twice because a label was reworded. Neither does a key that came later and is not used."""
        deciding = _without_unused(self.model_dump(mode="json", exclude={"metrics", "source"}))
        return hashlib.sha256(json.dumps(deciding, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


_CAME_LATER = frozenset({"zone", "written_in", "dimensions"})


def _without_unused(document: object) -> object:
    if isinstance(document, list):
        return [_without_unused(one) for one in document]
    if not isinstance(document, dict):
        return document
    return {key: _without_unused(one) for key, one in document.items() if one or key not in _CAME_LATER}


def _record_as_list(fields: object) -> object:
    if isinstance(fields, dict) and isinstance(fields.get("record"), str):
        return {**fields, "record": [fields["record"]]}
    return fields


def load_mapping(path: Path) -> IngestMapping:
    """The mapping in a YAML file; MappingRefused says what is wrong and where (codes `mapping.*`)."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise MappingRefused(Problem("mapping.missing", {"path": str(path)})) from error
    except UnicodeDecodeError as error:
        raise MappingRefused(Problem("mapping.encoding", {"path": str(path)})) from error
    return parse_mapping(text)


def parse_mapping(text: str) -> IngestMapping:
    """The mapping in a YAML text; MappingRefused as `load_mapping`."""
    try:
        return build_mapping(read_yaml(text))
    except MappingRefused:
        raise
    except DocumentRefused as error:
        raise MappingRefused(*error.problems) from error


def build_mapping(document: object) -> IngestMapping:
    """The mapping in plain values, as a batch remembers it; MappingRefused as `load_mapping`."""
    try:
        return IngestMapping.model_validate(document)
    except ValidationError as error:
        raise MappingRefused(*shape_problems(error, keys=KEYS)) from error


KEYS = keys_of(IngestMapping, MeasurementRule, MetricEntry, PersonKey, ColumnReading)
"""Keys a mapping may have anywhere, to suggest from."""
