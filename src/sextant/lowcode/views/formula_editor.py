"""公式编辑: the text, what may be used in it, and what it gives for somebody. Saved at every pause; without scripts the
page saves by its button and says what is wrong."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sextant.engines.formula import FormulaType
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import now
from sextant.foundation.formula_lines import list_completions, list_functions
from sextant.foundation.formula_messages import TYPES
from sextant.lowcode.actions.definitions import save_draft
from sextant.lowcode.contracts.definitions import DefinitionRefused, SaveIsStale
from sextant.lowcode.formula_document import FormulaDocument
from sextant.lowcode.messages.definitions import say_all, say_changes
from sextant.lowcode.queries.definition_checks import read_document
from sextant.lowcode.queries.definitions import current_versions, find_current, find_draft, list_users
from sextant.lowcode.queries.formulas import KIND
from sextant.lowcode.registry import get_kind
from sextant.lowcode.registry_formulas import find_context, list_contexts, list_names, read_once
from sextant.lowcode.views.definition_parts import AskedDefinition, ask_definition
from sextant.lowcode.views.formula_answers import answer

EMPTY_ROWS = 1


@needs(Permission.DEFINITION_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@read_once()
def formula(request: HttpRequest, definition_id: int) -> HttpResponse:
    """The studio of one formula. A POST saves; the script asks for JSON, everybody else gets the page again."""
    asked = ask_definition(request, definition_id)
    if asked.row.kind != KIND:
        raise Http404
    if request.method == "POST":
        return _save(request, asked)
    in_force = current_versions(KIND, on=asked.moment)
    draft, current = find_draft(asked.row.id), in_force.get(asked.row.code)
    shown = draft or current
    document = _lenient(dict(shown.document) if shown else {})
    context = find_context(document.context)
    subjects = context.subjects(actor=asked.actor, now=asked.moment) if context else ()
    said = answer(
        document,
        code=asked.row.code,
        current=current,
        subject_id=None,
        subjects=subjects,
        actor=asked.actor,
        now=asked.moment,
    )
    others = {one: version.name for one, version in in_force.items()}
    return render(
        request,
        "lowcode/formula/studio.html",
        {
            "asked": asked,
            "draft": draft,
            "current": current,
            "document": document,
            "answer": said,
            "subjects": subjects,
            "subject_options": [(one.id, _with_note(one.name, one.note)) for one in subjects],
            "context_options": [(one.code, one.name) for one in list_contexts()],
            "names": _name_groups(document),
            "functions": list_functions(),
            "types": [(one.value, said_type) for one, said_type in TYPES.items()],
            "own_names": [*document.names, *([None] * EMPTY_ROWS)],
            "others": [(code, name) for code, name in others.items() if code != asked.row.code],
            "reads": [(one.name, others.get(one.formula, one.formula)) for one in document.names if one.formula],
            "users": list_users(KIND, asked.row.code, on=asked.moment),
            "completions": _completions(document),
        },
    )


@needs(Permission.DEFINITION_EDIT)
@require_POST
@read_once()
def check(request: HttpRequest) -> HttpResponse:
    """What is wrong with a text and what it gives, as a part of the page; asked at every pause of the writer."""
    actor, moment, code = actor_of(request), now(), request.POST.get("code", "")[:60]
    said = answer(
        _lenient(_document(request)),
        code=code,
        current=find_current(KIND, code, on=moment) if code else None,
        subject_id=_whole(request.POST.get("subject")),
        actor=actor,
        now=moment,
    )
    return render(request, "lowcode/formula/_answer.html", {"answer": said})


def _save(request: HttpRequest, asked: AskedDefinition) -> HttpResponse:
    is_script = request.headers.get("X-Autosave") == "1"
    revision, kind = _whole(request.POST.get("revision")) or 0, get_kind(KIND)
    try:
        saved = save_draft(
            asked.row.id,
            document=_document(request),
            revision=revision,
            name=request.POST.get("name") or None,
            actor=asked.actor,
            now=asked.moment,
        )
    except SaveIsStale as error:
        lines = say_changes(error.since, kind)
        stale = {"by": error.by.label, "revision": error.revision, "lines": lines}
        if is_script:
            return render(request, "lowcode/formula/_stale.html", stale, status=409)
        messages.error(request, _("%(by)s 刚刚改过，这里已是最新的内容。你写的没有保存。") % {"by": error.by.label})
    except DefinitionRefused as error:
        if is_script:
            return JsonResponse({"problems": say_all(error.problems, kind)}, status=422)
        for text in say_all(error.problems, kind):
            messages.error(request, text)
    else:
        if is_script:
            return JsonResponse(
                {"revision": saved.revision, "at": time_format(asked.moment.astimezone(settings.SEXTANT_ZONE), "H:i")}
            )
        for text in say_all(saved.problems, kind):
            messages.warning(request, text)
        messages.success(request, _("已保存。"))
    return redirect("lowcode:formula", asked.row.id)


def _document(request: HttpRequest) -> dict[str, Any]:
    """What was written on the page, as a document. Rows without a name are no rows."""
    sent = request.POST
    rows = zip(sent.getlist("own_name"), sent.getlist("own_type"), sent.getlist("own_formula"), strict=False)
    return {
        "text": sent.get("text", "").replace("\r\n", "\n")[:8000],
        "result": sent.get("result", FormulaType.NUMBER.value),
        "context": sent.get("context", ""),
        "names": [{"name": name.strip(), "type": kind, "formula": code} for name, kind, code in rows if name.strip()],
        "note": sent.get("note", "").strip(),
    }


def _lenient(document: dict[str, Any]) -> FormulaDocument:
    """The document in its shape; of one that has not got it, the text alone: it can be written on."""
    read, _problems = read_document(get_kind(KIND), document)
    if isinstance(read, FormulaDocument):
        return read
    return FormulaDocument(text=str(document.get("text", ""))[:4000])


def _with_note(name: str, note: str) -> str:
    return _("%(name)s（%(note)s）") % {"name": name, "note": note} if note else name


def _name_groups(document: FormulaDocument) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """(heading, names) beside the editor, each name with what stands behind it and what it means."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    context = find_context(document.context)
    for one in list_names(context) if context else ():
        behind = "%" if one.is_ratio else str(one.unit) or str(TYPES[one.type])
        groups.setdefault(str(one.group), []).append((one.name, behind, str(one.description)))
    for own in document.names:
        groups.setdefault(_("自定义"), []).append((own.name, str(TYPES[own.type]), own.formula))
    return list(groups.items())


def _completions(document: FormulaDocument) -> dict[str, list[object]]:
    return list_completions([name for _group, rows in _name_groups(document) for name, _behind, _meaning in rows])


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
