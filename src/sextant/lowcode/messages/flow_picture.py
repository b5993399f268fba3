"""Words in the picture of a flow: names for steps and ways that have none, and what the marks mean."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sextant.engines.flow import StepKind
from sextant.lowcode.flows.document import ArmDocument, BranchStep, FlowDocument, StepDocument
from sextant.lowcode.messages.flows import KINDS
from sextant.lowcode.policy.flow_marks import Mark

LONGEST = 24
_NAMELESS = frozenset({StepKind.FORK, StepKind.JOIN, StepKind.BRANCH})
MARKS: Mapping[Mark, Promise | str] = {
    Mark.DONE: _("已完成"),
    Mark.NOW: _("在这里"),
    Mark.LATE: _("在这里，已超时"),
    Mark.STUCK: _("停下，等修复"),
    Mark.WAITING: _("等其他路"),
    Mark.RETURNED: _("已退回"),
    Mark.SKIPPED: _("没有走"),
    Mark.AHEAD: _("还没到"),
}


def titled(document: FlowDocument) -> FlowDocument:
    """The flow as the picture names it: steps without a name by what they are, ways by their condition. A code that two
    steps have stands for the first."""
    steps = {step.code: step for step in reversed(document.steps)}
    return document.model_copy(update={"steps": tuple(_titled(step) for step in reversed(steps.values()))})


def step_name(step: StepDocument) -> str:
    """What a list calls a step."""
    return step.name or str(KINDS[StepKind(step.kind)])


def say_version(number: int, current: int | None) -> str:
    """Which version is shown, and which one holds where that is another."""
    if current is None or current == number:
        return f"v{number}"
    return gettext("按 v%(number)s 运行，现行 v%(newest)s") % {"number": number, "newest": current}


def _titled(step: StepDocument) -> StepDocument:
    name = step.name if StepKind(step.kind) in _NAMELESS else step_name(step)
    changes: dict[str, object] = {"name": _cut(name)}
    if isinstance(step, BranchStep):
        changes["arms"] = tuple(arm.model_copy(update={"name": _way(arm)}) for arm in step.arms)
    return step.model_copy(update=changes)


def _way(arm: ArmDocument) -> str:
    return _cut(arm.name or arm.when.strip() or gettext("其他情况"))


def _cut(text: str) -> str:
    """What fits into the picture; the list beside it has the whole."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
