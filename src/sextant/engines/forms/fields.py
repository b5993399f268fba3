"""What a form is made of. A form is data: HR designs it, this engine interprets it."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class FieldKind(StrEnum):
    """What a field asks for. A section asks nothing: it heads the fields below it."""

    SECTION = "section"
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    YES_NO = "yes_no"
    DATE = "date"
    PERIOD = "period"
    CHOICE = "choice"
    CHOICES = "choices"
    RATING = "rating"
    MATRIX = "matrix"
    PERSON = "person"
    UNIT = "unit"
    GOAL = "goal"
    FILE = "file"
    TABLE = "table"
    FORMULA = "formula"


ASKED_OF_NOBODY = frozenset({FieldKind.SECTION, FieldKind.FORMULA})
"""Kinds that nobody fills in."""
CELL_KINDS = frozenset(
    {
        FieldKind.TEXT,
        FieldKind.NUMBER,
        FieldKind.MONEY,
        FieldKind.YES_NO,
        FieldKind.DATE,
        FieldKind.CHOICE,
        FieldKind.PERSON,
    }
)
"""Kinds a column of a table may have: each fits into one cell on a phone."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice, one row of a matrix, or one anchored step of a rating: `code` is stored, `label` shown.
    For a rating `code` is the number in digits and `label` says what that number looks like in behaviour."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Who may see and change the answer, as codes of relations ("self", "manager", "hr") and of steps of a flow.

    Empty `see` is everyone who may open the form; empty `edit` everyone who sees it; empty `steps` any step.
    """

    see: frozenset[str] = frozenset()
    edit: frozenset[str] = frozenset()
    steps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `name` is the key of its answer and never changes; `label` is what people read and what formulas
    call it, `[label]`.

    `least` and `most` bound a number, a rating's steps, or how many rows a table and how many files a file field may
    hold; `places` are decimals. `visible_if` and `required_if` are formulas with a yes/no result, empty for "always"
    and "as `is_required` says". `formula` is what a FORMULA field shows. `options` are those of a choice, the anchors
    of a rating, the columns of a matrix; `rows` those of a matrix; `columns` the fields of a table.
    """

    name: str
    kind: FieldKind
    label: str
    hint: str = ""
    is_required: bool = False
    required_if: str = ""
    visible_if: str = ""
    formula: str = ""
    unit_label: str = ""
    places: int = 2
    least: Decimal | None = None
    most: Decimal | None = None
    max_length: int = 0
    options: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    columns: tuple["Field", ...] = ()
    reach: Reach = field(default_factory=Reach)


@dataclass(frozen=True, slots=True)
class Form:
    """Fields in the order they are asked. Names and labels are unique in a form."""

    fields: tuple[Field, ...]

    def find(self, name: str) -> Field | None:
        """The field with this name, or None."""
        return next((one for one in self.fields if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who has the form open: their relations to the person it is about, and the step of the flow they are in ("" for
    none). A reader was not asked: they change nothing, whatever the fields allow."""

    relations: frozenset[str]
    step: str = ""
    is_reader: bool = False

    def may_see(self, one: Field) -> bool:
        """Whether `reach` lets them see the field.

        >>> note = Field("note", FieldKind.TEXT, "备注", reach=Reach(see=frozenset({"manager"})))
        >>> Viewer(frozenset({"self"})).may_see(note)
        False
        """
        return not one.reach.see or bool(one.reach.see & self.relations)

    def may_edit(self, one: Field) -> bool:
        """Whether they may change the answer: they see it, are among those who edit it, in a step where it is open."""
        if self.is_reader or one.kind in ASKED_OF_NOBODY or not self.may_see(one):
            return False
        by_relation = not one.reach.edit or bool(one.reach.edit & self.relations)
        return by_relation and (not one.reach.steps or self.step in one.reach.steps)
