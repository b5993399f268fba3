"""规则 as a kind of definition, the work and notices of its acts, and what is due in inboxes."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.foundation.events.contracts import EventSpec
from sextant.foundation.events.registry import register_event
from sextant.foundation.notices.contracts import NoticeGroup, NoticeSpec
from sextant.foundation.notices.registry import register_notice
from sextant.foundation.webhooks.models import Endpoint
from sextant.lowcode.actions.rule_acts import answer_act, finish_task
from sextant.lowcode.actions.rule_forms import RuleSheets
from sextant.lowcode.contracts.rules import ACT, CALLED, CONFIRM_WORK, FAILED, FORM_WORK, NOTICE, POINTS, TASK_WORK
from sextant.lowcode.contracts.work import Decision, WorkGroup, WorkRow
from sextant.lowcode.messages.rule_preview import preview_of_act
from sextant.lowcode.messages.rules import LABELS, WORDS, say_rule
from sextant.lowcode.queries.rule_checks import check_rule, references_of
from sextant.lowcode.queries.rule_dry_run import dry_run_rule
from sextant.lowcode.queries.rule_loading import KIND
from sextant.lowcode.queries.work import find_overdue
from sextant.lowcode.registry import DefinitionKind, Referent, register_kind, register_referent
from sextant.lowcode.registry_rules import DueSource, DueThing, register_due_source
from sextant.lowcode.registry_sheets import register_sheet_host
from sextant.lowcode.registry_work import WorkSpec, register_work
from sextant.lowcode.rules.document import RuleDocument


def _checks(document: RuleDocument, *, code: str, on: datetime) -> Iterable[Problem]:
    return check_rule(document)


def _endpoints(names: frozenset[str]) -> frozenset[str]:
    return frozenset(Endpoint.objects.filter(name__in=names, is_active=True).values_list("name", flat=True))


def _answer(item: WorkRow, *, decision: Decision, note: str, actor: Actor, now: datetime) -> None:
    answer_act(item.id, decision=decision, note=note, actor=actor, now=now)


def _finish(item: WorkRow, *, decision: Decision, note: str, actor: Actor, now: datetime) -> None:
    finish_task(item.id, actor=actor, now=now)


def _late_work(*, since: datetime, before: datetime, limit: int) -> list[DueThing]:
    late = find_overdue(since=since, before=before, limit=limit)
    return [DueThing(f"work:{one.id}", ("person", one.person_id), one.due_at or before, one.kind) for one in late]


register_kind(
    DefinitionKind(
        code=KIND,
        name=_("规则"),
        model=RuleDocument,
        icon="bell-ring",
        references=references_of,
        checks=_checks,
        say=say_rule,
        labels=LABELS,
        words=WORDS,
        dry_run=dry_run_rule,
        edit_url="lowcode:rule_design",
        blank=lambda: {"when": {"kind": "light", "to": ["red"]}, "condition": {"all": []}, "actions": []},
    )
)
register_referent(Referent("webhook", _("外部系统"), _endpoints))
register_due_source(DueSource("work", _("待办"), frozenset({"person"}), _late_work))
register_sheet_host(ACT, RuleSheets())
register_event(EventSpec(POINTS, _("获得积分"), ("person_id", "points", "rule", "firing_id")))
register_event(
    EventSpec(
        CALLED,
        _("规则请外部系统做事"),
        ("rule", "call", "endpoint", "context", "subject_id", "person_id", "firing_id"),
    )
)
_TITLE = _("%(title)s")
register_work(
    WorkSpec(
        TASK_WORK, _("规则任务"), _TITLE, _("完成"), complete=_finish, heading=_("任务：%(subject)s"), say=say_rule
    )
)
register_work(
    WorkSpec(FORM_WORK, _("规则任务：填表"), _TITLE, _("去填写"), WorkGroup.FILL, heading=_("填写：%(subject)s"))
)
register_work(
    WorkSpec(
        kind=CONFIRM_WORK,
        name=_("规则确认"),
        title=_("%(subject)s：“%(rule)s”等你确认后执行"),
        verb=_("同意"),
        group=WorkGroup.APPROVE,
        batch=True,
        may_pass_on=True,
        complete=_answer,
        preview=preview_of_act,
        heading=_("规则确认：%(rule)s"),
        say=say_rule,
    )
)
register_notice(
    NoticeSpec(
        code=NOTICE,
        name=_("规则通知"),
        subject=_TITLE,
        body=_("%(text)s"),
        params=("title", "text"),
        group=NoticeGroup.TEAM,
        hint=_("人力资源设定的规则触发时"),
    )
)
register_notice(
    NoticeSpec(
        code=FAILED,
        name=_("规则没有执行成功"),
        subject=_("规则“%(rule)s”有一件事多次没有做成"),
        body=_("已试过多次，不再重试。请在规则的记录里看原因，处理后补做。"),
        params=("rule",),
        group=NoticeGroup.SYSTEM,
        hint=_("规则要做的事一再失败时，发给人力资源"),
    )
)
