"""What the property panel of the flow designer shows of a step, an arm, the values, and who may start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sextant.engines.formula import FormulaType, parse
from sextant.foundation.formula_lines import ProblemLine, problem_lines
from sextant.foundation.formula_messages import TYPES, say
from sextant.lowcode.messages.flow_words import (
    QUORUMS,
    REACTIONS,
    ROLES,
    UNITS,
    ids_of,
    plain_list,
    source_options,
    starter_options,
)
from sextant.lowcode.messages.flows import KINDS
from sextant.lowcode.policy.flow_sources import UNWRITTEN
from sextant.lowcode.policy.flow_starting import STARTER_SOURCES
from sextant.lowcode.policy.flow_tree import Document, arms_of, steps_of
from sextant.lowcode.registry_flows import list_flow_actions
from sextant.lowcode.registry_people import PersonName, list_assignee_sources
from sextant.lowcode.views.flow_cards import ICONS, Known, arm_title, title_of

START_PANEL, FIELDS_PANEL = "@start", "@fields"
PARAMS: Mapping[str, tuple[Promise | str, Promise | str]] = {
    "grade": (gettext_lazy("职级不低于"), gettext_lazy("写数字，如 9：P9、M9 都算；不写就是直属主管")),
    "role": (gettext_lazy("哪个角色"), ""),
    "unit": (gettext_lazy("部门编码"), gettext_lazy("包括下级部门")),
}


@dataclass(frozen=True, slots=True)
class ParamInput:
    """Something a source has to know; with `options` it is chosen."""

    name: str
    label: str
    help: str
    value: str
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A row of who is asked: its inputs begin with `row`."""

    row: str
    source: str
    persons: Sequence[PersonName]
    params: Sequence[ParamInput]
    text: str
    problems: Sequence[ProblemLine] = ()


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A rung of the ladder on the panel."""

    row: str
    code: str
    amount: int | str
    unit: str
    do: str
    flow: str
    to: Sequence[AskedRow]


def panel_of(document: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """The panel of what is chosen; that of the whole flow where nothing is."""
    at, names = known.chosen, names_of_flow(document)
    if at == FIELDS_PANEL:
        listed = plain_list(document.get("fields"))
        rows = [(f"f-{place}", one.get("name", ""), one.get("type", "number")) for place, one in enumerate(listed)]
        return {"shape": "fields", "at": at, "title": _("数据"), "rows": rows, "types": list(TYPES.items())}
    code, _mark, arm = at.partition(":")
    step = next((one for one in steps_of(document) if one["code"] == code), None)
    if step is None:
        return _start_panel(document, known)
    if arm.isdecimal() and int(arm) < len(arms_of(step)):
        return _arm_panel(step, int(arm), names)
    return _step_panel(step, known, names)


def names_of_flow(document: Mapping[str, Any]) -> dict[str, FormulaType]:
    """Values of the flow that conditions may read, by name."""
    types = {one.value: one for one in FormulaType}
    listed = plain_list(document.get("fields"))
    return {str(one.get("name", "")): types.get(str(one.get("type")), FormulaType.NUMBER) for one in listed}


def judge_condition(text: str, names: Mapping[str, FormulaType], *, expects: FormulaType) -> list[ProblemLine]:
    """What is wrong with a condition; nothing about one that nobody wrote yet."""
    if text.strip() in ("", UNWRITTEN):
        return []
    return problem_lines(text, parse(text, names=names, expects=expects).problems, say=say)


def _start_panel(document: Mapping[str, Any], known: Known) -> dict[str, Any]:
    starters = document.get("starters")
    starters = starters if isinstance(starters, Mapping) else {}
    return {
        "shape": "start",
        "at": START_PANEL,
        "title": _("谁能发起"),
        "who": starters.get("who", "nobody"),
        "among": _asked_rows("w", plain_list(starters.get("among")), known, {}),
        "sources": starter_options(),
        "may_withdraw": document.get("may_withdraw", True),
        "note": document.get("note", ""),
    }


def _arm_panel(step: Document, place: int, names: Mapping[str, FormulaType]) -> dict[str, Any]:
    arms = arms_of(step)
    arm, is_branch = arms[place], step.get("kind") == "branch"
    is_default = is_branch and place + 1 == len(arms)
    movable = len(arms) - 1 if is_branch else len(arms)
    when = str(arm.get("when") or "")
    return {
        "shape": "arm",
        "at": f"{step['code']}:{place}",
        "title": arm_title(step, place),
        "within": title_of(step),
        "within_at": step["code"],
        "name": arm.get("name", ""),
        "when": "" if when.strip() == UNWRITTEN else when,
        "has_condition": is_branch and not is_default,
        "problems": judge_condition(when, names, expects=FormulaType.BOOLEAN),
        "values": list(names),
        "is_default": is_default,
        "has_before": place > 0 and not is_default,
        "has_after": place + 1 < movable,
    }


def _step_panel(step: Document, known: Known, names: Mapping[str, FormulaType]) -> dict[str, Any]:
    kind = str(step.get("kind", ""))
    said = {one.value: str(words) for one, words in KINDS.items()}
    span = dict(step.get("span") or {})
    action = list_flow_actions().get(str(step.get("action") or ""))
    given = dict(step.get("params") or {})
    return {
        "shape": "step",
        "at": step["code"],
        "kind": kind,
        "kind_name": said.get(kind, kind),
        "icon": ICONS.get(kind, "circle-dot"),
        "title": title_of(step),
        "name": step.get("name", ""),
        "form": step.get("form", ""),
        "forms": list(known.forms.items()),
        "flow": step.get("flow", ""),
        "flows": list(known.flows.items()),
        "quorum": step.get("quorum", "all"),
        "quorums": list(QUORUMS.items()),
        "count": step.get("count", 1),
        "span_amount": span.get("amount", ""),
        "span_unit": span.get("unit", "hour"),
        "units": list(UNITS.items()),
        "action": step.get("action", ""),
        "actions": [(code, str(one.name)) for code, one in list_flow_actions().items()],
        "params": [(name, given.get(name, "")) for name in (action.params if action else ())]
        if given is not None
        else [],
        "asked": _asked_rows("a", plain_list(step.get("assignees")), known, names),
        "sources": source_options(),
        "limits": [_limit_row(place, one, known, names) for place, one in enumerate(plain_list(step.get("limits")))],
        "reactions": list(REACTIONS.items()),
        "arms": [(f"{step['code']}:{place}", arm_title(step, place)) for place in range(len(arms_of(step)))],
        "is_split": kind in ("branch", "fork"),
        "is_fixed": kind in ("end", "join"),
        "asks": kind in ("form", "approve", "copy"),
        "has_limits": kind in ("form", "approve"),
    }


def _limit_row(place: int, limit: Mapping[str, Any], known: Known, names: Mapping[str, FormulaType]) -> LimitRow:
    row = f"l-{place}"
    after = dict(limit.get("after") or {})
    return LimitRow(
        row=row,
        code=str(limit.get("code", "")),
        amount=after.get("amount", ""),
        unit=str(after.get("unit", "hour")),
        do=str(limit.get("do", "notify")),
        flow=str(limit.get("flow", "")),
        to=_asked_rows(f"{row}-t", plain_list(limit.get("to")), known, names),
    )


def params_of(source: str) -> tuple[str, ...]:
    """What a way to say who has to know."""
    found = list_assignee_sources().get(source)
    return found.params if found else STARTER_SOURCES.get(source, ())


def _asked_rows(
    prefix: str, asked: Sequence[Mapping[str, Any]], known: Known, names: Mapping[str, FormulaType]
) -> list[AskedRow]:
    return [_asked_row(f"{prefix}-{place}", one, known, names) for place, one in enumerate(asked)]


def _asked_row(row: str, one: Mapping[str, Any], known: Known, names: Mapping[str, FormulaType]) -> AskedRow:
    source, params = str(one.get("source", "")), one.get("params") or {}
    inputs = []
    for name in params_of(source):
        label, hint = PARAMS.get(name, (name, ""))
        options = [(code, str(said)) for code, said in ROLES.items()] if name == "role" else []
        inputs.append(ParamInput(name, str(label), str(hint), str(params.get(name, "")), options))
    text = str(params.get("text", "")) if source == "formula" else ""
    problems = judge_condition(text, names, expects=FormulaType.TEXT) if text else []
    persons = [PersonName(person, known.names.get(person, "—")) for person in ids_of(one)]
    return AskedRow(row, source, persons, inputs, text, problems)
