"""表单: a form as a document, and as the engine's form."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sextant.engines import forms
from sextant.engines.forms import FieldKind, Option, Reach
from sextant.foundation.documents import Document

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Label = Annotated[str, Field(max_length=60)]
Relation = Literal["self", "manager", "upper", "hr", "asked", "peer"]
Condition = Annotated[str, Field(max_length=4000)]
MOST_FIELDS = 200


class OptionDocument(Document):
    """One answer of a choice, a step of a rating, a row or a column of a matrix."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,39}$")]
    label: Annotated[str, Field(max_length=200)]

    def option(self) -> Option:
        """As the engine has it."""
        return Option(self.code, self.label)


class ColumnDocument(Document):
    """A column of a table."""

    name: Name
    label: Label
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    unit: Annotated[str, Field(max_length=20)] = ""
    places: Annotated[int, Field(ge=0, le=6)] = 2
    least: Decimal | None = None
    most: Decimal | None = None
    options: Annotated[tuple[OptionDocument, ...], Field(max_length=200)] = ()

    def field(self) -> forms.Field:
        """As the engine has it."""
        return forms.Field(
            name=self.name,
            kind=self.kind,
            label=self.label,
            is_required=self.required,
            unit_label=self.unit,
            places=self.places,
            least=self.least,
            most=self.most,
            options=tuple(one.option() for one in self.options),
        )


class FieldDocument(ColumnDocument):
    """A field. What does not belong to its kind is left at its default and does nothing. `listed`: lists of answers
    filter and sort by it, so it gets an index."""

    hint: Annotated[str, Field(max_length=500)] = ""
    width: Literal["full", "half"] = "full"
    listed: bool = False
    required_if: Condition = ""
    visible_if: Condition = ""
    formula: Condition = ""
    max_length: Annotated[int, Field(ge=0, le=20_000)] = 0
    rows: Annotated[tuple[OptionDocument, ...], Field(max_length=50)] = ()
    columns: Annotated[tuple[ColumnDocument, ...], Field(max_length=20)] = ()
    see: tuple[Relation, ...] = ()
    edit: tuple[Relation, ...] = ()
    steps: Annotated[tuple[Name, ...], Field(max_length=50)] = ()

    def field(self) -> forms.Field:
        """As the engine has it."""
        return forms.Field(
            name=self.name,
            kind=self.kind,
            label=self.label,
            hint=self.hint,
            is_required=self.required,
            required_if=self.required_if,
            visible_if=self.visible_if,
            formula=self.formula,
            unit_label=self.unit,
            places=self.places,
            least=self.least,
            most=self.most,
            max_length=self.max_length,
            options=tuple(one.option() for one in self.options),
            rows=tuple(one.option() for one in self.rows),
            columns=tuple(one.field() for one in self.columns),
            reach=Reach(frozenset(self.see), frozenset(self.edit), frozenset(self.steps)),
        )


class FormDocument(Document):
    """The whole. `note` stands above the first field: why this is asked and what becomes of it."""

    fields: Annotated[tuple[FieldDocument, ...], Field(max_length=MOST_FIELDS)] = ()
    note: Annotated[str, Field(max_length=1000)] = ""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if sum(len(one.options) + len(one.rows) + len(one.columns) for one in self.fields) > 2_000:
            raise ValueError("form.too_many_parts")
        return self

    def form(self) -> forms.Form:
        """As the engine has it."""
        return forms.Form(tuple(one.field() for one in self.fields))

    def listed_names(self) -> frozenset[str]:
        """Names of the fields that lists filter and sort by."""
        return frozenset(one.name for one in self.fields if one.listed)
