"""The sentences of a rule as the designer draws them: 当 … 如果 … 就 … 但是 …, each with its controls. Drawn from the
plain document: a draft may be wrong in any part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sextant.engines.formula import FormulaType
from sextant.lowcode.messages import rule_sentences as said
from sextant.lowcode.messages.rules import ACTS, WORDS
from sextant.lowcode.policy import rule_editing
from sextant.lowcode.policy.rule_lines import Compared, Dated, Free, Known, Line, Stated, Worded, read_line
from sextant.lowcode.views.rule_choices import Choices
from sextant.lowcode.views.rule_slots import Clause, Slot, clause, many, select, typed, whom, words
from sextant.lowcode.views.rule_units import names_of_codes
from sextant.lowcode.views.rule_whom import say_whom, source_rows

HOURS = [(str(hour), str(hour)) for hour in range(24)]
DAYS = [(str(day), str(day)) for day in range(1, 32)]
WEEK_UNITS = {"周", "weeks"}
OF, MISSING, KNOWN = "*", "missing", "known"
"""What the select of signs says besides signs: `<*` compares with a share of another name."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the condition, or an act. `at` names it to the server ("c:0.1", "a:2"), `key` in ids. `parts` are the
    rows of a group. `text` is the formula of a line; `is_open` shows it in the editor."""

    at: str
    key: str
    clause: Clause
    place: int
    count: int
    parts: tuple["Row", ...] = ()
    is_group: bool = False
    is_free: bool = False
    is_open: bool = False
    text: str = ""
    needs_yes: bool = False
    do: str = ""
    more: tuple[Clause, ...] = ()


def when_clause(document: Mapping[str, Any], choices: Choices) -> Clause:
    """当: what makes the rule look, and at what."""
    when, about = _dict(document.get("when")), _dict(document.get("about"))
    kind = str(when.get("kind", "event"))
    slots = [
        select("kind", kind, ("", said.WHEN_KINDS.items()), redraws=True),
        select("context", about.get("context", "goal"), ("", choices.contexts), redraws=True),
        typed("units", said.join(names_of_codes(_list(about.get("units"))).values()), hint=_("全公司")),
    ]
    if kind == "schedule":
        every = str(when.get("every", "weekly"))
        slots += [
            select("every", every, ("", WORDS["every"].items()), redraws=True),
            select("weekday", when.get("weekday", 1), ("", said.WEEKDAYS.items())),
            select("day", when.get("day", 1), ("", DAYS)),
            select("hour", when.get("hour", 9), ("", HOURS)),
        ]
        return clause(f"when.schedule.{every if every in WORDS['every'] else 'weekly'}", *slots)
    if kind == "light":
        slots += [
            many("to", _list(when.get("to", ["red"])), WORDS["to"].items(), missing="—"),
            typed("weeks", when.get("weeks", 1), kind="number"),
        ]
    elif kind == "overdue":
        return _overdue(when, slots, choices)
    else:
        slots.append(select("event", when.get("event", ""), ("", choices.events), missing=_("哪件事？")))
    return clause("when.light" if kind == "light" else "when.event", *slots)


def _overdue(when: Mapping[str, Any], slots: list[Slot], choices: Choices) -> Clause:
    of = str(when.get("of", "work"))
    slots += [
        select("of", of, ("", choices.due_things), redraws=True, label=_("什么逾期")),
        many("kinds", _list(when.get("kinds")), choices.works, missing=_("所有事项")),
        typed("days", when.get("days", 1), kind="number"),
    ]
    return clause("when.overdue.work" if of == "work" else "when.overdue", *slots)


def condition_row(document: Mapping[str, Any], choices: Choices, *, opened: str) -> Row:
    """如果: the whole condition, groups in groups."""
    return _part(rule_editing.condition_of(document), (), (0, 1), choices, opened)


def _part(part: Any, place: tuple[int, ...], among: tuple[int, int], choices: Choices, opened: str) -> Row:
    text = rule_editing.text_of(place)
    at, key = f"c:{text}", f"c-{text.replace('.', '-')}"
    if rule_editing.is_group(part):
        inner = rule_editing.parts_of(part)
        parts = tuple(
            _part(one, (*place, number), (number, len(inner)), choices, opened) for number, one in enumerate(inner)
        )
        kind = select("kind", rule_editing.kind_of(part), ("", said.GROUPS.items()), label=_("几条要成立"))
        return Row(at, key, clause("group", kind), among[0] + 1, among[1], parts, is_group=True)
    formula = part if isinstance(part, str) else ""
    line = read_line(formula, names=choices.types)
    return Row(
        at,
        key,
        line_clause(line, choices),
        among[0] + 1,
        among[1],
        is_free=isinstance(line, Free),
        is_open=opened == at,
        text=formula,
    )


def line_clause(line: Line, choices: Choices) -> Clause:
    """One line in parts; a free formula is its own sentence."""
    match line:
        case Compared(name, sign, number, of):
            return _compared(name, sign, number, of, choices)
        case Stated(name, holds):
            state = select("sign", "yes" if holds else "no", ("", said.STATES.items()))
            return clause("line.stated", _name(name, choices), state)
        case Worded(name, sign, word):
            signs = _signs(sign, choices.types.get(name), said.WORD_SIGNS)
            return clause("line.worded", _name(name, choices), signs, typed("word", word, hint=_("什么？")))
        case Dated(name, sign, day):
            signs = _signs(sign, choices.types.get(name), said.DAY_SIGNS)
            return clause("line.dated", _name(name, choices), signs, typed("day", day.isoformat(), kind="day"))
        case Known(name, is_missing):
            kind = choices.types.get(name)
            known = _signs(MISSING if is_missing else KNOWN, kind, _SIGNS_OF[kind] if kind else {})
            return clause("line.known", _name(name, choices), known)
        case Free(text):
            return Clause((), text or _("还没有写"))


_SIGNS_OF: Mapping[FormulaType, Mapping[str, said.Text]] = {
    FormulaType.NUMBER: said.SIGNS,
    FormulaType.TEXT: said.WORD_SIGNS,
    FormulaType.DATE: said.DAY_SIGNS,
    FormulaType.BOOLEAN: said.STATES,
}


def _compared(name: str, sign: str, number: str, of: str, choices: Choices) -> Clause:
    signs = _signs(sign + (OF if of else ""), FormulaType.NUMBER, said.SIGNS)
    slots = [_name(name, choices), signs, typed("number", number, kind="number")]
    if of:
        return clause("line.of", *slots, select("of", of, *choices.numbers_besides(name)))
    spec = choices.specs.get(name)
    unit = str(spec.unit) if spec else ""
    if unit in WEEK_UNITS:
        return clause("line.weeks", *slots)
    return clause("line.unit", *slots, words("unit", unit)) if unit else clause("line.number", *slots)


def _name(name: str, choices: Choices) -> Slot:
    return select("figure", name, *choices.name_groups, redraws=True)  # `name` would rename the definition


def _signs(sign: str, kind: FormulaType | None, table: Mapping[str, said.Text]) -> Slot:
    groups: list[Any] = [("" if kind is FormulaType.BOOLEAN else _("比较"), table.items())]
    if kind is FormulaType.NUMBER:
        groups = [(_("和一个数比"), table.items())]
        groups.append((_("和另一项比"), [(code + OF, word) for code, word in table.items()]))
    groups.append((_("数据"), said.KNOWN.items()))
    return select("sign", sign, *groups, redraws=True)


def action_rows(document: Mapping[str, Any], choices: Choices, *, opened: str = "") -> tuple[Row, ...]:
    """就: what is done, in order."""
    actions = rule_editing.actions_of(document)
    return tuple(
        Row(
            f"a:{place}",
            f"a-{place}",
            _act(one, choices),
            place + 1,
            len(actions),
            needs_yes=bool(one.get("needs_yes")),
            do=str(ACTS.get(str(one.get("do")), one.get("do", ""))),
            more=_more(one, choices),
        )
        for place, one in enumerate(actions)
    )


def _act(one: Mapping[str, Any], choices: Choices) -> Clause:
    match one.get("do"):
        case "notice":
            text = typed("text", one.get("text"), kind="long", hint=_("正文，可用 [名称] 取数据"))
            return clause("act.notice", _to(one), typed("title", one.get("title"), hint=_("标题")), text)
        case "task":
            form = select("form", one.get("form", ""), ("", choices.forms), redraws=True, missing=_("不用填表"))
            days = typed("days", one.get("days", 5), kind="number")
            title = typed("title", one.get("title"), hint=_("做什么"))
            return clause("act.task.form" if one.get("form") else "act.task", _to(one), days, title, form)
        case "flow":
            flow = select("flow", one.get("flow", ""), ("", choices.flows), redraws=True, missing=_("哪个流程？"))
            return clause("act.flow", flow, typed("title", one.get("title"), hint=_("流程的名称")))
        case "call":
            action = select(
                "action", one.get("action", ""), ("", choices.actions), redraws=True, missing=_("什么动作？")
            )
            return clause("act.call", action)
        case "points":
            points = typed("points", one.get("points", 0), kind="number")
            return clause("act.points", points, typed("reason", one.get("reason"), hint=_("原因")))
        case "webhook":
            endpoint = typed("endpoint", one.get("endpoint"), hint=_("外部系统的名称"))
            return clause("act.webhook", endpoint, typed("call", one.get("call"), hint=_("动作代码")))
        case other:
            return Clause((), str(other))


def _to(one: Mapping[str, Any]) -> Slot:
    rows = source_rows(one.get("to"))
    return whom("to", rows, said=say_whom(rows))


def _more(one: Mapping[str, Any], choices: Choices) -> tuple[Clause, ...]:
    """What a flow is started with, and what an action has to know: a line each."""
    if one.get("do") == "flow":
        given = _dict(one.get("values"))
        names = dict.fromkeys([*choices.fields_of_flow(str(one.get("flow", ""))), *given])
        return tuple(
            clause(
                "act.flow.value",
                words("field", name, value=name),
                typed("formula", given.get(name), hint=_("公式"), label=name),
            )
            for name in names
        )
    if one.get("do") == "call":
        given = _dict(one.get("params"))
        names = dict.fromkeys([*choices.params_of(str(one.get("action", ""))), *given])
        return tuple(
            clause("act.call.param", words("param", name), typed("value", given.get(name), label=name))
            for name in names
        )
    return ()


def hold_clause(document: Mapping[str, Any]) -> Clause:
    """For how many weeks in a row the condition has to hold."""
    return clause("hold", typed("weeks", document.get("weeks", 1), kind="number"))


def but_clause(document: Mapping[str, Any]) -> Clause:
    """但是: how often for the same subject, and what happens at night."""
    repeat = _dict(document.get("repeat"))
    kind = str(repeat.get("kind", "change"))
    return clause(
        f"repeat.{kind if kind in said.REPEATS else 'change'}",
        select("kind", kind, ("", said.REPEATS.items()), redraws=True),
        typed("days", repeat.get("days", 0), kind="number"),
        select("quiet", document.get("quiet", "wait_morning"), ("", WORDS["quiet"].items())),
    )


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()
