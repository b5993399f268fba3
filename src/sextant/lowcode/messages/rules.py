"""Sentences about rules, in the active language: what is wrong with a condition, and why a rule did or did not act."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem, Step
from sextant.foundation import formula_messages
from sextant.lowcode.contracts.rules import ActState
from sextant.lowcode.messages.flows import say_flow

SENTENCES: Mapping[str, Promise | str] = {
    "rules.bad_group": _("这里应是一组条件：全部成立、任一成立或都不成立。请改正。"),
    "rules.empty_group": _("这一组没有条件。请加一条，或删去这一组。"),
    "rules.too_deep": _("条件套条件超过 %(limit)s 层。请拆成几条规则。"),
    "rules.too_many": _("条件有 %(checks)s 条，最多 %(limit)s 条。请拆成几条规则。"),
    "rules.unknown_context": _("规则要看的“%(context)s”不存在。请另选。"),
    "rules.no_event": _("还没有选事件。"),
    "rules.unknown_event": _("事件“%(event)s”不存在。请另选。"),
    "rules.event_subject": _("“%(event)s”没有说是关于谁的，这里的规则用不上。请换事件，或换要看的对象。"),
    "rules.no_light": _("要看的对象没有灯。请换成目标。"),
    "rules.unknown_due": _("“%(of)s”没有到期日可看。请另选。"),
    "rules.due_subject": _("“%(of)s”逾期与要看的对象对不上。请换一种对象。"),
    "rules.no_days": _("还没有写几天内只执行一次。"),
    "rules.no_actions": _("还没有写要做什么。"),
    "rules.unknown_name": _("文字里的“%(name)s”不是可用的名称。请改正。"),
    "rules.no_text": _("通知没有内容。"),
    "rules.no_title": _("任务没有标题。"),
    "rules.no_flow": _("还没有选要发起的流程。"),
    "rules.no_action": _("还没有选要执行的动作。"),
    "rules.unknown_action": _("动作“%(action)s”不存在，或不能用于要看的对象。请换一个。"),
    "rules.no_param": _("“%(action)s”还缺“%(name)s”。"),
    "rules.no_points": _("积分不能是 0。"),
    "rules.no_webhook": _("要写明通知哪个外部系统、请它做什么。"),
    "rules.no_persons": _("还没有选发给谁。"),
    "rules.unknown_source": _("“%(source)s”找不到人。请换一种。"),
    "rules.nobody": _("关于“%(subject)s”找不到可以通知或指派的人。"),
    "rules.no_person": _("“%(subject)s”没有负责人，做不了。"),
    "rules.no_form": _("表单“%(form)s”没有在用的版本。请先发布。"),
    "rules.unknown_endpoint": _("没有启用的外部系统“%(endpoint)s”。"),
    "rules.unreadable": _("规则“%(rule)s”读到的名称已经没有了。请改正后重新发布。"),
    "rules.gone": _("规则要处理的对象已经没有了。"),
    "rules.act_failed": _("没有执行成功（%(reason)s）。"),
    "rules.note_needed": _("不同意要写原因。"),
    "rules.answered": _("已经有人答复。"),
    "rules.past_overdue": _("过去的逾期没有逐日保存，回看不了。"),
    "rules.past_owners": _("过去的变灯没有按负责人保存，回看不了。换成看目标就可以。"),
    "rules.past_daily": _("过去只保存每周的数据，每天的规则按每周一次回看。"),
    "rules.past_lights": _("按每周末的灯回看，一周之内变了又变回的不算。"),
    "rules.past_names": _("过去没有保存“%(names)s”，用到它的周无法判断。"),
    "rules.past_nothing": _("过去没有可回看的数据。"),
}

REASONS: Mapping[str, Promise | str] = {
    "rules.fired": _("条件成立，已执行"),
    "rules.not_met": _("条件不成立"),
    "rules.unknown": _("缺少数据，无法判断，没有执行"),
    "rules.still_met": _("条件一直成立，%(fired_at)s 已执行过"),
    "rules.off": _("规则已停用"),
    "rules.elsewhere": _("不在规则要看的范围内"),
    "rules.out_of_sight": _("没有数据，或不在你的可见范围"),
    "rules.quiet": _("%(fired_at)s 已执行过，%(again_at)s 之后才会再执行"),
}


def say_rule(problem: Problem) -> str:
    """The sentence of a problem of a rule, of a formula in it, or of a flow it started. KeyError for a code nobody
    wrote down."""
    if problem.code.startswith("formula."):
        return formula_messages.say(problem)
    if problem.code.startswith("flow."):
        return say_flow(problem)
    names = problem.params.get("names")
    listed = {"names": _("、").join(names)} if isinstance(names, list) else {}
    return str(SENTENCES[problem.code]) % {**problem.params, **listed}


def say_reason(step: Step) -> str:
    """Why a rule did or did not act. KeyError for a step that is not of `decide_firing`."""
    moments = {name: _moment(value) for name, value in step.params.items() if isinstance(value, datetime)}
    return str(REASONS[step.code]) % {**step.params, **moments}


def _moment(at: datetime) -> str:
    return date_format(at.astimezone(settings.SEXTANT_ZONE), "SHORT_DATETIME_FORMAT")


ACTS: Mapping[str, Promise | str] = {
    "notice": _("发通知"),
    "task": _("派任务"),
    "flow": _("发起流程"),
    "call": _("执行动作"),
    "points": _("记积分"),
    "webhook": _("通知外部系统"),
}

ACT_STATES: Mapping[ActState, Promise | str] = {
    ActState.WAITING: _("等待执行"),
    ActState.HELD: _("等上级确认"),
    ActState.DONE: _("已完成"),
    ActState.REFUSED: _("上级不同意"),
    ActState.DEAD: _("多次失败，已放弃"),
    ActState.DROPPED: _("规则已停用，不再执行"),
}

LABELS: Mapping[str, Promise | str] = {
    "when": _("当"),
    "when.kind": _("触发方式"),
    "when.event": _("事件"),
    "when.every": _("频率"),
    "when.weekday": _("星期几"),
    "when.day": _("几号"),
    "when.hour": _("几点"),
    "when.to": _("变成"),
    "when.weeks": _("连续周数"),
    "when.of": _("逾期的事"),
    "when.kinds": _("待办种类"),
    "when.days": _("逾期工作日"),
    "about": _("看谁"),
    "about.context": _("对象"),
    "about.units": _("部门"),
    "condition": _("如果"),
    "all": _("全部成立"),
    "any": _("任一成立"),
    "none": _("都不成立"),
    "weeks": _("已连续周数"),
    "actions": _("就"),
    "actions.do": _("做什么"),
    "actions.to": _("给谁"),
    "actions.to.source": _("来源"),
    "actions.to.params": _("参数"),
    "actions.title": _("标题"),
    "actions.text": _("内容"),
    "actions.days": _("几个工作日内"),
    "actions.form": _("表单"),
    "actions.path": _("办理页面"),
    "actions.flow": _("流程"),
    "actions.values": _("带入的数据"),
    "actions.action": _("动作"),
    "actions.params": _("参数"),
    "actions.points": _("积分"),
    "actions.reason": _("原因"),
    "actions.endpoint": _("外部系统"),
    "actions.call": _("请它做的事"),
    "actions.needs_yes": _("上级确认后执行"),
    "repeat": _("但是"),
    "repeat.kind": _("多久一次"),
    "repeat.days": _("天数"),
    "quiet": _("免打扰时段"),
    "on": _("启用"),
    "note": _("说明"),
}

WORDS: Mapping[str, Mapping[str, Promise | str]] = {
    "kind": {
        "event": _("事件"),
        "schedule": _("定时"),
        "light": _("变灯"),
        "overdue": _("逾期"),
        "change": _("条件开始成立时"),
        "window": _("若干天内只一次"),
        "always": _("每次"),
    },
    "every": {"daily": _("每天"), "weekly": _("每周"), "monthly": _("每月")},
    "to": {"red": _("红灯"), "yellow": _("黄灯"), "green": _("绿灯"), "none": _("灰灯")},
    "do": ACTS,
    "quiet": {"wait_morning": _("顺延到早上"), "at_once": _("立即执行")},
}
