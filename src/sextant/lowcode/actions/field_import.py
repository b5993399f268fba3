"""Custom fields from a file: a row a subject, keyed by its number or code; a column a field, named by its label.

Each row is a save of its own, with all that a save asks: who may write what, what can be read, what stays. A row with
anything wrong in it is not taken at all; the others are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from sextant.engines.forms import Code, Field, FieldKind, read_value
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.tabular import Table, read_date, read_table
from sextant.foundation.tabular.marks import unmarked
from sextant.lowcode.actions.custom_fields import open_fields
from sextant.lowcode.actions.sheets import save_sheet
from sextant.lowcode.contracts.custom_fields import FieldSet
from sextant.lowcode.contracts.sheets import SheetRefused
from sextant.lowcode.models import FormSheet
from sextant.lowcode.policy.answer_lists import LISTED_KINDS
from sextant.lowcode.queries.custom_fields import find_field_set
from sextant.lowcode.registry_hosts import FieldHost, find_field_host
from sextant.lowcode.registry_pickers import find_picker

KEYS = ("工号", "编码", "编号", "目标编号")
"""Headers of the column that says whose row it is. Part of the format, not translated."""
IN_FILES = LISTED_KINDS - {FieldKind.FORMULA} | {FieldKind.LONG_TEXT}
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken: as a spreadsheet counts, which column, what stood there, and why."""

    row: int
    column: str
    value: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class FieldImport:
    """What a file did, or would do: rows `changed`, rows that said nothing new, and those refused. `unknown` are
    columns that are no field of the set."""

    changed: int
    same: int
    refused: tuple[RefusedRow, ...]
    unknown: tuple[str, ...]


def import_fields(
    path: Path, found: FieldSet, *, actor: Actor, now: datetime, on: date, dry_run: bool = False
) -> FieldImport:
    """Write what the file says; an empty cell changes nothing.

    Raises AccessDenied, TableUnreadable, SheetRefused (fields.no_key_column, fields.many_rows).
    """
    require(actor, Permission.PERSON_IMPORT)
    host = find_field_host(found.host)
    if host is None:
        raise AccessDenied(Permission.PERSON_IMPORT)
    table = read_table(path)
    importing = _Importing(found, host, _key_column(table), _columns(found, table), actor, now, on)
    changed = same = 0
    refused: list[RefusedRow] = []
    with transaction.atomic():
        for number, cells, subject_id in importing.rows(table):
            outcome = importing.take(number, cells, subject_id)
            refused += outcome if isinstance(outcome, list) else []
            changed, same = changed + (outcome is True), same + (outcome is False)
        record(
            "import_fields",
            actor=actor,
            now=now,
            object_kind="definition",
            object_id=found.definition_id,
            changes={"changed": changed, "refused": len(refused)},
        )
        transaction.set_rollback(dry_run)
    known = {importing.key, *importing.columns}
    return FieldImport(changed, same, tuple(refused), tuple(one for one in table.columns if one not in known))


