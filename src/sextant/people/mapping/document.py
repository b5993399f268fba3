"""The shape of a mapping file. Each field says from which column, or which constant, its value comes."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

VALUE = "{value}"
"""In `name` and `code` of a unit level: the place of the cell's text."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class _Source(_Part):
    """A value from a column or a constant; `default` stands in for a blank cell."""

    column: str | None = None
    constant: str | None = None
    default: str | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> "_Source":
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either a column or a constant")
        return self


class TextSource(_Source):
    """Text. `values` replaces whole cells ({"M1": "主管"}); others stay as they are."""

    values: dict[str, str] = {}


class KeySource(TextSource):
    """A number of a person. `pad` puts back leading zeros that a spreadsheet took away (7 → 0007 with pad 4)."""

    pad: int = Field(0, ge=0, le=60)


class DateSource(_Source):
    """A day. `formats` are strptime formats; without them only unambiguous days are read. `is_last_day` says that the
    cell holds the last day that counts, as rosters often give 离职日期; stored is the day after."""

    formats: list[str] = []
    is_last_day: bool = False


class FlagSource(_Source):
    """Yes or no. `values` says what other cells mean ({"M": true})."""

    values: dict[str, bool] = {}


class ManagerSource(_Source):
    """A manager, named by number or by name; `separator` splits a cell that names several (dotted lines only).

    With `create`, a manager nobody knows becomes a person: their number is the key, their name the cell of
    `name_column`, else the key.
    """

    by: Literal["number", "name"] = "number"
    pad: int = Field(0, ge=0, le=60)
    separator: str | None = None
    create: bool = False
    name_column: str | None = None


class UnitLevel(_Source):
    """One level of the path of units, or several when `separator` splits the cell.

    `code` (a text around {value}) or `code_column` keeps the identity of the last unit of this level when its name
    changes; without them a unit is known by its path of names. `head: manager` makes the row's manager head of the
    unit. A blank level is refused unless `optional`.
    """

    separator: str | None = None
    name: str = VALUE
    code: str | None = None
    code_column: str | None = None
    head: Literal["manager"] | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _names_its_value(self) -> "UnitLevel":
        if self.code is not None and self.code_column is not None:
            raise ValueError("give either code or code_column")
        if self.column is not None and (VALUE not in self.name or (self.code is not None and VALUE not in self.code)):
            raise ValueError("name and code of a level taken from a column must contain {value}")
        return self


def _as_source(given: Any) -> Any:
    """`name: 姓名` is short for `name: {column: 姓名}`."""
    return {"column": given} if isinstance(given, str) else given


def _as_levels(given: Any) -> Any:
    return [_as_source(level) for level in (given if isinstance(given, list) else [given])]


class FileOptions(_Part):
    """How to open the file, where it cannot be found out."""

    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None


class PeopleMapping(_Part):
    """A whole mapping file. A field that is not mapped is left as it is in the system; one that is mapped and blank
    is emptied."""

    version: Literal[1] = 1
    file: FileOptions = FileOptions()
    number: Annotated[KeySource, BeforeValidator(_as_source)]
    name: Annotated[TextSource, BeforeValidator(_as_source)]
    email: Annotated[TextSource | None, BeforeValidator(_as_source)] = None
    title: Annotated[TextSource | None, BeforeValidator(_as_source)] = None
    grade: Annotated[TextSource | None, BeforeValidator(_as_source)] = None
    hired_on: Annotated[DateSource | None, BeforeValidator(_as_source)] = None
    left_on: Annotated[DateSource | None, BeforeValidator(_as_source)] = None
    unit: Annotated[list[UnitLevel], BeforeValidator(_as_levels), Field(min_length=1)] | None = None
    is_head: Annotated[FlagSource | None, BeforeValidator(_as_source)] = None
    manager: Annotated[ManagerSource | None, BeforeValidator(_as_source)] = None
    manager_title: str = ""
    dotted: Annotated[ManagerSource | None, BeforeValidator(_as_source)] = None
    effective_on: Annotated[DateSource | None, BeforeValidator(_as_source)] = None

    @model_validator(mode="after")
    def _heads_have_a_manager(self) -> "PeopleMapping":
        if self.manager is None and any(level.head for level in self.unit or []):
            raise ValueError("a unit level with head: manager needs the field manager")
        return self

    def columns_used(self) -> list[tuple[str, str]]:
        """(field, column) for every column the mapping asks for, in the order of the file."""
        used: list[tuple[str, str]] = []
        for field in type(self).model_fields:
            given = getattr(self, field)
            for source in given if isinstance(given, list) else [given]:
                names = [getattr(source, key, None) for key in ("column", "code_column", "name_column")]
                used += [(field, name) for name in names if name is not None]
        return used
