"""Taking in a roster: one file, one transaction; good rows are taken, bad ones are listed."""

from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.foundation.tabular import read_table
from sextant.people.actions.bulk import update_rows
from sextant.people.actions.histories import decide_histories
from sextant.people.actions.subjects import Subject, Subjects, path_of
from sextant.people.actions.units import save_units
from sextant.people.contracts import Code, ImportReport, LineKind, RowRejection
from sextant.people.mapping import PeopleMapping, Refusal, Roster, RosterEntry, check_columns, column_of, read_roster
from sextant.people.messages import say
from sextant.people.models import Person, ReportingLine
from sextant.people.policy import UnitPath, refuse_cycles

_LOCK = "people:import"


def import_people(
    path: Path,
    *,
    mapping: PeopleMapping,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
    effective_on: date | None = None,
) -> ImportReport:
    """Bring persons, posts, units and lines in line with a file, from `effective_on` (else today) on.

    Persons are recognised by number; whom the file does not mention stays as they are. The same file again changes
    nothing. A change keeps the past: the old post or line ends on the effective day, the new one begins; a second
    change on the same day corrects the first. `dry_run` does everything, reports, and undoes it.

    Needs `all:person:import`. Raises MappingInvalid before any row is read, TableUnreadable for an unusable file; both
    leave everything as it was. Rows with faults are in `rejected`, with the sentence of the remedy.
    """
    require(actor, Permission.PERSON_IMPORT)
    table = read_table(path, **mapping.file.model_dump())
    check_columns(mapping, table.columns)
    roster = read_roster(table, mapping)
    on = effective_on or company_day(now, settings.SEXTANT_ZONE)
    with transaction.atomic():
        _wait_for_other_imports()
        report = _take_in(roster, mapping, on=on)
        if dry_run:
            transaction.set_rollback(True)
        else:
            _record(report, path, actor=actor, now=now, on=on)
    return report


def _wait_for_other_imports() -> None:
    """Imports follow each other: two at once would both create the same unit or person."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [_LOCK])


def _record(report: ImportReport, path: Path, *, actor: Actor, now: datetime, on: date) -> None:
    changes = {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": len(report.rejected),
        "effective_on": on.isoformat(),
    }
    record("import_people", actor=actor, now=now, object_kind="people", object_id=path.name[:80], changes=changes)


def _take_in(roster: Roster, mapping: PeopleMapping, *, on: date) -> ImportReport:
    entries, unit_ids, misplaced = _place(roster.entries, mapping)
    subjects = Subjects(entries, mapping, on=on)
    _save_persons(subjects)
    circles = _refuse_circles(subjects)
    decide_histories(subjects, unit_ids)
    refused = [*roster.refused, *misplaced, *subjects.refused, *circles]
    people = subjects.by_number.values()
    created = sum(subject.is_new for subject in people)
    updated = sum(subject.is_changed and not subject.is_new for subject in people)
    return ImportReport(
        created=created,
        updated=updated,
        unchanged=len(people) - created - updated,
        rejected=tuple(_rejection(refusal) for refusal in sorted(refused, key=lambda refusal: refusal.row)),
    )


def _rejection(refusal: Refusal) -> RowRejection:
    return RowRejection(refusal.row, refusal.column, refusal.value, say(refusal.problem))


def _place(
    entries: list[RosterEntry], mapping: PeopleMapping
) -> tuple[list[RosterEntry], dict[UnitPath, int], list[Refusal]]:
    """Units of all entries, saved; entries whose unit cannot be are refused. Returns unit ids by path, also for the
    parts of a path."""
    paths = [path for entry in entries if (path := path_of(entry.unit))]
    plan, ids = save_units(paths)
    refused = [
        Refusal(
            entry.row,
            column_of(mapping, "unit"),
            conflict.code,
            Problem(Code.UNIT_CONFLICT, {"code": conflict.code, "one": conflict.one, "other": conflict.other}),
        )
        for entry in entries
        if (conflict := plan.conflicts.get(path_of(entry.unit)))
    ]
    rows = {refusal.row for refusal in refused}
    unit_ids = {path: ids[code] for path, code in plan.code_of.items()}
    return [entry for entry in entries if entry.row not in rows], unit_ids, refused


def _save_persons(subjects: Subjects) -> None:
    """New persons in one statement, changed ones in another."""
    everyone = subjects.by_number.values()
    Person.objects.bulk_create([subject.person for subject in everyone if subject.is_new])
    rows = [
        (person.pk, person.name, person.name_sort, person.email, person.hired_on, person.left_on)
        for person in (subject.person for subject in everyone if subject.is_changed and not subject.is_new)
    ]
    kinds = {"name": "text", "name_sort": "text", "email": "text", "hired_on": "date", "left_on": "date"}
    update_rows("people_person", columns=kinds, rows=rows)


def _refuse_circles(subjects: Subjects) -> list[Refusal]:
    """Solid lines that would make somebody report to themselves, however far up, are refused for all of the circle."""
    if subjects.mapping.manager is None:
        return []
    speaking = {
        subject.person.pk: subject
        for subject in subjects.by_number.values()
        if subject.entry is not None and not subject.manager_refused
    }
    still = Q(valid_until=None) | Q(valid_until__gt=subjects.on)
    lines = ReportingLine.objects.filter(still, kind=LineKind.SOLID).order_by("valid_from")
    before: dict[int, int | None] = dict(lines.values_list("person_id", "manager_id"))
    wanted = {id_: subjects.id_of(subject.manager) if subject.manager else None for id_, subject in speaking.items()}
    circles = refuse_cycles(before, wanted)
    names = dict(Person.objects.filter(id__in=set().union(*circles)).values_list("id", "name")) if circles else {}
    refused: list[Refusal] = []
    for circle in circles:
        chain = " → ".join(names[id_] for id_ in [*circle, circle[0]])
        for id_ in circle:
            if id_ in speaking and wanted[id_] != before.get(id_):
                speaking[id_].manager_refused = True
                refused.append(_circle_refusal(speaking[id_], subjects.mapping, chain))
    return refused


def _circle_refusal(subject: Subject, mapping: PeopleMapping, chain: str) -> Refusal:
    entry = subject.entry
    assert entry is not None, "only rows speak of managers"
    problem = Problem(Code.MANAGER_CYCLE, {"chain": chain})
    return Refusal(entry.row, column_of(mapping, "manager"), entry.manager or "", problem)
