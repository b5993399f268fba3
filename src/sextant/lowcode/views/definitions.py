"""方案中心: every definition in one list, the chosen one beside it; a new one; dry runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sextant.engines.definitions import diff_documents
from sextant.engines.values import Problem, Severity
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import now
from sextant.lowcode.actions.definitions import create_definition
from sextant.lowcode.contracts.definitions import DefinitionRefused, DefinitionRow, VersionRow, VersionState
from sextant.lowcode.forms.definitions import DefinitionForm
from sextant.lowcode.messages.definitions import name_of_kind, say, say_all, say_changes
from sextant.lowcode.queries.definition_checks import check_document, read_document
from sextant.lowcode.queries.definitions import (
    count_definitions,
    find_current,
    find_draft,
    is_review_needed,
    list_definitions,
    list_users,
    list_versions,
)
from sextant.lowcode.registry import DefinitionKind, find_kind, get_kind, list_kinds, list_shelves
from sextant.lowcode.views.definition_parts import (
    AskedDefinition,
    State,
    ask_definition,
    state_of,
    version_lines,
)

PER_PAGE = 30
VERSIONS_SHOWN = 6
MOVERS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A definition in the list. `persons` None: its kind does not count them."""

    row: DefinitionRow
    kind: DefinitionKind
    state: State
    persons: int | None


@needs(Permission.DEFINITION_READ)
@require_safe
def definitions(request: HttpRequest, definition_id: int | None = None) -> HttpResponse:
    """`/lowcode/definitions/?kind=&q=&page=` with one of them chosen; htmx gets the chosen one alone."""
    asked = ask_definition(request, definition_id) if definition_id is not None else None
    if asked and request.headers.get("HX-Request"):
        return render(request, "lowcode/definitions/_chosen.html", _chosen(asked))
    search, kind = request.GET.get("q", "").strip()[:100], find_kind(request.GET.get("kind", ""))
    counts = count_definitions(search=search)
    total = counts.get(kind.code, 0) if kind else sum(counts.values())
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(_whole(request.GET.get("page")) or 1, 1), pages)
    moment = asked.moment if asked else now()
    rows = list_definitions(
        on=moment, kind=kind.code if kind else None, search=search, limit=PER_PAGE, offset=(number - 1) * PER_PAGE
    )
    if asked is None and rows:
        asked = AskedDefinition(actor_of(request), rows[0], get_kind(rows[0].kind), moment)
    context = {
        "lines": _lines(rows),
        "tabs": _tabs(counts, actor_of(request), chosen=kind, search=search),
        "search": search,
        "kind": kind,
        "total": total,
        "number": number,
        "pages": pages,
        "may_edit": may(actor_of(request), Permission.DEFINITION_EDIT),
        "may_publish_kind": may(actor_of(request), Permission.DEFINITION_PUBLISH),
        "is_kind_reviewed": kind is not None and is_review_needed(kind.code),
        **(_chosen(asked) if asked else {"chosen": None}),
    }
    return render(request, "lowcode/definitions/centre.html", context)


@needs(Permission.DEFINITION_READ)
@require_safe
def dry_run(request: HttpRequest, definition_id: int) -> HttpResponse:
    """What the draft, or without one the version in force, would have given on the last cycle's data. Loads itself into
    the page; `?all=1` names everybody for whom something changes."""
    asked = ask_definition(request, definition_id)
    draft = find_draft(definition_id)
    current = find_current(asked.row.kind, asked.row.code, on=asked.moment)
    tried = draft or current
    report = _try(asked, tried, current if draft else None) if tried else None
    shown = len(report.movers) if report and request.GET.get("all") else MOVERS_SHOWN
    context = {"asked": asked, "report": report, "movers": report.movers[:shown] if report else (), "is_draft": draft}
    return render(request, "lowcode/definitions/_dry_run.html", context)


