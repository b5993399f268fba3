"""Sentences about adjustments, in the active language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.goals.contracts import AdjustmentAct, AdjustmentException, AdjustmentState
from sextant.goals.messages.agreement import SENTENCES as OF_AGREEMENT
from sextant.goals.messages.agreement import say as say_agreement
from sextant.goals.messages.goals import say as say_goal
from sextant.goals.messages.plans import SENTENCES as OF_PLANS
from sextant.ui.formats import write_number, write_percent

STATES: Mapping[AdjustmentState, Promise | str] = {
    AdjustmentState.ASKED: pgettext_lazy("校调", "待答复"),
    AdjustmentState.COUNTERED: pgettext_lazy("校调", "已还价"),
    AdjustmentState.WAITING: pgettext_lazy("校调", "例外待审批"),
    AdjustmentState.AGREED: pgettext_lazy("校调", "已谈定，待生效"),
    AdjustmentState.IN_FORCE: pgettext_lazy("校调", "已生效"),
    AdjustmentState.REFUSED: pgettext_lazy("校调", "未同意"),
    AdjustmentState.WITHDRAWN: pgettext_lazy("校调", "已撤回"),
    AdjustmentState.EXPIRED: pgettext_lazy("校调", "已过期"),
}
TONES: Mapping[AdjustmentState, str] = {
    AdjustmentState.ASKED: "warn",
    AdjustmentState.COUNTERED: "warn",
    AdjustmentState.WAITING: "warn",
    AdjustmentState.AGREED: "accent",
    AdjustmentState.IN_FORCE: "good",
}
"""Colour of a state where it is shown as a tag; the others are grey."""
ENDS: Mapping[AdjustmentState, Promise | str] = {
    AdjustmentState.REFUSED: pgettext_lazy("校调", "未被同意"),
    AdjustmentState.WITHDRAWN: pgettext_lazy("校调", "已撤回"),
    AdjustmentState.EXPIRED: pgettext_lazy("校调", "已过期"),
}
ACTS: Mapping[AdjustmentAct, Promise | str] = {
    AdjustmentAct.ASK: _("%(by)s提出"),
    AdjustmentAct.COUNTER: _("%(by)s还价"),
    AdjustmentAct.SIGN: _("%(by)s签署"),
    AdjustmentAct.REFUSE: _("%(by)s不同意"),
    AdjustmentAct.WITHDRAW: _("%(by)s撤回"),
    AdjustmentAct.APPROVE: _("%(by)s批准例外"),
    AdjustmentAct.DECLINE: _("%(by)s不批准例外"),
    AdjustmentAct.EXPIRE: _("无人答复，过期"),
    AdjustmentAct.TAKE_EFFECT: _("新目标生效"),
}
EXCEPTIONS: Mapping[AdjustmentException, Promise | str] = {
    AdjustmentException.WINDOW: pgettext_lazy("校调", "窗口外"),
    AdjustmentException.BUDGET: pgettext_lazy("校调", "超出弹性"),
}
WAYS: Mapping[str, Promise | str] = {
    "history": pgettext_lazy("依据", "历史趋势"),
    "region": pgettext_lazy("依据", "周边均值"),
    "industry": pgettext_lazy("依据", "行业增速"),
}
METHODS: Mapping[str, Promise | str] = {
    "mean": _("历史均值"),
    "last": _("与上期相同"),
    "recent": _("近两期均值"),
    "smooth": _("指数平滑"),
    "trend": _("趋势外推"),
    "season": _("季节分解"),
    "peers": _("同类均值"),
}
SENTENCES: Mapping[str, Promise | str] = {
    "adjust.goal_state": _("只有执行中的目标可以校调。"),
    "adjust.plan_state": _("双方签署过的目标才需要校调。还在共商的，请直接修改。"),
    "adjust.period": _("目标还没有开始，或已经结束，不能再校调。"),
    "adjust.no_counterpart": _("还没有人代表公司答复。请联系人力资源指定。"),
    "adjust.under_way": _("这个目标已有一份校调在谈或待生效。请先处理那一份。"),
    "adjust.field": _("这一项不能校调。"),
    "adjust.nothing_changed": _("没有改动。请填写新的目标。"),
    "adjust.same_offer": _("和对方的一样。请直接同意。"),
    "adjust.same_period": _("同一指标在这段时间已有另一个目标。请换一个日期。"),
    "adjust.until": _("截止要晚于今天，最晚 %(last_on)s。"),
    "adjust.effective": _("生效日要在今天或以后，并早于目标结束。"),
    "adjust.reason": _("没有写理由。请写明依据。"),
    "adjust.reason_long": _("最多 %(most)s 字。请缩短。"),
    "adjust.exception_reason": _("窗口外或超出弹性属于例外。请写明为什么现在必须改。"),
    "adjust.goal_changed": _("目标内容在申请之后变过，这份申请不能再用。请撤回后重新提出。"),
    "adjust.signatures_void": _("签署之后方案又有变化，双方要重新签署。"),
    "adjust.done": _("这份校调%(state)s，不能再处理。"),
    "adjust.expired": _("这份校调已过答复期限。"),
    "adjust.act": _("这份校调现在是“%(state)s”，不能这样做。"),
    "adjust.own_offer": _("这是您这一方的报价，等对方答复。要改请先撤回。"),
    "adjust.not_asked_by_you": _("只有提出的一方可以撤回。"),
    "adjust.two_hats": _("例外要由双方以外的人审批。"),
    "adjust.files_many": _("最多 %(most)s 个附件。"),
    "adjust.nothing_known": _("没有可比的数据，给不出建议。"),
    "adjust.no_interval": _("往期只有 %(known)s 期，不足 %(needed)s 期，不给区间。"),
    "adjust.one_way": _("只有“%(way)s”一种依据，建议仅供参考。"),
    "adjust.never_reached": _("现行基准 %(base)s 比往期最好的 %(best)s 还高出 %(beyond)s，从未达到过。"),
}
STEPS: Mapping[str, Promise | str] = {
    "adjust.history": _("往期 %(past)s，%(method)s"),
    "adjust.region_growth": _("上期 %(last)s × 同口径增长 %(growth)s，%(peers)s 个同类"),
    "adjust.region_mean": _("%(peers)s 个同类上期的均值"),
    "adjust.industry": _("上期 %(last)s × 行业增长 %(growth)s"),
}
PAST_SAID = 4
_AMOUNTS = frozenset({"base", "best", "last", "low", "high"})
_RATIOS = frozenset({"growth", "beyond"})


def say(problem: Problem, *, decimals: int = 0) -> str:
    """The sentence of a problem of an adjustment, a signature, a plan or a goal. KeyError for a code nobody wrote
    down."""
    if problem.code in SENTENCES:
        return str(SENTENCES[problem.code]) % _worded(problem.params, decimals)
    if problem.code in OF_AGREEMENT or problem.code in OF_PLANS:
        return say_agreement(problem)
    return say_goal(problem)


def say_step(code: str, params: Mapping[str, Any], *, decimals: int) -> str:
    """How one way of a card led to its number; "" for the median, which needs no words."""
    return str(STEPS[code]) % _worded(params, decimals) if code in STEPS else ""


def say_act(act: AdjustmentAct, *, by: str) -> str:
    """What was done to a request, as a line of its history."""
    return str(ACTS[act]) % {"by": by}


def say_window_left(days: int) -> str:
    """How long a window stays open, counting today."""
    return ngettext("窗口剩 %(days)s 天", "窗口剩 %(days)s 天", days) % {"days": days}


def say_change(old: object, new: object) -> str:
    """The way from one number to another, in per cent of the former; "" where there is no such way."""
    if not isinstance(old, Decimal) or not isinstance(new, Decimal) or not old:
        return ""
    ratio = (new - old) / abs(old)
    name = gettext("上调 %(share)s") if ratio > 0 else gettext("下调 %(share)s")
    return name % {"share": write_percent(abs(ratio), 1)} if ratio else ""


def _worded(params: Mapping[str, Any], decimals: int) -> dict[str, object]:
    return {name: _word(name, value, decimals) for name, value in params.items()}


def _word(name: str, value: Any, decimals: int) -> object:
    if value is None:
        return ""
    if name == "state":
        return str(STATES[AdjustmentState(str(value))])
    if name == "way":
        return str(WAYS[str(value)])
    if name == "method":
        return str(METHODS.get(str(value), value))
    if name == "past":
        return gettext("、").join(write_number(Decimal(str(one)), decimals) for one in list(value)[-PAST_SAID:])
    if name in _AMOUNTS:
        return write_number(Decimal(str(value)), decimals)
    if name in _RATIOS:
        return write_percent(Decimal(str(value)), 1)
    return value.isoformat() if isinstance(value, date) else value
