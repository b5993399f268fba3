"""Taking definitions from files: each file a draft, published when asked to. Taking the same files again writes
nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.db import transaction

from sextant.engines.definitions import Change, diff_documents
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.documents import DocumentRefused
from sextant.lowcode.actions.definitions import create_definition, publish_definition, save_draft
from sextant.lowcode.contracts.definitions import DefinitionRefused, Saved, VersionState
from sextant.lowcode.definition_files import DefinitionFile, read_file
from sextant.lowcode.queries.definitions import find_definition, list_versions


class FileOutcome(StrEnum):
    """What became of a file."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file. `kind`, `code` "" where it could not be read. `problems` of a draft that was taken stand in the way of
    its publication alone."""

    path: str
    outcome: FileOutcome
    kind: str = ""
    code: str = ""
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_published: bool = False


def import_definitions(
    paths: Sequence[Path], *, reason: str = "", actor: Actor, now: datetime, is_dry_run: bool = False
) -> tuple[FileLine, ...]:
    """Take definitions from YAML files, in the order given; with a `reason` they are published besides, those that are
    named before those that name them. A refused file leaves the others as they are; a dry run does everything and
    keeps nothing.

    Raises AccessDenied.
    """
    require(actor, Permission.DEFINITION_EDIT)
    if reason:
        require(actor, Permission.DEFINITION_PUBLISH)
    with transaction.atomic():
        lines: list[FileLine] = []
        drafts: dict[str, Saved] = {}
        for path in paths:
            line, saved = _take(path, {(one.kind, one.code) for one in lines}, actor=actor, now=now)
            lines.append(line)
            if saved is not None:
                drafts[line.path] = saved
        if reason:
            lines = _publish_all(lines, drafts, reason=reason, actor=actor, now=now)
        transaction.set_rollback(is_dry_run)
    return tuple(lines)


def _take(path: Path, taken: set[tuple[str, str]], *, actor: Actor, now: datetime) -> tuple[FileLine, Saved | None]:
    """One file as a draft; None with it where nothing was written."""
    try:
        found = read_file(path)
    except DocumentRefused as error:
        return FileLine(path.name, FileOutcome.REFUSED, problems=tuple(map(_ours, error.problems))), None
    line = FileLine(path.name, FileOutcome.REFUSED, found.kind, found.code)
    if (found.kind, found.code) in taken:
        twice = Problem("definition.twice", {"kind": found.kind, "code": found.code})
        return replace(line, problems=(twice,)), None
    try:
        with transaction.atomic():
            return _write(line, found, actor=actor, now=now)
    except DefinitionRefused as error:
        return replace(line, problems=error.problems), None


def _write(line: FileLine, found: DefinitionFile, *, actor: Actor, now: datetime) -> tuple[FileLine, Saved | None]:
    definition_id = find_definition(found.kind, found.code)
    if definition_id is None:
        saved = create_definition(
            found.kind, code=found.code, name=found.name, document=found.document, actor=actor, now=now
        )
        changes = diff_documents(None, found.document)
        return replace(line, outcome=FileOutcome.CREATED, changes=changes, problems=saved.problems), saved
    newest = list_versions(definition_id, limit=1)[0]
    changes = diff_documents(newest.document, found.document)
    is_open = newest.state in (VersionState.DRAFT, VersionState.REVIEW)
    if not changes and newest.name == found.name:
        same = Saved(definition_id, newest.id, newest.revision) if is_open else None
        return replace(line, outcome=FileOutcome.SAME), same
    if is_open:  # somebody is writing in it: their text is not thrown away for a file
        raise DefinitionRefused(Problem("definition.draft_open", {"number": newest.number}))
    saved = save_draft(definition_id, document=found.document, revision=0, name=found.name, actor=actor, now=now)
    return replace(line, outcome=FileOutcome.CHANGED, changes=changes, problems=saved.problems), saved


def _publish_all(
    lines: Iterable[FileLine], drafts: dict[str, Saved], *, reason: str, actor: Actor, now: datetime
) -> list[FileLine]:
    """Publish the drafts, again and again as long as one more succeeds: what is named must be published first."""
    done = {line.path: line for line in lines}
    waiting, progressed = dict(drafts), True
    while waiting and progressed:
        progressed = False
        for path, saved in list(waiting.items()):
            try:
                with transaction.atomic():
                    publish_definition(
                        saved.definition_id, revision=saved.revision, reason=reason, actor=actor, now=now
                    )
            except DefinitionRefused as error:
                done[path] = replace(done[path], problems=error.problems)
                continue
            done[path] = replace(done[path], problems=(), is_published=True)
            del waiting[path]
            progressed = True
    return list(done.values())


def _ours(problem: Problem) -> Problem:
    """A finding about YAML under the name it has here."""
    if not problem.code.startswith("mapping."):
        return problem
    return Problem("definition." + problem.code.removeprefix("mapping."), problem.params)
