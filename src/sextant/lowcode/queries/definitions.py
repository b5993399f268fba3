"""Definitions and their versions. What runs asks `get_version` for its own, what begins asks `find_current`."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, When

from sextant.engines.definitions import upgrade_document
from sextant.lowcode.contracts.definitions import OPEN_STATES, Author, DefinitionRow, VersionRow, VersionState
from sextant.lowcode.models import Definition, DefinitionReference, DefinitionVersion, ReviewRule
from sextant.lowcode.registry import get_kind

_OPEN = Q(versions__state__in=[one.value for one in OPEN_STATES])
_PUBLISHED = Q(versions__state=VersionState.PUBLISHED.value)


def get_version(version_id: int) -> VersionRow:
    """The version with this id, whatever its state; its document in the newest format. One query.

    Raises DefinitionVersion.DoesNotExist, KeyError (its kind is registered no more).
    """
    return version_row(DefinitionVersion.objects.select_related("definition").get(id=version_id))


def find_current(kind: str, code: str, *, on: datetime) -> VersionRow | None:
    """The version that holds at the instant `on`: the newest of those published for then or earlier. None when there is
    none, or when the definition is retired: nothing new begins with it. One query."""
    found = _in_force(on).filter(definition__kind=kind, definition__code=code).first()
    return version_row(found) if found else None


def find_current_of(definition_id: int, *, on: datetime) -> VersionRow | None:
    """As `find_current`, by the id of the definition. One query."""
    found = _in_force(on).filter(definition_id=definition_id).first()
    return version_row(found) if found else None


def current_versions(kind: str, *, on: datetime, codes: Collection[str] | None = None) -> dict[str, VersionRow]:
    """The versions that hold at `on`, by code; retired definitions are left out. One query."""
    found = _in_force(on).filter(definition__kind=kind)
    if codes is not None:
        found = found.filter(definition__code__in=codes)
    newest: dict[str, VersionRow] = {}
    for version in found:
        newest.setdefault(version.definition.code, version_row(version))
    return newest


def find_draft(definition_id: int) -> VersionRow | None:
    """The open draft, in writing or in review, or None. One query."""
    found = open_versions(definition_id).select_related("definition").first()
    return version_row(found) if found else None


def find_version(definition_id: int, number: int) -> VersionRow | None:
    """The version of a definition with that number, whatever its state, or None. One query."""
    found = DefinitionVersion.objects.filter(definition_id=definition_id, number=number)
    version = found.select_related("definition").first()
    return version_row(version) if version else None


def list_versions(definition_id: int, *, limit: int = 20) -> list[VersionRow]:
    """Versions, the newest first, the open draft among them. One query."""
    found = DefinitionVersion.objects.filter(definition_id=definition_id).select_related("definition")
    return [version_row(one) for one in found.order_by("-number")[:limit]]


def list_definitions(
    *,
    on: datetime,
    kind: str | None = None,
    search: str = "",
    ids: Collection[int] | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[DefinitionRow]:
    """Definitions as rows, the last changed first; retired ones at the end. `search` looks in name and code. One
    query."""
    found = _searched(kind=kind, search=search)
    if ids is not None:
        found = found.filter(id__in=ids)
    latest = DefinitionVersion.objects.filter(definition=OuterRef("id")).order_by("-number")
    found = found.annotate(
        current=Max("versions__number", filter=_PUBLISHED & Q(versions__effective_at__lte=on)),
        waiting=Min("versions__number", filter=_PUBLISHED & Q(versions__effective_at__gt=on)),
        draft=Max("versions__number", filter=_OPEN),
        draft_state=Max("versions__state", filter=_OPEN),
        latest_at=Subquery(latest.values(at=_happened("at"))[:1]),
        latest_by=Subquery(latest.values(label=_happened("by"))[:1]),
        latest_person=Subquery(latest.values(person=_happened("person"))[:1]),
    )
    return [_definition_row(one) for one in found.order_by("is_retired", "-latest_at", "id")[offset : offset + limit]]


def get_definition(definition_id: int, *, on: datetime) -> DefinitionRow:
    """The definition with this id as a row; Definition.DoesNotExist. One query."""
    found = list_definitions(on=on, ids=[definition_id], limit=1)
    if not found:
        raise Definition.DoesNotExist
    return found[0]


def find_definition(kind: str, code: str) -> int | None:
    """Id of the definition of this kind and code, or None. One query."""
    return Definition.objects.filter(kind=kind, code=code).values_list("id", flat=True).first()


def count_definitions(*, search: str = "") -> dict[str, int]:
    """How many definitions of each kind there are that `search` finds; kinds without any are left out. One query."""
    kinds = _searched(kind=None, search=search).values_list("kind", flat=True).order_by()
    counted: dict[str, int] = {}
    for one in kinds:
        counted[one] = counted.get(one, 0) + 1
    return counted


def list_users(kind: str, code: str, *, on: datetime) -> list[DefinitionRow]:
    """Definitions in use whose version in force, or one that waits, refers to this code. Two queries."""
    versions = DefinitionReference.objects.filter(
        kind=kind, code=code, version__state=VersionState.PUBLISHED.value, version__definition__is_retired=False
    ).values_list("version__definition_id", "version__number")
    named = set(versions)
    rows = list_definitions(on=on, ids={definition_id for definition_id, _ in named}, limit=500) if named else []
    return [one for one in rows if _uses(one, {number for definition_id, number in named if definition_id == one.id})]


def is_review_needed(kind: str) -> bool:
    """Whether definitions of the kind are published by a second person. One query."""
    return ReviewRule.objects.filter(kind=kind, is_needed=True).exists()


def open_versions(definition_id: int) -> QuerySet[DefinitionVersion]:
    """The open draft as a query of at most one row."""
    return DefinitionVersion.objects.filter(definition_id=definition_id, state__in=[one.value for one in OPEN_STATES])


def version_row(version: DefinitionVersion) -> VersionRow:
    """A version with its definition as a row, its document brought up to date."""
    definition, kind = version.definition, get_kind(version.definition.kind)
    published_by = Author(version.published_by, version.published_by_person) if version.published_at else None
    return VersionRow(
        id=version.pk,
        definition_id=definition.pk,
        kind=definition.kind,
        code=definition.code,
        name=definition.name,
        number=version.number,
        state=VersionState(version.state),
        document=upgrade_document(version.document, from_format=version.format, upgrades=kind.upgrades),
        digest=version.digest,
        revision=version.revision,
        reason=version.reason,
        based_on=version.based_on_id,
        saved_at=version.saved_at,
        saved_by=Author(version.saved_by, version.saved_by_person),
        published_at=version.published_at,
        published_by=published_by,
        effective_at=version.effective_at,
    )


def _in_force(on: datetime) -> QuerySet[DefinitionVersion]:
    return (
        DefinitionVersion.objects.filter(
            state=VersionState.PUBLISHED.value, effective_at__lte=on, definition__is_retired=False
        )
        .select_related("definition")
        .order_by("-number")
    )


def _searched(*, kind: str | None, search: str) -> QuerySet[Definition]:
    found = Definition.objects.all()
    if kind is not None:
        found = found.filter(kind=kind)
    if search:
        found = found.filter(Q(name__icontains=search) | Q(code__icontains=search))
    return found


def _happened(what: str) -> Case:
    """When, or by whom, the last thing happened to a version: its publication, else its last save."""
    published, saved, kind = {
        "at": ("published_at", "saved_at", None),
        "by": ("published_by", "saved_by", CharField()),
        "person": ("published_by_person", "saved_by_person", IntegerField()),
    }[what]
    return Case(When(published_at__isnull=False, then=F(published)), default=F(saved), output_field=kind)


def _definition_row(found: Definition) -> DefinitionRow:
    row: dict[str, Any] = vars(found)  # with what the query added
    state = row["draft_state"]
    return DefinitionRow(
        id=found.pk,
        kind=found.kind,
        code=found.code,
        name=found.name,
        is_retired=found.is_retired,
        current=row["current"],
        waiting=row["waiting"],
        draft=row["draft"],
        draft_state=VersionState(state) if state else None,
        changed_at=row["latest_at"],
        changed_by=Author(row["latest_by"], row["latest_person"]),
    )


def _uses(row: DefinitionRow, numbers: Collection[int]) -> bool:
    """Whether one of these versions holds or will: what an older version named, nothing asks for any more."""
    return any(number == row.current or (row.waiting is not None and number >= row.waiting) for number in numbers)
