"""A table of people, read row by row through a mapping: what each row says, or why it was refused. No database here."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sextant.engines.values import Problem
from sextant.foundation.tabular import Table, TableRow, read_date
from sextant.people.contracts import Code
from sextant.people.mapping.document import VALUE, DateSource, FlagSource, ManagerSource, PeopleMapping, UnitLevel
from sextant.people.mapping.document import TextSource as _Text

LONGEST = {"number": 60, "name": 150, "email": 254, "title": 200, "grade": 40, "unit": 200}
_FLAGS = {
    **dict.fromkeys(("是", "y", "yes", "true", "1", "√", "✓", "对"), True),
    **dict.fromkeys(("否", "n", "no", "false", "0", "×", "x", "不是"), False),
}
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


@dataclass(frozen=True, slots=True)
class UnitStep:
    """A unit on the way from the root. `code` is None when only the path of names identifies it; `headed` says that
    the row's manager heads it."""

    name: str
    code: str | None = None
    headed: bool = False


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """What a row says of a person. None means "not mapped: leave it" for email, title, grade, is_head and unit; for
    days and manager it means blank. `manager_name` is what a manager yet unknown would be called."""

    row: int
    number: str
    name: str
    email: str | None = None
    title: str | None = None
    grade: str | None = None
    hired_on: date | None = None
    left_on: date | None = None
    unit: tuple[UnitStep, ...] | None = None
    is_head: bool | None = None
    manager: str | None = None
    manager_name: str | None = None
    dotted: tuple[str, ...] = ()
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row, or one cell of it, that was not taken."""

    row: int
    column: str
    value: str
    problem: Problem


@dataclass(slots=True)
class Roster:
    """All rows of a file: those understood, and those refused."""

    entries: list[RosterEntry] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def read_roster(table: Table, mapping: PeopleMapping) -> Roster:
    """Every row through the mapping. A row with a fault is refused as a whole, all its faults listed; of two rows with
    one number the second is refused. Raises TableUnreadable when the file breaks off."""
    roster = Roster()
    first_rows: dict[str, int] = {}
    for row in table.rows():
        reader = _RowReader(row, mapping)
        entry = reader.entry()
        if entry.number in first_rows:
            reader.refuse("number", entry.number, Code.TWICE, row=first_rows[entry.number])
        elif entry.number:
            first_rows[entry.number] = row.row
        if reader.refused:
            roster.refused += reader.refused
        else:
            roster.entries.append(entry)
    return roster


def column_of(mapping: PeopleMapping, name: str) -> str:
    """The column a field is read from, for messages; the field's own name when it comes from a constant."""
    source = getattr(mapping, name, None)
    source = source[-1] if isinstance(source, list) else source
    return getattr(source, "column", None) or name


