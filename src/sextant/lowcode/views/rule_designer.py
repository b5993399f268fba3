"""规则设计: a rule as sentences with controls in them. Every act is saved as a draft at once and can be taken back;
what the rule would have done is asked for beside them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sextant.engines.definitions import diff_documents
from sextant.engines.formula import FUNCTIONS
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.lowcode.messages.definitions import say, say_changes
from sextant.lowcode.messages.rule_sentences import say_place
from sextant.lowcode.messages.rules import ACTS
from sextant.lowcode.policy import rule_editing as editing
from sextant.lowcode.queries.rule_loading import KIND
from sextant.lowcode.views.definition_parts import state_of
from sextant.lowcode.views.designing import (
    Designed,
    ToldProblem,
    answer_act,
    head_context,
    load_designed,
    save_designed,
    tell_problems,
)
from sextant.lowcode.views.rule_acts import RuleAct
from sextant.lowcode.views.rule_choices import Choices
from sextant.lowcode.views.rule_clauses import action_rows, but_clause, condition_row, hold_clause, when_clause


@needs(Permission.DEFINITION_EDIT)
@require_GET
def rule_design(request: HttpRequest, definition_id: int) -> HttpResponse:
    """The designer; `?at=` chooses a line, `?formula=` opens one in the formula editor."""
    designed = load_designed(request, definition_id, kind=KIND)
    context = _context(designed, chosen=request.GET.get("at", ""), opened=request.GET.get("formula", ""))
    return render(request, "lowcode/rules/designer.html", context)


@needs(Permission.DEFINITION_EDIT)
@require_POST
def rule_act(request: HttpRequest, definition_id: int) -> HttpResponse:
    """One act on the draft. A script gets the parts of the page that changed; without one the page comes again."""
    designed = load_designed(request, definition_id, kind=KIND)
    act = RuleAct(request.POST, designed.document, choices=_choices(designed), actor=designed.asked.actor)
    document, chosen = act.apply()
    if document != designed.document:
        save_designed(request, designed, document)
        designed = load_designed(request, definition_id, kind=KIND)
    opened = act.at if request.POST.get("op") == "formula" else ""
    context = _context(designed, chosen=chosen, opened=opened)
    page = reverse("lowcode:rule_design", args=[definition_id])
    if opened and not request.headers.get("HX-Request"):
        page = f"{page}?formula={opened}&at="
    return answer_act(request, context, template="lowcode/rules/_answer.html", page=page, chosen=chosen)


def _choices(designed: Designed) -> Choices:
    about = designed.document.get("about")
    context = about.get("context", "goal") if isinstance(about, Mapping) else "goal"
    return Choices(str(context), designed.asked.moment)


def _placed(told: ToldProblem, designed: Designed) -> ToldProblem:
    """The problem with the place it is at, for the page and in words: "就 第 2 条"."""
    at, kind = editing.at_of(told.at), designed.asked.kind
    where = say_place(at)
    if told.problem.code.startswith("definition."):  # these name their place by themselves
        named = replace(told.problem, params={**told.problem.params, "path": where or told.at})
        return replace(told, at=at, text=say(named, kind))
    return replace(
        told, at=at, text=_("%(where)s：%(what)s") % {"where": where, "what": told.text} if where else told.text
    )


def _context(designed: Designed, *, chosen: str, opened: str) -> dict[str, Any]:
    choices, document = _choices(designed), designed.document
    problems = [_placed(one, designed) for one in tell_problems(designed, param="path")]
    before = designed.current.document if designed.current and designed.draft else None
    return {
        **head_context(designed, problems),
        "state": state_of(designed.asked.row),
        "changes": say_changes(diff_documents(before, document), designed.asked.kind) if before is not None else (),
        "chosen": chosen,
        "wrong": {one.at for one in problems if one.is_error},
        "is_on": document.get("on", True) is not False,
        "when": when_clause(document, choices),
        "condition": condition_row(document, choices, opened=opened),
        "hold": hold_clause(document),
        "actions": action_rows(document, choices),
        "but": but_clause(document),
        "kinds_of_act": list(ACTS.items()),
        "formula_context": choices.context,
        "completions": {
            "names": list(choices.specs),
            "functions": [{"word": one.name, "words": [one.name, *one.aliases], "note": ""} for one in FUNCTIONS],
        },
    }