@dataclass(frozen=True)
class _Importing:
    set: FieldSet
    host: FieldHost
    key: str
    columns: Mapping[str, Field]
    actor: Actor
    now: datetime
    on: date

    def rows(self, table: Table) -> Iterator[tuple[int, Mapping[str, object], int | None]]:
        """Row number, cells and subject. One question for all keys."""
        read = []
        for row in table.rows():
            read.append((row.row, row.cells))
            if len(read) > MOST_ROWS:
                raise SheetRefused(Problem("fields.many_rows", {"most": MOST_ROWS}))
        found = self.host.find({_text(cells.get(self.key)) for _, cells in read} - {""})
        for number, cells in read:
            yield number, cells, found.get(_text(cells.get(self.key)))

    def take(self, number: int, cells: Mapping[str, object], subject_id: int | None) -> bool | list[RefusedRow]:
        """Whether the row changed anything; else why it was refused."""
        if subject_id is None:
            key = _text(cells.get(self.key))
            return [RefusedRow(number, self.key, key, Problem("fields.unknown_subject", {"value": key}))]
        given, wrong = self._given(number, cells)
        if wrong or not given:
            return wrong or False
        with transaction.atomic():
            try:
                sheet_id = open_fields(self.set.code, subject_id=subject_id, actor=self.actor, now=self.now, on=self.on)
                before = FormSheet.objects.values_list("revision", flat=True).get(id=sheet_id)
                saved = save_sheet(sheet_id, given=given, revision=before, actor=self.actor, now=self.now)
            except (SheetRefused, AccessDenied) as error:
                problems = (
                    error.problems
                    if isinstance(error, SheetRefused)
                    else (Problem("fields.unknown_subject", {"value": _text(cells.get(self.key))}),)
                )
                transaction.set_rollback(True)
                return [self._refused(number, cells, problem) for problem in problems]
        return saved.sheet.revision != before

    def _given(self, number: int, cells: Mapping[str, object]) -> tuple[dict[str, object], list[RefusedRow]]:
        given: dict[str, object] = {}
        wrong: list[RefusedRow] = []
        for label, one in self.columns.items():
            text = _text(cells.get(label))
            if not text:
                continue
            value = read_cell(one, cells[label], actor=self.actor, on=self.on)
            problems = read_value(one, value).problems
            wrong += [RefusedRow(number, label, text, problem) for problem in problems]
            given[one.name] = value
        return given, wrong

    def _refused(self, number: int, cells: Mapping[str, object], problem: Problem) -> RefusedRow:
        label = str(problem.params.get("field", self.key))
        return RefusedRow(number, label, _text(cells.get(label)), problem)


def read_cell(one: Field, cell: object, *, actor: Actor, on: date) -> Any:
    """A cell, or a text of a rule, as the form takes it: labels become codes, dates ISO, names ids."""
    text = _text(cell)
    codes = {option.label: option.code for option in one.options}
    if one.kind is FieldKind.CHOICES:
        return [codes.get(part, part) for part in _parts(text)]
    if one.options:
        return codes.get(text, text)
    if one.kind is FieldKind.YES_NO:
        return {"是": "yes", "否": "no"}.get(text, text.lower())
    if one.kind is FieldKind.DATE:
        day = read_date(cell).value
        return day.isoformat() if day else text
    picker = find_picker(one.kind)
    return text if picker is None else picker.find(text, actor=actor, on=on) or text


def set_field(
    subject: tuple[str, int], *, code: str, label: str, text: str, actor: Actor, now: datetime, on: date
) -> None:
    """Write one field of one subject (host and id), as rules do: by the code of the set and the label. "" empties it.

    Raises AccessDenied, SheetRefused (answer.unknown_field, and whatever is wrong with the text).
    """
    found = find_field_set(code, on=now)
    if found is None or found.host != subject[0]:
        raise AccessDenied(Permission.FIELD_FILL)
    one = next((each for each in found.read.form.fields if each.label == label), None)
    if one is None or one.kind not in IN_FILES:
        raise SheetRefused(Problem(Code.UNKNOWN_FIELD, {"field": label, "name": label}))
    given = {one.name: read_cell(one, text, actor=actor, on=on)}
    if problems := read_value(one, given[one.name]).problems:
        raise SheetRefused(*problems)
    with transaction.atomic():
        sheet_id = open_fields(code, subject_id=subject[1], actor=actor, now=now, on=on)
        revision = FormSheet.objects.values_list("revision", flat=True).get(id=sheet_id)
        save_sheet(sheet_id, given=given, revision=revision, actor=actor, now=now)


def _key_column(table: Table) -> str:
    found = next((one for one in KEYS if one in table.columns), None)
    if found is None:
        raise SheetRefused(Problem("fields.no_key_column", {"keys": "、".join(KEYS)}))
    return found


def _columns(found: FieldSet, table: Table) -> dict[str, Field]:
    by_label = {one.label: one for one in found.read.form.fields if one.kind in IN_FILES}
    return {label: by_label[label] for label in table.columns if label in by_label}


def _parts(text: str) -> list[str]:
    for sign in ("；", ";", "，", ","):
        text = text.replace(sign, "、")
    return [part.strip() for part in text.split("、") if part.strip()]


def _text(cell: object) -> str:
    """A cell as text. A number that a spreadsheet made of a code loses its ".0"."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return unmarked(str(cell).strip())
