"""Work, notices and events of 干预建议包."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from sextant.foundation.access.contracts import Actor
from sextant.foundation.events.contracts import EventSpec
from sextant.foundation.events.registry import register_event
from sextant.foundation.notices.contracts import NoticeGroup, NoticeSpec
from sextant.foundation.notices.registry import register_notice
from sextant.lowcode.contracts.work import Decision, WorkGroup, WorkRefused, WorkRow
from sextant.lowcode.registry_work import WorkSpec, register_work
from sextant.tracking.actions.help_acts import answer_request, finish_act
from sextant.tracking.contracts.help import (
    ACT_WORK,
    HELP_ANSWERED,
    HELP_ASKED,
    HELP_CLOSED,
    HELP_OPENED,
    PACK_WORK,
    REQUEST_WORK,
    HelpRefused,
)
from sextant.tracking.messages.help import say_help


def _answer(item: WorkRow, *, decision: Decision, note: str, actor: Actor, now: datetime) -> None:
    try:
        answer_request(item.subject[1], accepts=decision is Decision.AGREE, reason=note, actor=actor, now=now)
    except HelpRefused as error:
        raise WorkRefused(error.problems) from error


def _finish(item: WorkRow, *, decision: Decision, note: str, actor: Actor, now: datetime) -> None:
    try:
        finish_act(item.subject[1], actor=actor, now=now)
    except HelpRefused as error:
        raise WorkRefused(error.problems) from error


register_work(
    WorkSpec(
        kind=PACK_WORK,
        name=_("干预建议"),
        title=_("%(owner)s：%(goal)s，黄灯 %(weeks)s 周"),
        verb=_("去选择"),
        group=WorkGroup.CONFIRM,
    )
)
register_work(
    WorkSpec(
        kind=REQUEST_WORK,
        name=_("求助"),
        title=_("%(by)s 想请你帮忙：%(text)s"),
        verb=_("答应"),
        group=WorkGroup.CONFIRM,
        complete=_answer,
        say=say_help,
    )
)
register_work(
    WorkSpec(
        kind=ACT_WORK,
        name=_("干预行动"),
        title=_("%(text)s"),
        verb=_("做完了"),
        group=WorkGroup.CONFIRM,
        complete=_finish,
        say=say_help,
    )
)
register_notice(
    NoticeSpec(
        code=HELP_OPENED,
        name=_("干预建议"),
        subject=_("%(owner)s 的“%(goal)s”黄灯 %(weeks)s 周"),
        body=_("找到了相似案例、可用的话术和能帮忙的人。选一两样，观察两周。"),
        params=("owner", "goal", "weeks"),
        group=NoticeGroup.TEAM,
        hint=_("下属的目标连续两周黄灯时"),
    )
)
register_notice(
    NoticeSpec(
        code=HELP_ASKED,
        name=_("请你帮忙"),
        subject=_("%(by)s 想请你帮忙：%(text)s"),
        body=_("你在“%(metric)s”上做得好。能帮就答应，不方便也请说明原因。"),
        params=("by", "text", "metric"),
        group=NoticeGroup.TO_DO,
        hint=_("别的主管请你帮同事一把时"),
    )
)
register_notice(
    NoticeSpec(
        code=HELP_ANSWERED,
        name=_("求助有了答复"),
        subject=_("%(who)s %(answer)s：%(text)s"),
        body=_("打开建议包看后面怎么安排。"),
        params=("who", "answer", "text"),
        group=NoticeGroup.TEAM,
        hint=_("你请的人答应或谢绝时"),
    )
)
register_notice(
    NoticeSpec(
        code=HELP_CLOSED,
        name=_("干预结果"),
        subject=_("%(owner)s 的“%(goal)s”：%(outcome)s"),
        body=_("观察期已结束，结果按评估数据记下了。"),
        params=("owner", "goal", "outcome"),
        group=NoticeGroup.TEAM,
        hint=_("干预的观察期结束时"),
    )
)
register_event(EventSpec("help.opened", _("干预建议包已打开"), ("pack_id", "goal_id")))
register_event(EventSpec("help.closed", _("干预有了结果"), ("pack_id", "goal_id", "outcome")))