@needs(Permission.DEFINITION_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new definition: kind, name and code; then its designer."""
    form = DefinitionForm(request.POST or None, initial={"kind": request.GET.get("kind", "")}, kinds=list_kinds())
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            saved = create_definition(
                wanted["kind"], code=wanted["code"], name=wanted["name"], actor=actor_of(request), now=now()
            )
        except DefinitionRefused as error:
            for problem in error.problems:
                form.add_error(_field_of(problem), say(problem))
        else:
            kind = get_kind(wanted["kind"])
            return redirect(kind.edit_url or "lowcode:definition", saved.definition_id)
    return render(
        request, "lowcode/definitions/new.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


@needs(Permission.DEFINITION_READ)
@require_safe
def schema(request: HttpRequest, kind: str) -> HttpResponse:
    """The JSON Schema of a kind's documents, for editors and for those who write files."""
    found = find_kind(kind)
    if found is None:
        return JsonResponse({"error": _("没有这一类方案。")}, status=404)
    return JsonResponse(found.schema(), json_dumps_params={"ensure_ascii": False, "indent": 2})


def _lines(rows: Sequence[DefinitionRow]) -> list[Line]:
    """Rows as lines; one query for each kind that counts persons."""
    kinds = {row.kind: get_kind(row.kind) for row in rows}
    counted = {
        code: kind.impact(frozenset(row.code for row in rows if row.kind == code))
        for code, kind in kinds.items()
        if kind.impact is not None
    }
    return [
        Line(row, kinds[row.kind], state_of(row), counted[row.kind].get(row.code, 0) if row.kind in counted else None)
        for row in rows
    ]


def _tabs(
    counts: dict[str, int], actor: Actor, *, chosen: DefinitionKind | None, search: str
) -> list[dict[str, object]]:
    centre = reverse("lowcode:definitions")
    query = f"&q={search}" if search else ""
    every = {"href": f"{centre}?{query.lstrip('&')}", "text": _("全部"), "count": sum(counts.values())}
    tabs = [every | {"current": chosen is None}]
    for kind in list_kinds():
        href = f"{centre}?kind={kind.code}{query}"
        count = counts.get(kind.code, 0)
        tabs.append({"href": href, "text": str(kind.name), "count": count, "current": chosen == kind})
    for shelf in list_shelves():
        if may(actor, shelf.permission):
            tabs.append({"href": reverse(shelf.url), "text": str(shelf.name), "count": shelf.count(), "current": False})
    return tabs


def _chosen(asked: AskedDefinition) -> dict[str, Any]:
    """What stands beside the list: differences, problems, users, history. At most six queries."""
    row, kind = asked.row, asked.kind
    versions = list_versions(row.id, limit=VERSIONS_SHOWN + 1)
    has_more = len(versions) > VERSIONS_SHOWN
    draft = next((one for one in versions if one.number == row.draft), None)
    before = next((one for one in versions if one.published_at and one.state is VersionState.PUBLISHED), None)
    tried = draft or next((one for one in versions if one.number == row.current), None)
    problems = check_document(kind, tried.document, code=row.code, on=asked.moment) if tried else ()
    errors = [one for one in problems if one.severity is Severity.ERROR]
    needs_review = draft is not None and draft.state is VersionState.DRAFT and is_review_needed(kind.code)
    return {
        "chosen": asked,
        "state": state_of(row),
        "draft": draft,
        "before": before,
        "changes": say_changes(diff_documents(before.document, draft.document), kind) if draft and before else [],
        "errors": say_all(errors, kind),
        "warnings": say_all([one for one in problems if one.severity is not Severity.ERROR], kind),
        "users": [(one, name_of_kind(one.kind)) for one in list_users(row.kind, row.code, on=asked.moment)],
        "versions": version_lines(versions, asked=asked, has_more=has_more),
        "earlier": versions[-1].number if has_more else 0,
        "facts_href": reverse(kind.facts_url, args=[row.id]) if kind.facts_url and row.current else "",
        "edit_href": reverse(kind.edit_url, args=[row.id]) if kind.edit_url else "",
        "may_submit": needs_review and asked.may_edit and not errors,
        "may_publish": draft is not None and asked.may_publish and not errors and not needs_review,
        "has_dry_run": kind.dry_run is not None and tried is not None and not errors,
    }


def _try(asked: AskedDefinition, tried: VersionRow, before: VersionRow | None) -> Any:
    document, _problems = read_document(asked.kind, tried.document)
    if document is None or asked.kind.dry_run is None:
        return None
    former = read_document(asked.kind, before.document)[0] if before else None
    return asked.kind.dry_run(document, before=former, code=asked.row.code, actor=asked.actor, now=asked.moment)


def _field_of(problem: Problem) -> str | None:
    return {"definition.bad_name": "name", "definition.unknown_kind": "kind"}.get(problem.code, "code")


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 9 else None
