"""What is wrong with a flow, at the foot of its designer: in words, with the step's name, and the remedy where one
click is enough."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sextant.engines.formula import fix_of
from sextant.engines.values import Problem
from sextant.lowcode.policy.flow_tree import arms_of, steps_of
from sextant.lowcode.views.designing import ToldProblem
from sextant.lowcode.views.flow_cards import arm_title

MANAGER = "people.line_manager"
_PLACE = re.compile(r"steps[.\[](\d+)")
_ACTS: Mapping[str, tuple[str, Promise]] = {
    "flow.no_assignee": ("ask_manager", gettext_lazy("交给直属主管")),
    "flow.no_limit": ("add_limit", gettext_lazy("设时限")),
    "flow.limits_not_rising": ("sort_limits", gettext_lazy("由短到长排好")),
    "flow.no_span": ("wait_a_day", gettext_lazy("等 1 个工作日")),
    "flow.unreachable": ("remove", gettext_lazy("删去这一步")),
}
_LOOKS: Mapping[str, Promise] = {
    "flow.no_condition": gettext_lazy("去写条件"),
    "flow.no_action": gettext_lazy("去选动作"),
    "flow.no_flow": gettext_lazy("去选流程"),
    "flow.no_form": gettext_lazy("去选表单"),
    "flow.unknown_source": gettext_lazy("换人"),
    "flow.person_left": gettext_lazy("换人"),
    "flow.unknown_action": gettext_lazy("换一个"),
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """One click: an act with its text, or with `act` "" a look at the place where it is mended."""

    act: str
    text: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem with its place: `at` is what is chosen when it is pressed, `where` the arm, which the text does not
    name."""

    is_error: bool
    at: str
    where: str
    text: str
    remedy: Remedy | None


def problem_rows(document: Mapping[str, Any], told: Sequence[ToldProblem]) -> list[ProblemRow]:
    """Every problem, in the order it was told."""
    return [_row(document, one) for one in told]


def tones_of(rows: Sequence[ProblemRow]) -> dict[str, str]:
    """How each step and arm stands that has a problem: "bad" where one forbids publishing, else "warn"."""
    tones: dict[str, str] = {}
    for one in rows:
        if one.at and tones.get(one.at) != "bad":
            tones[one.at] = "bad" if one.is_error else "warn"
    return tones


def _row(document: Mapping[str, Any], told: ToldProblem) -> ProblemRow:
    problem, steps = told.problem, steps_of(document)
    step = _step_of(problem, steps)
    if step is None:
        return ProblemRow(told.is_error, "", "", told.text, None)
    code = str(step["code"])
    arm = problem.params.get("place")
    if not isinstance(arm, int) or arm >= len(arms_of(step)):
        return ProblemRow(told.is_error, code, "", told.text, _remedy(problem))
    at = f"{code}:{arm}"
    return ProblemRow(told.is_error, at, arm_title(step, arm), told.text, _mended(problem, arms_of(step)[arm]))


def _remedy(problem: Problem) -> Remedy | None:
    if problem.code in _ACTS:
        act, text = _ACTS[problem.code]
        return Remedy(act, str(text))
    if problem.code in _LOOKS:
        return Remedy("", str(_LOOKS[problem.code]))
    return Remedy("", _("去改")) if problem.code.startswith(("definition.", "formula.")) else None


def _mended(problem: Problem, arm: Mapping[str, Any]) -> Remedy:
    """For a condition: the change that mends it, where there is only one."""
    when = str(arm.get("when") or "")
    fix = fix_of(when, problem)
    if fix is None:
        return Remedy("", str(_LOOKS.get(problem.code, _("去改条件"))))
    return Remedy(
        "write_condition", _("改成 %(text)s") % {"text": fix.text} if fix.text else _("删去"), fix.apply(when)
    )


def _step_of(problem: Problem, steps: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The step a problem is about: by the name it is called, else by its place in the document."""
    named = problem.params.get("step", "")
    listed = problem.params.get("steps")
    named = listed[0] if isinstance(listed, list | tuple) and listed else named
    found = next((one for one in steps if named and named in (one.get("name"), one["code"])), None)
    place = _PLACE.match(str(problem.params.get("path", "")))
    if found is None and place and int(place[1]) < len(steps):
        return steps[int(place[1])]
    return found
