"""Sentences and words of 红灯跟踪, in the active language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sextant.engines.values import Problem
from sextant.tracking.contracts.cases import CaseOutcome, RestrictionKind, SeatAnswer, SeatRole, Stage
from sextant.tracking.policy.case_stations import Station

Words = Promise | str

SENTENCES: Mapping[str, Words] = {
    "case.closed": _("这次跟踪已经结束，不能再改。"),
    "case.settled": _("纪要已经三方确认，不能再改。"),
    "case.missing": _("还没有写内容。"),
    "case.long": _("最多 %(most)s 个字。请缩短。"),
    "case.no_form": _("偏差分析表还没有启用。请 HR 在方案中心启用后再填。"),
    "case.too_late": _("三方会最迟 %(day)s。请选这一天或更早。"),
    "case.no_time": _("还没有约时间。"),
    "case.when": _("请写上你方便的时间。"),
    "case.unknown_revision": _("这份纪要太旧了。请刷新后再写。"),
    "case.nothing_written": _("还没有纪要。先写下谈了什么、定了什么。"),
    "case.changed": _("纪要刚改过。请看一遍现在的内容再确认。"),
    "case.not_met": _("会还没有开。开完再确认纪要。"),
    "case.weeks": _("观察期是 %(least)s 到 %(most)s 周。"),
    "case.person": _("谁来做？请在三方里选一位。"),
    "case.day": _("什么时候做完？请填写日期。"),
    "case.day_past": _("日期已经过去。请改成今天或以后。"),
    "case.many": _("改进措施最多 %(most)s 项。抓住最要紧的几项。"),
    "case.owner_seat": _("这是本人的席位，不能换人。"),
    "case.person_gone": _("找不到这个人，或已经离职。请改填工号。"),
    "case.seated": _("这个人已经在三方里。"),
    "case.restricted": _("已经请对方暂停，不用再请一次。"),
    "case.too_early": _("观察期还没有结果，先不用决定下一步。"),
}
STAGES: Mapping[Stage, Words] = {
    Stage.ANALYSIS: _("偏差分析"),
    Stage.MEETING: _("三方会"),
    Stage.WATCH: pgettext_lazy("红灯跟踪", "观察中"),
    Stage.DECIDE: _("待定下一步"),
    Stage.CLOSED: pgettext_lazy("红灯跟踪", "已结束"),
}
STATIONS: Mapping[Station, Words] = {
    Station.TELL: pgettext_lazy("红灯跟踪", "通知"),
    Station.ANALYSIS: _("偏差分析"),
    Station.MEETING: _("三方会"),
    Station.MEASURES: pgettext_lazy("红灯跟踪", "改进"),
    Station.REVIEW: pgettext_lazy("红灯跟踪", "复核"),
}
ROLES: Mapping[SeatRole, Words] = {
    SeatRole.OWNER: _("本人"),
    SeatRole.MANAGER: _("主管"),
    SeatRole.HRBP: _("HRBP"),
}
ANSWERS: Mapping[SeatAnswer, Words] = {
    SeatAnswer.NONE: _("未答复"),
    SeatAnswer.YES: pgettext_lazy("答复会议", "参加"),
    SeatAnswer.NO: pgettext_lazy("答复会议", "不能参加"),
    SeatAnswer.MOVE: pgettext_lazy("答复会议", "想改时间"),
}
OUTCOMES: Mapping[CaseOutcome, Words] = {
    CaseOutcome.RECOVERED: _("红灯解除"),
    CaseOutcome.PLAN: _("转绩效改进计划"),
    CaseOutcome.ENDED: pgettext_lazy("红灯跟踪", "结束跟踪"),
    CaseOutcome.GOAL_OVER: pgettext_lazy("红灯跟踪", "目标已结束"),
}
RESTRICTIONS: Mapping[RestrictionKind, Words] = {
    RestrictionKind.NEW_LEADS: _("暂停派发新商机"),
    RestrictionKind.NEW_CUSTOMERS: _("暂停分配新客户"),
    RestrictionKind.NEW_TASKS: _("暂停派发新任务"),
}


def say_case(problem: Problem) -> str:
    """The sentence of a `case.*` problem. KeyError for a code nobody wrote down."""
    return str(SENTENCES[problem.code]) % dict(problem.params)
