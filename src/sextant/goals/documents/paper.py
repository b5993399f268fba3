"""A contract in words: what the page and the PDF show, made from the signed text alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from sextant.goals.contracts import GoalKind, Side, SupportKind
from sextant.goals.messages.agreement import CURVES, ROLES, SUPPORT_KINDS
from sextant.goals.messages.goals import KINDS, name_of_cycle
from sextant.goals.messages.plans import FIELDS
from sextant.goals.plan_definition import EXTRA_KINDS
from sextant.ui.formats import DASH, write_day, write_moment, write_number

Pair = tuple[str, str]
_NOTED = ("metric", "description", "deliverable", "start", "range_low", "range_high", "tolerance", "curve", "from_on",
          "until_on", "collaborators", "milestones", "actions")  # fmt: skip
"""Terms that stand below the title; the others have columns of their own."""


@dataclass(frozen=True, slots=True)
class GoalOnPaper:
    """A goal as a row: `notes` are the rest of its terms as (name, words)."""

    number: int
    tag: str
    title: str
    base: str
    stretch: str
    due: str
    weight: str
    notes: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class SupportOnPaper:
    """A support item: what was asked, and what was said to it."""

    kind: str
    ask: str
    answer: str
    note: str
    due: str
    is_promised: bool


@dataclass(frozen=True, slots=True)
class SignatureOnPaper:
    """A signature: the name as it was typed, when and where."""

    role: str
    name: str
    typed_name: str
    at: str
    device: str


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole contract in the active language."""

    title: str
    number: str
    version: str
    facts: tuple[Pair, ...]
    goals: tuple[GoalOnPaper, ...]
    total: str
    support: tuple[SupportOnPaper, ...]
    signatures: tuple[SignatureOnPaper, ...]


def write_paper(document: Mapping[str, Any]) -> Paper:
    """The words of a contract; `document` is one that `engines.agreement.check_contract` let pass."""
    plan = document["plan"]
    return Paper(
        title=_("绩效契约"),
        number=document["number"],
        version=_("第 %(version)s 版") % {"version": document["version"]},
        facts=tuple(_facts(plan)),
        goals=tuple(_goal(place, one, plan.get("adjustments", [])) for place, one in enumerate(plan["goals"], start=1)),
        total=_percent(sum((_weight(one) for one in plan["goals"]), Decimal(0))),
        support=tuple(_support(one) for one in plan["support"]),
        signatures=tuple(
            SignatureOnPaper(
                role=str(ROLES[Side(one["side"])]),
                name=one["name"],
                typed_name=one["typed_name"],
                at=write_moment(datetime.fromisoformat(one["at"])),
                device=one["device"],
            )
            for one in document["signatures"]
        ),
    )


def _facts(plan: Mapping[str, Any]) -> Iterator[Pair]:
    last_on = date.fromisoformat(plan["until_on"]) - timedelta(days=1)
    period = {"start": plan["from_on"], "end": last_on.isoformat()}
    shares = {"base": plan["base_share"], "stretch": plan["stretch_share"]}
    template = {"name": plan["template"], "version": plan["template_version"]}
    yield str(ROLES[Side.OWNER]), f"{plan['owner']['name']} · {plan['owner']['number']}"
    yield str(ROLES[Side.COUNTERPART]), f"{plan['counterpart']['name']} · {plan['counterpart']['number']}"
    yield _("周期"), name_of_cycle(plan["cycle"], plan["cycle_name"]) + _("，%(start)s 至 %(end)s") % period
    yield (
        _("模板"),
        (_("%(name)s 第 %(version)s 版") % template) + (_("，基准 %(base)s%%，挑战 %(stretch)s%%") % shares),
    )


def _goal(number: int, goal: Mapping[str, Any], adjustments: Sequence[Mapping[str, Any]]) -> GoalOnPaper:
    terms = goal["terms"]
    kind = GoalKind(terms["kind"])
    unit = _("分") if kind in EXTRA_KINDS else goal["unit"]
    return GoalOnPaper(
        number=number,
        tag=str(KINDS[kind]),
        title=terms["title"],
        base=_amount(terms["base"], unit),
        stretch=_amount(terms["stretch"], unit),
        due=terms["due_on"] or DASH,
        weight=DASH if kind in EXTRA_KINDS else _percent(Decimal(terms["weight"])),
        notes=(*_notes(goal, unit), *_adjusted(goal, adjustments, unit)),
    )


def _adjusted(goal: Mapping[str, Any], adjustments: Sequence[Mapping[str, Any]], unit: str) -> Iterator[Pair]:
    """What was changed while the goal ran, from which day, and why."""
    for one in adjustments:
        if one["goal"] == goal["code"]:
            day = one["from_on"] or _("双方签署之日")
            yield (
                _("校调"),
                _("自%(day)s起，%(changes)s。%(reason)s")
                % {
                    "day": f" {day} " if one["from_on"] else day,
                    "changes": _("、").join(_change(change, unit) for change in one["changes"]),
                    "reason": one["reason"],
                },
            )


def _change(change: Mapping[str, Any], unit: str) -> str:
    is_day = change["field"] in ("until_on", "due_on")
    old, new = (value or DASH if is_day else _amount(value, unit) for value in (change["old"], change["new"]))
    return f"{FIELDS[change['field']]} {old} → {new}"


def _notes(goal: Mapping[str, Any], unit: str) -> Iterator[Pair]:
    terms = goal["terms"]
    for name in _NOTED:
        value = terms[name]
        if value in (None, "", []) or (name == "curve" and goal["metric_name"] == ""):
            continue
        yield str(FIELDS[name]), _note(name, value, goal, unit)


def _note(name: str, value: Any, goal: Mapping[str, Any], unit: str) -> str:
    match name:
        case "metric":
            return str(goal["metric_name"] or value)
        case "curve":
            return str(CURVES[value])
        case "start" | "range_low" | "range_high" | "tolerance":
            return _amount(value, unit)
        case "milestones" | "actions":
            return _("；").join(_step(one) for one in value)
        case "collaborators":
            return _("、").join(value)
        case _:
            return str(value)


def _step(step: Mapping[str, Any]) -> str:
    points = _("%(points)s 分") % {"points": step["points"]} if step["points"] != "0" else ""
    parts = [part for part in (points, step["due_on"] or "", step["person"]) if part]
    title = str(step["title"])
    return _("%(name)s（%(note)s）") % {"name": title, "note": _("，").join(parts)} if parts else title


def _support(one: Mapping[str, Any]) -> SupportOnPaper:
    return SupportOnPaper(
        kind=str(SUPPORT_KINDS[SupportKind(one["kind"])]),
        ask=one["ask"],
        answer=_("答应") if one["is_promised"] else _("不给"),
        note=_("，").join(part for part in (one["answer"], one["responsible"]) if part),
        due=write_day(date.fromisoformat(one["due_on"])) if one["due_on"] else "",
        is_promised=one["is_promised"],
    )


def _weight(goal: Mapping[str, Any]) -> Decimal:
    return Decimal(0) if GoalKind(goal["terms"]["kind"]) in EXTRA_KINDS else Decimal(goal["terms"]["weight"])


def _amount(value: str | None, unit: str) -> str:
    if value is None:
        return DASH
    number = Decimal(value)
    written = write_number(number, max(0, -int(number.as_tuple().exponent)))
    return f"{written} {unit}".strip()


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f}%"


def columns() -> Sequence[str]:
    """Heads of the table of goals."""
    return (_("目标"), _("基准"), _("挑战"), _("截止"), _("权重"))
