"""What every write of a definition shares: its row is locked first, the save that was read is compared, who wrote is
kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from sextant.engines.definitions import diff_documents, document_digest
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.lowcode.contracts.definitions import Author, DefinitionRefused, SaveIsStale, VersionState
from sextant.lowcode.models import Definition, DefinitionVersion, DraftSave
from sextant.lowcode.queries.definitions import open_versions
from sextant.lowcode.registry import DefinitionKind, find_kind

SAVES_KEPT = 50
"""So far back a writer who was away is told what came between."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A definition under its lock, its open draft (None: there is none), and who writes."""

    definition: Definition
    kind: DefinitionKind
    draft: DefinitionVersion | None
    actor: Actor
    now: datetime

    def note(self, verb: str, **changes: object) -> None:
        """A line in the audit trail. Documents stay out of it: versions keep them."""
        named = {"kind": self.kind.code, "code": self.definition.code, **changes}
        record(
            verb,
            actor=self.actor,
            now=self.now,
            object_kind="definition",
            object_id=self.definition.pk,
            changes=named,
        )


def begin(definition_id: int, *, permission: Permission, actor: Actor, now: datetime) -> Writing:
    """Lock the definition. The caller holds a transaction. Raises AccessDenied (no right, or no such definition)."""
    require(actor, permission)
    definition = Definition.objects.select_for_update().filter(id=definition_id).first()
    if definition is None:
        raise AccessDenied("definition")
    return Writing(definition, kind_of(definition.kind), open_versions(definition_id).first(), actor, now)


def begin_draft(
    definition_id: int, *, revision: int, permission: Permission, actor: Actor, now: datetime
) -> tuple[Writing, DefinitionVersion]:
    """As `begin`, for what needs an open draft as it was read at `revision`. Raises besides DefinitionRefused
    (definition.no_draft), SaveIsStale."""
    writing = begin(definition_id, permission=permission, actor=actor, now=now)
    if writing.draft is None:
        raise DefinitionRefused(Problem("definition.no_draft"))
    refuse_stale(writing.draft, revision)
    return writing, writing.draft


def kind_of(code: str) -> DefinitionKind:
    """The kind, or DefinitionRefused (definition.unknown_kind)."""
    kind = find_kind(code)
    if kind is None:
        raise DefinitionRefused(Problem("definition.unknown_kind", {"kind": code[:80]}))
    return kind


def lock_catalog() -> None:
    """One at a time publishes or retires, whatever the definition: one who publishes a reference and one who retires
    what it names lock different rows. Taken before the row; publishing is rare and takes milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sextant.lowcode.catalog'))")


def refuse_stale(draft: DefinitionVersion, revision: int) -> None:
    """SaveIsStale, with what came between, unless the draft stands at the revision that was read."""
    if draft.revision == revision:
        return
    read = DraftSave.objects.filter(version=draft, revision=revision).values_list("document", flat=True).first()
    if read is None and draft.based_on is not None:
        read = draft.based_on.document
    by = Author(draft.saved_by, draft.saved_by_person)
    raise SaveIsStale(draft.revision, by, draft.saved_at, diff_documents(read, draft.document))


def open_draft(
    writing: Writing, document: Mapping[str, Any], *, based_on: DefinitionVersion | None
) -> DefinitionVersion:
    """A new draft with its first save. The database keeps it the only open one."""
    last = writing.definition.versions.aggregate(last=Max("number"))["last"] or 0
    draft = DefinitionVersion.objects.create(
        definition=writing.definition,
        number=last + 1,
        state=VersionState.DRAFT.value,
        document=document,
        format=writing.kind.format,
        digest=document_digest(document),
        based_on=based_on,
        saved_at=writing.now,
        saved_by=writing.actor.label,
        saved_by_person=writing.actor.person_id,
        writers=[writer_key(writing.actor)],
    )
    DraftSave.objects.create(version=draft, revision=draft.revision, document=document)
    return draft


def save_into(writing: Writing, draft: DefinitionVersion, document: Mapping[str, Any]) -> None:
    """The next revision of the draft."""
    draft.revision += 1
    draft.document, draft.digest, draft.format = document, document_digest(document), writing.kind.format
    draft.saved_at, draft.saved_by, draft.saved_by_person = writing.now, writing.actor.label, writing.actor.person_id
    draft.writers = sorted({*draft.writers, writer_key(writing.actor)})
    draft.save()
    DraftSave.objects.create(version=draft, revision=draft.revision, document=document)
    DraftSave.objects.filter(version=draft, revision__lte=draft.revision - SAVES_KEPT).delete()


def writer_key(actor: Actor) -> str:
    """Who wrote, for the question whether somebody else published: the account, else what the audit calls them."""
    return f"account:{actor.user_id}" if actor.user_id is not None else f"label:{actor.label}"
