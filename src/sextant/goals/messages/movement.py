"""Sentences about movements: causes, decisions, reasons and refusals, in the active language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.movement import Cause, Decision
from sextant.engines.values import Problem
from sextant.goals.messages.plans import say_plan

CAUSES: Mapping[Cause, Promise | str] = {
    Cause.MANAGER: _("换了主管"),
    Cause.UNIT: _("调动部门"),
    Cause.LEFT: _("离职"),
    Cause.LEAVE: _("休假"),
}
DECISIONS: Mapping[Decision, Promise | str] = {
    Decision.KEEP: _("保留"),
    Decision.SPLIT: _("按天拆分"),
    Decision.HAND_OVER: _("移交"),
    Decision.CLOSE: _("结束"),
    Decision.PAUSE: _("暂缓"),
}
EXPLAINED: Mapping[Decision, Promise | str] = {
    Decision.KEEP: _("目标不变，由本人继续。"),
    Decision.SPLIT: _("本人按前一段考核，接手人负责后一段。"),
    Decision.HAND_OVER: _("接手人负责剩下的，本人不再按它考核。"),
    Decision.CLOSE: _("只按前一段考核，后面没有人接。"),
    Decision.PAUSE: _("休假期间不考核，回来后继续。"),
}
REASONS: Mapping[str, Promise | str] = {
    "movement.only_manager": _("只换了主管，目标不受影响。"),
    "movement.over": _("到这一天已经结束。"),
    "movement.not_begun": _("还没有开始，整个交给接手人。"),
    "movement.leave": _("休假期间不考核。"),
    "movement.paused_already": _("已经在暂缓。"),
    "movement.draft_stays": _("还是草稿，和新的主管接着商量。"),
    "movement.draft_goes": _("还是草稿，随离职作废。"),
    "movement.personal_stays": _("个人的能力和行为目标，跟着人走。"),
    "movement.personal_ends": _("个人的能力和行为目标，不移交。"),
    "movement.task_goes": _("一件要做完的事，交给接手人做完。"),
    "movement.short_before": _("前一段不到两周，不单独考核。"),
    "movement.short_after": _("剩下不到两周，不再移交。"),
    "movement.pro_rata": _("两段都够长，各按天数考核。"),
    "movement.whole": _("数字太小，拆不开，整个交给接手人。"),
}
SENTENCES: Mapping[str, Promise | str] = {
    "movement.done": _("%(by)s 刚刚处理过。请看结果，需要时再调整。"),
    "movement.changed": _("这些目标刚刚有变动。请按现在的样子再看一遍。"),
    "movement.day": _("日期离今天太远。请填写前一年到后三个月之间的一天。"),
    "movement.leave_days": _("请填写休假结束的日期，最长一年。"),
    "movement.leave_ahead": _("休假还没有开始。请在开始那天或之后办理。"),
    "movement.note_long": _("说明超过 %(most)s 个字。请缩短。"),
    "movement.undecided": _("“%(title)s”还没有选择。"),
    "movement.not_offered": _("“%(title)s”不能这样处理。请改选。"),
    "movement.successor_missing": _("“%(title)s”没有选接手人。"),
    "movement.successor_own": _("“%(title)s”不能交给本人。请改选接手人。"),
    "movement.successor_unable": _("“%(title)s”的接手人不在职，或不在你的范围。请改选。"),
    "movement.has_goal": _(
        "%(name)s 已有同一指标、同一段时间的目标，接不了“%(title)s”。请改选接手人，或先校调那个目标。"
    ),
    "movement.no_plan": _("%(name)s 在这个周期还没有方案，草稿“%(title)s”放不进去。请先为其起草方案。"),
    "movement.adjusting": _("“%(title)s”有一份校调还没有结果。请先答复或撤回，再办异动。"),
    "movement.adjusted_later": _("“%(title)s”在 %(on)s 校调过。请选这之后的一天。"),
    "movement.no_two_parts": _("这一天不在目标的周期里，没有两段可拆。"),
    "movement.nothing_in_part": _("有一段拆出来是 0，不能考核。"),
}


def say_movement(problem: Problem) -> str:
    """Why a step was refused, with the remedy."""
    if problem.code in SENTENCES:
        return str(SENTENCES[problem.code]) % problem.params
    return say_plan(problem)
