"""流程设计: the flow as a tree, the step at hand beside it, what is wrong at the foot. Every act is saved at once and
can be taken back; what would break the flow is refused in words."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sextant.engines.formula import FormulaType
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.foundation.clock import company_day
from sextant.foundation.formula_lines import list_completions
from sextant.lowcode.actions.flow_starting import KIND
from sextant.lowcode.contracts.definitions import DefinitionRow
from sextant.lowcode.forms.flow_designer import PanelReader
from sextant.lowcode.messages.flows import KINDS, say_flow
from sextant.lowcode.policy import flow_editing as editing
from sextant.lowcode.policy import flow_mending as mending
from sextant.lowcode.policy.flow_tree import Document, arms_of, steps_of
from sextant.lowcode.queries.definitions import list_definitions
from sextant.lowcode.queries.flow_design import count_live_runs, form_names
from sextant.lowcode.registry_people import directory
from sextant.lowcode.views.designing import (
    Designed,
    answer_act,
    former_document,
    head_context,
    load_designed,
    save_designed,
    tell_problems,
)
from sextant.lowcode.views.flow_cards import ICONS, Known, draw, persons_of, title_of
from sextant.lowcode.views.flow_panel import FIELDS_PANEL, START_PANEL, judge_condition, names_of_flow, panel_of
from sextant.lowcode.views.flow_problems import MANAGER, problem_rows, tones_of

Acted = tuple[Document, str]
"""The document after an act, and what is chosen then."""
MOST_FOUND = 8
_BEGUN: Mapping[str, Mapping[str, Any]] = {
    "form": {"assignees": [{"source": "starter", "params": {}}]},
    "approve": {"assignees": [{"source": MANAGER, "params": {}}]},
    "wait": {"span": {"amount": 1, "unit": "workday"}},
}
"""What a step begins with: what it mostly is, and seen at once where it is not."""


@needs(Permission.DEFINITION_EDIT)
@require_GET
def flow_design(request: HttpRequest, definition_id: int) -> HttpResponse:
    """The designer. `?at=` chooses a step, an arm or a panel of the whole; `?add=` asks what to add at a place."""
    designed = load_designed(request, definition_id, kind=KIND)
    context = _context(designed, chosen=request.GET.get("at", ""))
    context["adding"] = request.GET.get("add") if "add" in request.GET else None
    return render(request, "lowcode/flow_design/page.html", context)


@needs(Permission.DEFINITION_EDIT)
@require_POST
def act(request: HttpRequest, definition_id: int) -> HttpResponse:
    """One act on the draft. A script gets the parts of the page that changed; without one the page comes again."""
    designed = load_designed(request, definition_id, kind=KIND)
    before, chosen = designed.document, request.POST.get("at", "")
    made, chosen = _apply(request, designed, chosen)
    wanted, refused = editing.settle(before, made)
    for problem in refused[:1]:
        messages.error(request, _("没有改动。否则：%(problem)s") % {"problem": say_flow(problem)})
    save_designed(request, designed, wanted)
    context = _context(load_designed(request, definition_id, kind=KIND), chosen=chosen)
    page = reverse("lowcode:flow_design", args=[definition_id])
    return answer_act(request, context, template="lowcode/flow_design/_answer.html", page=page, chosen=chosen)


@needs(Permission.DEFINITION_EDIT)
@require_POST
def condition(request: HttpRequest, definition_id: int) -> HttpResponse:
    """What is wrong with a condition, asked at every pause of whoever writes it."""
    designed = load_designed(request, definition_id, kind=KIND)
    text, names = request.POST.get("text", "")[:2000], names_of_flow(designed.document)
    problems = judge_condition(text, names, expects=FormulaType.BOOLEAN)
    return render(request, "lowcode/flow_design/_judged.html", {"answer": {"problems": problems}, "text": text.strip()})


@needs(Permission.DEFINITION_EDIT)
@require_GET
def people(request: HttpRequest, definition_id: int) -> JsonResponse:
    """Persons at work whom the typed text may mean, for the list under the field."""
    asked = load_designed(request, definition_id, kind=KIND).asked
    text, on = request.GET.get("q", "").strip()[:60], company_day(asked.moment, settings.SEXTANT_ZONE)
    found = directory().search(text, on=on, limit=MOST_FOUND) if text else []
    return JsonResponse({"people": [{"name": one.name, "note": one.note} for one in found]})


def _apply(request: HttpRequest, designed: Designed, chosen: str) -> Acted:
    posted, document = request.POST, designed.document
    verb = posted.get("op", "").partition(":")[0]
    if verb == "restore":
        return former_document(posted.get("document", ""), document), chosen
    if verb in ("set", "drop", "grow", "lift", "unname"):
        return _set(request, designed, chosen)
    if verb in _REMEDIES:
        return _REMEDIES[verb](document, chosen, posted), chosen
    perform = _ACTS.get(verb)
    return perform(document, chosen, posted) if perform else (document, chosen)


def _set(request: HttpRequest, designed: Designed, chosen: str) -> Acted:
    """What the panel says, of whatever it shows."""
    document, asked = designed.document, designed.asked
    on = company_day(asked.moment, settings.SEXTANT_ZONE)
    panel = PanelReader(request.POST, act=request.POST.get("op", ""), actor=asked.actor, on=on)
    code, _mark, arm = chosen.partition(":")
    was = next((one for one in steps_of(document) if one["code"] == code), None)
    if chosen == FIELDS_PANEL:
        document = editing.set_fields(document, panel.fields(new=_("数据")))
    elif chosen == START_PANEL:
        document = {**document, **panel.flow()}
    elif was is None:
        return document, chosen
    elif arm.isdecimal():
        document = editing.set_arm(document, code, int(arm), panel.arm())
    else:
        values = panel.step(was)
        document = editing.set_step(document, code, values)
        if values.get("form") and values["form"] != was.get("form"):
            document = mending.take_names(document, form_names(str(values["form"]), on=asked.moment))
    for name in panel.missed:
        messages.error(request, _("找不到“%(name)s”，或不止一位。请用工号。") % {"name": name})
    return document, chosen


def _add(document: Document, chosen: str, posted: QueryDict) -> Acted:
    kinds = {kind.value: str(said) for kind, said in KINDS.items()}
    kind = posted.get("kind", "")
    made, code = editing.add_step(
        document, kind=kind, name=kinds.get(kind, ""), at=posted.get("to", ""), end=kinds["end"]
    )
    begun = _BEGUN.get(kind)
    return (editing.set_step(made, code, begun) if code and begun else made), code or chosen


def _end(document: Document, chosen: str, posted: QueryDict) -> Acted:
    made, code = editing.end_here(document, posted.get("to", ""), name=_("提前结束"))
    return made, code or chosen


def _shift(by: str) -> Callable[[Document, str, QueryDict], Acted]:
    def perform(document: Document, chosen: str, posted: QueryDict) -> Acted:
        code, mark, arm = chosen.partition(":")
        if not mark:
            return editing.shift_step(document, code, by=by), chosen
        step = 1 if by in ("down", "right") else -1
        made = editing.move_arm(document, code, int(arm), by=step) if arm.isdecimal() else document
        return made, f"{code}:{int(arm) + step}" if made != document else chosen

    return perform


def _remove(document: Document, chosen: str, posted: QueryDict) -> Acted:
    code, mark, arm = chosen.partition(":")
    if mark and arm.isdecimal():
        return editing.remove_arm(document, code, int(arm)), code
    return editing.remove_step(document, code)


def _add_arm(document: Document, chosen: str, posted: QueryDict) -> Acted:
    code = chosen.partition(":")[0]
    made, place = editing.add_arm(document, code)
    return made, f"{code}:{place}"


_ACTS: Mapping[str, Callable[[Document, str, QueryDict], Acted]] = {
    "add": _add,
    "end": _end,
    "up": _shift("up"),
    "down": _shift("down"),
    "left": _shift("left"),
    "right": _shift("right"),
    "remove": _remove,
    "add_arm": _add_arm,
    "copy": lambda document, chosen, posted: editing.copy_step(document, chosen),
    "move": lambda document, chosen, posted: (
        editing.move_step(document, chosen, at=posted.get("to", "")),
        chosen,
    ),
    "lead_on": lambda document, chosen, posted: (
        editing.lead_on(document, posted.get("to", ""), to=posted.get("target", "")),
        chosen,
    ),
}
_REMEDIES: Mapping[str, Callable[[Document, str, QueryDict], Document]] = {
    "ask_manager": lambda document, at, posted: mending.ask_somebody(document, at, source=MANAGER),
    "add_limit": lambda document, at, posted: mending.add_limit(document, at),
    "sort_limits": lambda document, at, posted: mending.sort_limits(document, at),
    "wait_a_day": lambda document, at, posted: mending.wait_a_day(document, at),
    "write_condition": lambda document, at, posted: mending.write_condition(
        document, at.partition(":")[0], int(at.partition(":")[2] or 0), posted.get("value", "")
    ),
}


def _context(designed: Designed, *, chosen: str) -> dict[str, Any]:
    document, asked = designed.document, designed.asked
    told = tell_problems(designed)
    problems = problem_rows(document, told)
    steps = steps_of(document)
    chosen = chosen if _is_there(document, chosen) else (str(steps[0]["code"]) if steps else START_PANEL)
    persons = persons_of(document)
    known = Known(
        names=directory().names(persons) if persons else {},
        forms=_usable("form", asked.moment),
        flows={code: name for code, name in _usable(KIND, asked.moment).items() if code != asked.row.code},
        tones=tones_of(problems),
        chosen=chosen,
    )
    line, strays = draw(document, known)
    return {
        **head_context(designed, told),
        "rows": problems,
        "warnings": len(told) - sum(one.is_error for one in told),
        "line": line,
        "strays": strays,
        "chosen": chosen,
        "panel": panel_of(document, known),
        "kinds": [(kind, KINDS[kind], ICONS[kind]) for kind in map(_kind, editing.ADDED)],
        "targets": [(one["code"], title_of(one)) for one in steps],
        "live": count_live_runs(asked.row.id),
        "completions": list_completions(list(names_of_flow(document))),
    }


def _is_there(document: Document, chosen: str) -> bool:
    code, mark, arm = chosen.partition(":")
    step = next((one for one in steps_of(document) if one["code"] == code), None)
    if step is None:
        return chosen in (START_PANEL, FIELDS_PANEL)
    return not mark or (arm.isdecimal() and int(arm) < len(arms_of(step)))


def _usable(kind: str, on: Any) -> dict[str, str]:
    """Names of the definitions of a kind that hold now, by code."""
    found: list[DefinitionRow] = list_definitions(on=on, kind=kind, limit=500)
    return {one.code: one.name for one in found if not one.is_retired and one.current is not None}


def _kind(code: str) -> Any:
    return next(kind for kind in KINDS if kind.value == code)