class _RowReader:
    """One row on its way to an entry; collects the faults met."""

    def __init__(self, row: TableRow, mapping: PeopleMapping) -> None:
        self._row, self._mapping = row, mapping
        self.refused = [Refusal(row.row, "", _shown(problem.params.get("value")), problem) for problem in row.problems]

    def refuse(self, name: str, value: object, code: Code, **params: object) -> None:
        """Note a fault of the field `name`."""
        self._refuse_column(column_of(self._mapping, name), value, Problem(code, {"value": _shown(value), **params}))

    def _refuse_column(self, column: str, value: object, problem: Problem) -> None:
        self.refused.append(Refusal(self._row.row, column, _shown(value), problem))

    def entry(self) -> RosterEntry:
        """What the row says; only meaningful when nothing was refused."""
        mapping = self._mapping
        left_on = self._date("left_on", mapping.left_on)
        entry = RosterEntry(
            row=self._row.row,
            number=self._number(),
            name=self._required("name", self._text("name", mapping.name) or ""),
            email=self._email(),
            title=self._text("title", mapping.title),
            grade=self._text("grade", mapping.grade),
            hired_on=self._date("hired_on", mapping.hired_on),
            left_on=left_on,
            unit=self._unit(mapping.unit, required=left_on is None),
            is_head=self._flag("is_head", mapping.is_head),
            manager=next(iter(self._managers(mapping.manager)), None),
            manager_name=self._cell(mapping.manager.name_column) if mapping.manager else None,
            dotted=self._managers(mapping.dotted),
            effective_on=self._date("effective_on", mapping.effective_on),
        )
        if entry.hired_on and entry.left_on and entry.left_on <= entry.hired_on:
            self.refuse("left_on", entry.left_on, Code.LEFT_BEFORE_HIRED, hired=entry.hired_on, left=entry.left_on)
        return entry

    def _cell(self, column: str | None) -> str | None:
        """The cell as text, None when blank or not asked for."""
        cell = self._row.cells.get(column) if column is not None else None
        return None if cell is None else _shown(cell)

    def _given(self, source: _Text | DateSource | FlagSource | UnitLevel | ManagerSource) -> str | None:
        cell = source.constant if source.column is None else self._cell(source.column)
        return source.default if cell is None else cell

    def _text(self, name: str, source: _Text | None) -> str | None:
        """The text of a field; "" when blank, None when not mapped."""
        if source is None:
            return None
        given = self._given(source) or ""
        return self._fitting(name, source.values.get(given, given))

    def _fitting(self, name: str, text: str) -> str:
        if len(text) > LONGEST[name]:
            self.refuse(name, text, Code.TOO_LONG, longest=LONGEST[name])
        return text

    def _required(self, name: str, text: str) -> str:
        if not text:
            self.refuse(name, "", Code.BLANK, field=column_of(self._mapping, name))
        return text

    def _number(self) -> str:
        source = self._mapping.number
        return self._required("number", _key(self._text("number", source) or "", source.pad))

    def _email(self) -> str | None:
        email = self._text("email", self._mapping.email)
        if email and _EMAIL.fullmatch(email) is None:
            self.refuse("email", email, Code.BAD_EMAIL)
        return email

    def _date(self, name: str, source: DateSource | None) -> date | None:
        if source is None:
            return None
        cell = self._row.cells.get(source.column) if source.column is not None else source.constant
        outcome = read_date(source.default if cell is None else cell, source.formats)
        for problem in outcome.problems:
            self._refuse_column(column_of(self._mapping, name), cell, problem)
        if outcome.value is not None and source.is_last_day:
            return outcome.value + timedelta(days=1)
        return outcome.value

    def _flag(self, name: str, source: FlagSource | None) -> bool | None:
        if source is None:
            return None
        given = self._given(source) or ""
        plain = unicodedata.normalize("NFKC", given).casefold()
        declared = {key.casefold(): flag for key, flag in source.values.items()}
        known: Mapping[str, bool] = {"": False, **_FLAGS, **declared}
        if plain not in known:
            self.refuse(name, given, Code.BAD_FLAG)
        return known.get(plain, False)

    def _managers(self, source: ManagerSource | None) -> tuple[str, ...]:
        """Keys of the managers a cell names, each once, in order."""
        given = self._given(source) if source else None
        if source is None or given is None:
            return ()
        parts = given.split(source.separator) if source.separator else [given]
        keys = (_key(part, source.pad) if source.by == "number" else part.strip() for part in parts)
        return tuple(dict.fromkeys(key for key in keys if key))

    def _unit(self, levels: list[UnitLevel] | None, *, required: bool) -> tuple[UnitStep, ...] | None:
        """The path of units; None when not mapped, or blank in the row of somebody who leaves."""
        if levels is None:
            return None
        steps = [step for level in levels for step in self._steps(level, required=required)]
        return tuple(steps) or None

    def _steps(self, level: UnitLevel, *, required: bool) -> Iterator[UnitStep]:
        column = level.column or "unit"
        given = self._given(level) or ""
        parts = given.split(level.separator) if level.separator else [given]
        values = [part.strip() for part in parts if part.strip()]
        if not values and required and not level.optional:
            self._refuse_column(column, "", Problem(Code.BLANK, {"field": column}))
        for place, value in enumerate(values, start=1):
            name, is_last = level.name.replace(VALUE, value), place == len(values)
            if len(name) > LONGEST["unit"]:
                self._refuse_column(column, name, Problem(Code.TOO_LONG, {"value": name, "longest": LONGEST["unit"]}))
            code = self._cell(level.code_column) or (level.code or "").replace(VALUE, value) or None
            yield UnitStep(name, code if is_last else None, headed=is_last and level.head == "manager")


def _key(text: str, pad: int) -> str:
    """A number as a key: full-width digits made plain, leading zeros put back."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain.zfill(pad) if plain.isdigit() else plain


def _shown(cell: object) -> str:
    """A cell as the file shows it."""
    return "" if cell is None else str(cell)
