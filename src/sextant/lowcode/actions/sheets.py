"""Writing answers: sheets that save themselves, and two people who write at once without overwriting each other."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from sextant.engines.forms import FieldKind, ReadForm, Taken, Viewer, hand_in, merge_answers, save_answers, values_of
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.foundation.audit.actions import record
from sextant.lowcode.access_sheets import access_sheet
from sextant.lowcode.contracts.sheets import SheetRefused, SheetRow, SheetSaved, SheetState
from sextant.lowcode.models import FormSheet, SheetChange
from sextant.lowcode.policy.answer_lists import over_answers
from sextant.lowcode.queries.sheets import get_form, ready_form, sheet_row, standing_version
from sextant.lowcode.registry_sheets import find_sheet_host


def begin_sheet(
    version_id: int, *, subject: tuple[str, int], part: str = "", about_id: int | None, now: datetime
) -> SheetRow:
    """The sheet of this part of the subject; made when it is not there yet, so that asking twice gives one sheet. For
    the app that gives the form out, in its own transaction: it decided who may."""
    sheet, _ = FormSheet.objects.get_or_create(
        subject_kind=subject[0],
        subject_id=subject[1],
        part=part,
        defaults={"version_id": version_id, "about_id": about_id, "created_at": now, "changed_at": now},
    )
    return sheet_row(sheet)


def reopen_sheet(sheet_id: int, *, now: datetime) -> None:
    """Open a sheet again that was handed in, with its answers: what was asked is asked once more. For the app that gave
    the form out; nothing happens where it is open."""
    FormSheet.objects.filter(id=sheet_id, state=SheetState.HANDED_IN.value).update(
        state=SheetState.OPEN.value, handed_in_at=None, changed_at=now
    )


def save_sheet(
    sheet_id: int,
    *,
    given: Mapping[str, object],
    revision: int,
    uploaded: Collection[int] = (),
    actor: Actor,
    now: datetime,
) -> SheetSaved:
    """Save the answers in `given`, by field name, into what was read at `revision`.

    What somebody else changed since stays, and is told as a clash where it is not the same; everything else is put
    together. What cannot be read keeps its former answer and is told as a problem. Nothing is written when nothing
    differs. `uploaded` are the kept files that came with this save. Raises AccessDenied, SheetRefused
    (sheet.handed_in, sheet.unknown_revision, sheet.foreign_file, answer.not_yours, answer.unknown_field).
    """
    with transaction.atomic():
        writing, viewer, read = _begin(sheet_id, actor=actor, now=now)
        was = _answers_at(writing, revision)
        _refuse_foreign_files(read, writing, given, uploaded)
        taken = save_answers(read, was, given, viewer=viewer)
        if taken.value is None:
            raise SheetRefused(*taken.problems)
        mine, theirs = taken.value.answers, dict(writing.answers)
        merged = merge_answers(was, mine=mine, theirs=theirs)
        again = save_answers(read, merged.answers, {}, viewer=viewer).value
        assert again is not None  # nothing was given
        if sheet_row(writing).stays_open:
            again = Taken(again.answers, over_answers(read, again.answers))
        row = _write(writing, again, actor=actor, now=now)
    others = {name for name in (*was, *theirs) if was.get(name) != theirs.get(name) and was.get(name) == mine.get(name)}
    return SheetSaved(row, taken.problems, merged.clashes, frozenset(others))


def hand_in_sheet(
    sheet_id: int,
    *,
    given: Mapping[str, object],
    revision: int,
    uploaded: Collection[int] = (),
    actor: Actor,
    now: datetime,
) -> SheetRow:
    """Save `given` and close the sheet: everything readable, what is required answered, no answer of somebody else
    overwritten.

    Raises AccessDenied, SheetRefused (as `save_sheet`; sheet.changed for each field that somebody changed meanwhile;
    `answer.*` for each answer that is missing or wrong; sheet.stays_open: custom fields are kept, not handed in).
    """
    with transaction.atomic():
        writing, viewer, read = _begin(sheet_id, actor=actor, now=now)
        if sheet_row(writing).stays_open:
            raise SheetRefused(Problem("sheet.stays_open"))
        was = _answers_at(writing, revision)
        _refuse_foreign_files(read, writing, given, uploaded)
        draft = save_answers(read, was, given, viewer=viewer)
        if draft.value is None:
            raise SheetRefused(*draft.problems)
        merged = merge_answers(was, mine=draft.value.answers, theirs=writing.answers)
        if merged.clashes:
            raise SheetRefused(*(_changed(read, clash.name) for clash in merged.clashes))
        unread = {name: given[name] for name in {str(problem.params["name"]) for problem in draft.problems}}
        taken = hand_in(read, merged.answers, unread, viewer=viewer)
        if taken.value is None:
            raise SheetRefused(*taken.problems)
        writing.state, writing.handed_in_at = SheetState.HANDED_IN.value, now
        row = _write(writing, taken.value, actor=actor, now=now)
        record(
            "hand_in_sheet",
            actor=actor,
            now=now,
            object_kind="sheet",
            object_id=sheet_id,
            changes={"revision": row.revision, "subject": list(row.subject)},
        )
        host = find_sheet_host(writing.subject_kind)
        if host is not None:
            host.handed_in(row, values=_values(read, taken.value), actor=actor, now=now)
    return row


def _values(read: ReadForm, taken: Taken) -> dict[str, object]:
    """The answers and results by the names formulas have for them."""
    computed = {one.label: taken.computed[one.name] for one in read.form.fields if one.name in taken.computed}
    return {**values_of(read.form, taken.answers), **computed}


def _begin(sheet_id: int, *, actor: Actor, now: datetime) -> tuple[FormSheet, Viewer, ReadForm]:
    sheet, viewer = access_sheet(actor, sheet_id=sheet_id, is_locked=True)
    writing = FormSheet.objects.get(id=sheet_id)
    if writing.state != SheetState.OPEN.value:
        raise SheetRefused(Problem("sheet.handed_in"))
    writing.version_id = standing_version(sheet, on=now)
    return writing, viewer, ready_form(get_form(writing.version_id))


def _refuse_foreign_files(
    read: ReadForm, sheet: FormSheet, given: Mapping[str, object], uploaded: Collection[int]
) -> None:
    """A sheet may name the files it holds and those that came with the save. Who could name any other would read
    whatever anybody ever attached."""
    known = set(uploaded) | _file_ids(read, sheet.answers)
    if not _file_ids(read, given) <= known:
        raise SheetRefused(Problem("sheet.foreign_file"))


def _file_ids(read: ReadForm, answers: Mapping[str, Any]) -> set[int]:
    held = [answers.get(one.name) for one in read.form.fields if one.kind is FieldKind.FILE]
    lists = [files for files in held if isinstance(files, list)]
    return {file["file"] for files in lists for file in files if isinstance(file, dict) and "file" in file}


def _answers_at(sheet: FormSheet, revision: int) -> dict[str, Any]:
    """The answers as they stood at `revision`: from now back through the saves in between."""
    if not 0 <= revision <= sheet.revision:
        raise SheetRefused(Problem("sheet.unknown_revision", {"revision": revision}))
    answers = dict(sheet.answers)
    later = SheetChange.objects.filter(sheet=sheet, revision__gt=revision).order_by("-revision")
    for change in later.values_list("changes", flat=True):
        for name, (old, _new) in change.items():
            if old is None:
                answers.pop(name, None)
            else:
                answers[name] = old
    return answers


def _write(sheet: FormSheet, taken: Taken, *, actor: Actor, now: datetime) -> SheetRow:
    """Keep the answers and what changed; an open sheet on which nothing changed is left alone."""
    names = dict.fromkeys((*sheet.answers, *taken.answers))
    changes = {
        name: [sheet.answers.get(name), taken.answers.get(name)]
        for name in names
        if sheet.answers.get(name) != taken.answers.get(name)
    }
    if not changes and sheet.state == SheetState.OPEN.value:
        return sheet_row(sheet)
    sheet.revision += 1
    sheet.answers, sheet.computed = dict(taken.answers), dict(taken.computed)
    sheet.changed_at, sheet.changed_by = now, actor.person_id
    sheet.save()
    SheetChange.objects.create(sheet=sheet, revision=sheet.revision, at=now, person_id=actor.person_id, changes=changes)
    return sheet_row(sheet)


def _changed(read: ReadForm, name: str) -> Problem:
    one = read.form.find(name)
    return Problem("sheet.changed", {"field": one.label if one else name, "name": name})
