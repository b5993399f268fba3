"""Writing definitions: drafts that save themselves, a second person where one is wanted, publication with a reason.

Nothing that runs changes under a new version: whoever began with a version asks for it by its id. Rolling back makes a
new draft from an old version; history is only added to.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from sextant.engines.definitions import check_size, document_digest
from sextant.engines.values import Problem, Severity
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.lowcode.actions.definition_writing import (
    Writing,
    begin,
    begin_draft,
    kind_of,
    lock_catalog,
    open_draft,
    refuse_stale,
    save_into,
    writer_key,
)
from sextant.lowcode.contracts.definitions import Author, DefinitionRefused, Saved, SaveIsStale, VersionState
from sextant.lowcode.models import Definition, DefinitionReference, DefinitionVersion, ReviewRule
from sextant.lowcode.policy.definitions import decide_identity, decide_publish
from sextant.lowcode.queries.definition_checks import check_document, read_document
from sextant.lowcode.queries.definitions import is_review_needed, list_users, version_row


def create_definition(
    kind: str, *, code: str, name: str, document: Mapping[str, Any] | None = None, actor: Actor, now: datetime
) -> Saved:
    """Make a definition with its first draft, from `document` or from what its kind begins with.

    Raises AccessDenied, DefinitionRefused (definition.unknown_kind, .bad_code, .bad_name, .code_taken, and those of
    size).
    """
    require(actor, Permission.DEFINITION_EDIT)
    registered, code, name = kind_of(kind), code.strip(), name.strip()
    wanted = dict(document if document is not None else registered.blank())
    _refuse(*decide_identity(code=code, name=name), *check_size(wanted))
    try:
        with transaction.atomic():
            definition = Definition.objects.create(kind=kind, code=code, name=name, created_at=now)
            writing = Writing(definition, registered, None, actor, now)
            draft = open_draft(writing, wanted, based_on=None)
            writing.note("create_definition")
    except IntegrityError as error:
        raise DefinitionRefused(Problem("definition.code_taken", {"code": code})) from error
    return _saved(writing, draft)


def save_draft(
    definition_id: int,
    *,
    document: Mapping[str, Any],
    revision: int,
    name: str | None = None,
    actor: Actor,
    now: datetime,
) -> Saved:
    """Save the draft over the one that was read at `revision`; 0 where there was none: then one is opened on the newest
    version. What it gives names the revision of the next save, and everything that stands in the way of publishing:
    a draft may be wrong, so that half a thought is not lost. Nothing is written when nothing differs.

    Raises AccessDenied, SaveIsStale, DefinitionRefused (definition.in_review, .retired, .bad_name, and those of size).
    """
    require(actor, Permission.DEFINITION_EDIT)
    _refuse(*check_size(document))
    with transaction.atomic():
        writing = begin(definition_id, permission=Permission.DEFINITION_EDIT, actor=actor, now=now)
        _refuse_closed(writing)
        if name is not None and name.strip() != writing.definition.name:
            _rename(writing, name.strip())
        draft = writing.draft
        if draft is None:
            if revision != 0:
                raise _published_meanwhile(writing)
            draft = open_draft(writing, document, based_on=_newest(writing))
            writing.note("open_draft", number=draft.number)
        else:
            refuse_stale(draft, revision)
            if document_digest(document) != draft.digest:
                save_into(writing, draft, document)
    return _saved(writing, draft)


def submit_review(definition_id: int, *, revision: int, actor: Actor, now: datetime) -> None:
    """Hand the draft to a second person; it cannot be changed until they publish it or give it back.

    Raises AccessDenied, SaveIsStale, DefinitionRefused (definition.no_draft, .in_review, and whatever forbids
    publishing the document).
    """
    with transaction.atomic():
        writing, draft = begin_draft(
            definition_id, revision=revision, permission=Permission.DEFINITION_EDIT, actor=actor, now=now
        )
        _refuse_closed(writing)
        _refuse(*_errors(check_document(writing.kind, draft.document, code=writing.definition.code, on=writing.now)))
        draft.state = VersionState.REVIEW.value
        draft.save(update_fields=["state"])
        writing.note("submit_review", number=draft.number)


def return_to_draft(definition_id: int, *, actor: Actor, now: datetime) -> None:
    """Take the draft out of review, to be changed again: the reviewer gives it back, or the writer takes it.

    Raises AccessDenied, DefinitionRefused (definition.not_in_review).
    """
    with transaction.atomic():
        writing = begin(definition_id, permission=Permission.DEFINITION_EDIT, actor=actor, now=now)
        if writing.draft is None or writing.draft.state != VersionState.REVIEW.value:
            raise DefinitionRefused(Problem("definition.not_in_review"))
        writing.draft.state = VersionState.DRAFT.value
        writing.draft.save(update_fields=["state"])
        writing.note("return_to_draft", number=writing.draft.number)


def publish_definition(
    definition_id: int, *, revision: int, reason: str, effective_at: datetime | None = None, actor: Actor, now: datetime
) -> int:
    """Publish the draft as it was read at `revision`, for `effective_at` on (None: at once), and return the id of the
    version. Everything it names is checked under one lock with those who retire.

    Raises AccessDenied, SaveIsStale, DefinitionRefused (definition.no_draft, codes of `decide_publish`, and whatever is
    wrong with the document).
    """
    require(actor, Permission.DEFINITION_PUBLISH)
    with transaction.atomic():
        lock_catalog()
        writing, draft = begin_draft(
            definition_id, revision=revision, permission=Permission.DEFINITION_PUBLISH, actor=actor, now=now
        )
        holds_from = effective_at or now
        _refuse(
            *decide_publish(
                VersionState(draft.state),
                reason=reason,
                effective_at=holds_from,
                now=now,
                waiting_at=_waiting_at(writing),
                is_review_needed=is_review_needed(writing.kind.code),
                writers=draft.writers,
                publisher=writer_key(actor),
            ),
            *_errors(check_document(writing.kind, draft.document, code=writing.definition.code, on=writing.now)),
        )
        _keep_references(writing, draft)
        draft.saves.all().delete()
        draft.state = VersionState.PUBLISHED.value
        draft.reason, draft.effective_at = reason.strip(), holds_from
        draft.published_at, draft.published_by, draft.published_by_person = now, actor.label, actor.person_id
        draft.save()
        writing.note(
            "publish_definition", number=draft.number, digest=draft.digest, effective_at=holds_from.isoformat()
        )
        _tell(writing)
    return draft.pk


def withdraw_version(version_id: int, *, actor: Actor, now: datetime) -> None:
    """Take back a version that was published for a later day and does not hold yet.

    Raises AccessDenied (also: no such version), DefinitionRefused (definition.not_waiting).
    """
    require(actor, Permission.DEFINITION_PUBLISH)
    with transaction.atomic():
        lock_catalog()
        asked = DefinitionVersion.objects.filter(id=version_id).values_list("definition_id", flat=True).first()
        writing = begin(asked or 0, permission=Permission.DEFINITION_PUBLISH, actor=actor, now=now)
        version = DefinitionVersion.objects.get(id=version_id)
        waits = version.state == VersionState.PUBLISHED.value and version.effective_at and version.effective_at > now
        if not waits:
            raise DefinitionRefused(Problem("definition.not_waiting"))
        version.state = VersionState.WITHDRAWN.value
        version.save(update_fields=["state"])
        writing.note("withdraw_version", number=version.number)


def roll_back(definition_id: int, *, number: int, actor: Actor, now: datetime) -> Saved:
    """Open a draft that says what version `number` said; it holds once it is published, like any other.

    Raises AccessDenied, DefinitionRefused (definition.draft_open, .retired, .no_version).
    """
    with transaction.atomic():
        writing = begin(definition_id, permission=Permission.DEFINITION_EDIT, actor=actor, now=now)
        if writing.draft is not None:
            raise DefinitionRefused(Problem("definition.draft_open", {"number": writing.draft.number}))
        _refuse_closed(writing)
        old = writing.definition.versions.filter(number=number).select_related("definition").first()
        if old is None:
            raise DefinitionRefused(Problem("definition.no_version", {"number": number}))
        draft = open_draft(writing, dict(version_row(old).document), based_on=old)
        writing.note("roll_back", number=draft.number, to=number)
    return _saved(writing, draft)


def discard_draft(definition_id: int, *, revision: int, actor: Actor, now: datetime) -> bool:
    """Throw the draft away; a definition that was never published goes with it. Whether the definition is still there.

    Raises AccessDenied, SaveIsStale, DefinitionRefused (definition.no_draft).
    """
    with transaction.atomic():
        writing, draft = begin_draft(
            definition_id, revision=revision, permission=Permission.DEFINITION_EDIT, actor=actor, now=now
        )
        writing.note("discard_draft", number=draft.number, digest=draft.digest)
        draft.delete()
        if writing.definition.versions.exists():
            return True
        writing.definition.delete()
    return False


def retire(definition_id: int, *, is_retired: bool, actor: Actor, now: datetime) -> None:
    """Take a definition out of use, or back into it. What runs goes on with its version; nothing new begins with it.

    Raises AccessDenied, DefinitionRefused (definition.in_use with the names of those that refer to it; on the way back
    whatever is wrong with what it refers to).
    """
    with transaction.atomic():
        lock_catalog()
        writing = begin(definition_id, permission=Permission.DEFINITION_PUBLISH, actor=actor, now=now)
        definition = writing.definition
        if definition.is_retired == is_retired:
            return
        if is_retired:
            users = [one for one in list_users(definition.kind, definition.code, on=now) if one.id != definition_id]
            _refuse(*(Problem("definition.in_use", {"kind": one.kind, "name": one.name}) for one in users))
        elif (newest := _newest(writing)) is not None:
            _refuse(*_errors(check_document(writing.kind, version_row(newest).document, code=definition.code, on=now)))
        definition.is_retired = is_retired
        definition.save(update_fields=["is_retired"])
        writing.note("retire_definition" if is_retired else "restore_definition")
        _tell(writing)


def set_review(kind: str, *, is_needed: bool, actor: Actor, now: datetime) -> None:
    """Say whether definitions of the kind are published by a second person. Raises AccessDenied, DefinitionRefused
    (definition.unknown_kind)."""
    require(actor, Permission.DEFINITION_PUBLISH)
    registered = kind_of(kind)
    with transaction.atomic():
        rule, _ = ReviewRule.objects.select_for_update().get_or_create(kind=registered.code)
        if rule.is_needed == is_needed:
            return
        rule.is_needed = is_needed
        rule.save(update_fields=["is_needed"])
        record(
            "set_review",
            actor=actor,
            now=now,
            object_kind="definition_kind",
            object_id=kind,
            changes={"is_needed": is_needed},
        )


def _saved(writing: Writing, draft: DefinitionVersion) -> Saved:
    problems = check_document(writing.kind, draft.document, code=writing.definition.code, on=writing.now)
    return Saved(writing.definition.pk, draft.pk, draft.revision, problems)


def _rename(writing: Writing, name: str) -> None:
    _refuse(*decide_identity(code=writing.definition.code, name=name))
    writing.definition.name = name
    writing.definition.save(update_fields=["name"])
    writing.note("rename_definition")


def _newest(writing: Writing) -> DefinitionVersion | None:
    published = writing.definition.versions.filter(state=VersionState.PUBLISHED.value)
    return published.select_related("definition").order_by("-number").first()


def _waiting_at(writing: Writing) -> datetime | None:
    """When the last published version comes into force, if it does not hold yet."""
    newest = _newest(writing)
    return newest.effective_at if newest and newest.effective_at and newest.effective_at > writing.now else None


def _published_meanwhile(writing: Writing) -> SaveIsStale:
    """The draft that was read is closed: somebody published it or threw it away."""
    newest = _newest(writing)
    by = Author(newest.published_by, newest.published_by_person) if newest else Author("")
    return SaveIsStale(0, by, newest.published_at if newest and newest.published_at else writing.now)


def _keep_references(writing: Writing, draft: DefinitionVersion) -> None:
    read, _ = read_document(writing.kind, draft.document)
    assert read is not None  # its errors were refused
    DefinitionReference.objects.bulk_create(
        DefinitionReference(version=draft, kind=one.kind, code=one.code, path=one.path[:300])
        for one in writing.kind.references(read)
    )


def _tell(writing: Writing) -> None:
    if writing.kind.changed is not None:
        writing.kind.changed(writing.definition.pk)


def _errors(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(one for one in problems if one.severity is Severity.ERROR)


def _refuse_closed(writing: Writing) -> None:
    if writing.definition.is_retired:
        raise DefinitionRefused(Problem("definition.retired"))
    if writing.draft is not None and writing.draft.state == VersionState.REVIEW.value:
        raise DefinitionRefused(Problem("definition.in_review"))


def _refuse(*problems: Problem) -> None:
    if problems:
        raise DefinitionRefused(*problems)
