"""What the pages of definitions share: who asks for which, how a state reads, what differs from version to version."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from sextant.engines.definitions import diff_documents
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.http import actor_of
from sextant.foundation.access.policy import may
from sextant.foundation.clock import now
from sextant.lowcode.access import access_definition
from sextant.lowcode.contracts.definitions import (
    DefinitionRefused,
    DefinitionRow,
    SaveIsStale,
    VersionRow,
    VersionState,
)
from sextant.lowcode.messages.definitions import ChangeLine, say_all, say_changes
from sextant.lowcode.queries.definitions import get_definition
from sextant.lowcode.registry import DefinitionKind, get_kind


@dataclass(frozen=True, slots=True)
class AskedDefinition:
    """Who asks about which definition, and when."""

    actor: Actor
    row: DefinitionRow
    kind: DefinitionKind
    moment: datetime

    @property
    def may_edit(self) -> bool:
        """Whether the reader writes drafts."""
        return may(self.actor, Permission.DEFINITION_EDIT)

    @property
    def may_publish(self) -> bool:
        """Whether the reader publishes, retires, and takes back."""
        return may(self.actor, Permission.DEFINITION_PUBLISH)


def ask_definition(request: HttpRequest, definition_id: int) -> AskedDefinition:
    """The definition the request is about; Http404 for one that is not there for this reader. Two queries."""
    actor, moment = actor_of(request), now()
    try:
        row = get_definition(access_definition(actor, definition_id=definition_id), on=moment)
    except AccessDenied as error:
        raise Http404 from error
    return AskedDefinition(actor, row, get_kind(row.kind), moment)


@contextmanager
def refusals_told(request: HttpRequest, kind: DefinitionKind | None = None) -> Iterator[None]:
    """What an action refuses, as messages of the next page; what is not the reader's to do is a 403."""
    try:
        yield
    except AccessDenied as error:
        raise PermissionDenied from error
    except SaveIsStale:
        messages.error(request, _("刚刚有人改过，这里已是最新的内容。看过之后再做一次。"))
    except DefinitionRefused as error:
        for text in say_all(error.problems, kind):
            messages.error(request, text)


@dataclass(frozen=True, slots=True)
class State:
    """How a definition stands, as shape and word: on, changed, draft, off."""

    shape: str
    text: str


def state_of(row: DefinitionRow) -> State:
    """The state as the list shows it."""
    if row.is_retired:
        return State("off", _("已停用"))
    if row.current is None and row.waiting is None:
        return State("draft", _("待审核") if row.draft_state is VersionState.REVIEW else _("草稿"))
    version = {"number": row.current if row.current is not None else row.waiting}
    if row.draft is not None:
        words = _("v%(number)s · 待审核") if row.draft_state is VersionState.REVIEW else _("v%(number)s · 有改动")
        return State("changed", words % version)
    if row.waiting is not None:
        return State("changed", _("v%(number)s · 待生效") % {"number": row.waiting})
    return State("on", _("v%(number)s") % version)


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the history, with what it changed against the one before."""

    version: VersionRow
    changes: Sequence[ChangeLine]
    is_in_force: bool
    may_return: bool
    may_withdraw: bool

    @property
    def is_open(self) -> bool:
        """Whether it is still being written."""
        return self.version.published_at is None


LINES_A_VERSION = 3
"""More is told where the version is looked at by itself."""


def version_lines(versions: Sequence[VersionRow], *, asked: AskedDefinition, has_more: bool) -> list[VersionLine]:
    """Versions with their differences; `versions` the newest first, with one more at the end where `has_more`."""
    shown = versions[:-1] if has_more else versions
    lines = []
    for place, version in enumerate(shown):
        before = versions[place + 1].document if place + 1 < len(versions) else None
        changes = say_changes(diff_documents(before, version.document), asked.kind) if before is not None else []
        in_force = version.number == asked.row.current and version.published_at is not None
        waits = version.state is VersionState.PUBLISHED and (asked.row.current or 0) < version.number
        is_old = version.published_at is not None and not in_force and not waits
        is_free = asked.may_edit and asked.row.draft is None and not asked.row.is_retired
        lines.append(VersionLine(version, changes, in_force, is_old and is_free, waits and asked.may_publish))
    return lines
