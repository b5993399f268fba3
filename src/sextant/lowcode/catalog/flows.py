"""流程 as a kind of definition, the kinds of work that flows open, and what they tell people."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.foundation.notices.contracts import NoticeSpec
from sextant.foundation.notices.registry import register_notice
from sextant.lowcode.actions.flow_repair import REMINDER
from sextant.lowcode.actions.flow_starting import KIND
from sextant.lowcode.actions.flow_timers import LATE
from sextant.lowcode.actions.flows import answer_work, put_aside
from sextant.lowcode.contracts.flows import WorkKind
from sextant.lowcode.contracts.work import Decision, WorkGroup, WorkRow
from sextant.lowcode.flows.document import FlowDocument
from sextant.lowcode.messages.flow_preview import preview_of_flow
from sextant.lowcode.messages.flows import LABELS, say_flow
from sextant.lowcode.queries.flow_checks import check_flow, check_persons, references_of
from sextant.lowcode.queries.flow_dry_run import dry_run_flow
from sextant.lowcode.registry import DefinitionKind, register_kind
from sextant.lowcode.registry_work import WorkSpec, register_work


def _checks(document: FlowDocument, *, code: str, on: datetime) -> Iterable[Problem]:
    return (*check_flow(document), *check_persons(document, on=on))


def _answer(item: WorkRow, *, decision: Decision, note: str, actor: Actor, now: datetime) -> None:
    answer_work(item.id, decision=decision, note=note, actor=actor, now=now)


def _read(item: WorkRow, *, decision: Decision, note: str, actor: Actor, now: datetime) -> None:
    put_aside(item.id, actor=actor, now=now)


register_kind(
    DefinitionKind(
        code=KIND,
        name=_("流程"),
        model=FlowDocument,
        icon="workflow",
        references=references_of,
        checks=_checks,
        say=say_flow,
        labels=LABELS,
        edit_url="lowcode:flow_design",
        facts_url="lowcode:definition_times_part",
        dry_run=dry_run_flow,
        # what HR makes, people start; what a file makes without a word on it, the product does
        blank=lambda: {
            "fields": [],
            "steps": [],
            "may_withdraw": True,
            "starters": {"who": "everyone", "among": []},
            "note": "",
        },
    )
)

_APPROVAL = {"batch": True, "complete": _answer, "may_pass_on": True}
_TITLE = _("%(title)s")
_ALL = {"preview": preview_of_flow, "say": say_flow}
_HEADINGS = {
    WorkKind.COPY: _("抄送：%(flow)s"),
    WorkKind.ESCALATION: _("超时升级：%(flow)s"),
    WorkKind.ASSIGN: _("指定处理人：%(flow)s"),
    WorkKind.REPAIR: _("修复流程：%(flow)s"),
}
for _kind, _name, _verb, _group, _more in (
    (WorkKind.FILL, _("填写"), _("去填写"), WorkGroup.FILL, {"may_pass_on": True}),
    (WorkKind.APPROVE, _("审批"), _("同意"), WorkGroup.APPROVE, _APPROVAL),
    (WorkKind.ADDED, _("加签"), _("同意"), WorkGroup.APPROVE, _APPROVAL),
    (WorkKind.COPY, _("抄送"), _("知道了"), WorkGroup.READ, {"complete": _read}),
    (WorkKind.ESCALATION, _("超时升级"), _("知道了"), WorkGroup.CONFIRM, {"complete": _read}),
    (WorkKind.ASSIGN, _("指定处理人"), _("去指定"), WorkGroup.CONFIRM, {}),
    (WorkKind.REPAIR, _("修复流程"), _("去修复"), WorkGroup.CONFIRM, {}),
):
    _heading = _HEADINGS.get(_kind, _("%(flow)s"))
    _spec = WorkSpec(_kind.value, _name, _TITLE, _verb, _group, heading=_heading, **_ALL, **_more)  # type: ignore[arg-type]
    register_work(_spec)

register_notice(
    NoticeSpec(
        code=REMINDER,
        name=_("流程催办"),
        subject=_("催办：%(flow)s"),
        body=_("“%(title)s”在等你处理。"),
        params=("flow", "title"),
    )
)
register_notice(
    NoticeSpec(
        code=LATE,
        name=_("流程超时"),
        subject=_("快要超时：%(flow)s"),
        body=_("“%(title)s”还在等你处理，已到提醒时间。"),
        params=("flow", "title"),
    )
)
