"""What every designer shares: the draft on the table with the writer's rights, one act saved over what was read, undo
and redo, a stale save told, and what stands in the way of publishing.

A designer is a page and an address for acts. Its script (`frontend/src/js/designing.js`) posts one act with the
revision it read; the server applies it to the draft, saves the draft, and answers with the parts of the page that
changed. Without scripts the same acts are buttons, and the page comes again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sextant.engines.values import Problem, Severity
from sextant.foundation.access.contracts import AccessDenied
from sextant.lowcode.actions.definitions import save_draft
from sextant.lowcode.contracts.definitions import DefinitionRefused, SaveIsStale, VersionRow
from sextant.lowcode.messages.definitions import ChangeLine, say_all, say_changes
from sextant.lowcode.queries.definition_checks import check_document
from sextant.lowcode.queries.definitions import find_current, find_draft
from sextant.lowcode.views.definition_parts import AskedDefinition, ask_definition

Document = dict[str, Any]
CHANGES_TOLD = 5
"""Of what somebody else changed meanwhile, before it is too long to be read in passing."""


@dataclass(frozen=True, slots=True)
class Designed:
    """A definition on the table: its open draft, else what holds now, else what its kind begins with."""

    asked: AskedDefinition
    draft: VersionRow | None
    current: VersionRow | None

    @property
    def document(self) -> Document:
        """The plain document."""
        shown = self.draft or self.current
        return dict(shown.document) if shown else self.asked.kind.blank()

    @property
    def revision(self) -> int:
        """What the next save names."""
        return self.draft.revision if self.draft else 0

    def problems(self) -> tuple[Problem, ...]:
        """Everything to be said about the document. One query, and those of the kind's checks."""
        return check_document(self.asked.kind, self.document, code=self.asked.row.code, on=self.asked.moment)


@dataclass(frozen=True, slots=True)
class ToldProblem:
    """A problem as a designer shows it: an error forbids publishing, a warning does not. `at` is what to choose when
    it is pressed, "" where it concerns the whole."""

    problem: Problem
    is_error: bool
    text: str
    at: str


def load_designed(request: HttpRequest, definition_id: int, *, kind: str | tuple[str, ...]) -> Designed:
    """The definition of this kind, or one of these, with its draft; Http404 for one of another kind, or not there
    for this reader. Four queries."""
    asked = ask_definition(request, definition_id)
    if asked.row.kind not in ((kind,) if isinstance(kind, str) else kind):
        raise Http404
    return Designed(asked, find_draft(asked.row.id), find_current(asked.row.kind, asked.row.code, on=asked.moment))


def save_designed(request: HttpRequest, designed: Designed, document: Mapping[str, Any]) -> bool:
    """Save what the act made over the draft that the page had read; False when it was refused, which the next page
    says. Raises PermissionDenied."""
    asked = designed.asked
    try:
        save_draft(
            asked.row.id,
            document=document,
            revision=_revision(request),
            name=request.POST.get("called") or None,  # `name` is what panels call a step or a field by
            actor=asked.actor,
            now=asked.moment,
        )
    except AccessDenied as error:
        raise PermissionDenied from error
    except SaveIsStale as error:
        messages.error(request, _("%(by)s 刚刚改过，这里已是最新的内容。你写的没有保存。") % {"by": error.by.label})
        for line in say_changes(error.since, asked.kind)[:CHANGES_TOLD]:
            messages.info(request, _told(line))
    except DefinitionRefused as error:
        for text in say_all(error.problems, asked.kind):
            messages.error(request, text)
    else:
        return True
    return False


def answer_act(
    request: HttpRequest, context: Mapping[str, Any], *, template: str, page: str, chosen: str
) -> HttpResponse:
    """The parts of the page for the script; the whole page again (`page`, with what is chosen) for everyone else."""
    if not request.headers.get("HX-Request"):
        return redirect(f"{page}?at={chosen}")
    # who is typing keeps the input they are in, unless the panel itself depends on what they chose
    keeps = request.POST.get("op") == "set" and not request.POST.get("redraws")
    return render(request, template, {**context, "keeps_panel": keeps})


def former_document(text: str, document: Document) -> Document:
    """The document that undo and redo bring back: the page kept it, the draft takes it like any other save. What cannot
    be read changes nothing."""
    try:
        found = json.loads(text)
    except ValueError:
        return document
    return found if isinstance(found, dict) else document


def tell_problems(designed: Designed, *, param: str = "name") -> list[ToldProblem]:
    """Problems in words, errors first; `param` is the parameter that names what to choose."""
    problems = designed.problems()
    told = zip(problems, say_all(problems, designed.asked.kind), strict=True)
    found = [
        ToldProblem(one, one.severity is Severity.ERROR, text, str(one.params.get(param, ""))) for one, text in told
    ]
    return sorted(found, key=lambda one: not one.is_error)


def head_context(designed: Designed, problems: Sequence[ToldProblem]) -> dict[str, Any]:
    """What the frame of a designer shows: name, versions, when it was saved, what forbids publishing."""
    return {
        "asked": designed.asked,
        "draft": designed.draft,
        "current": designed.current,
        "revision": designed.revision,
        "document": designed.document,
        "problems": problems,
        "errors": sum(one.is_error for one in problems),
    }


def whole(text: str | None) -> int | None:
    """A whole number that was posted, or None."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def _told(line: ChangeLine) -> str:
    """A line of a difference as a sentence."""
    told = {"verb": line.verb, "place": line.place, "old": line.old, "new": line.new}
    if line.old and line.new:
        return _("%(verb)s %(place)s：%(old)s → %(new)s") % told
    return _("%(verb)s %(place)s %(what)s") % {**told, "what": line.old or line.new}


def _revision(request: HttpRequest) -> int:
    found = whole(request.POST.get("revision"))
    return found if found is not None else -1
