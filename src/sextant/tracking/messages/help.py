"""Words and sentences about help, in the active language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sextant.engines.similar import Feature
from sextant.engines.values import Problem
from sextant.tracking.contracts.help import ActKind, ActState, Cause, PackOutcome, PackState

SENTENCES: Mapping[str, Promise | str] = {
    "help.not_in_trouble": _("这个目标现在不是黄灯或红灯，不用干预。"),
    "help.text_missing": _("还没有写内容。"),
    "help.title_missing": _("请写标题。"),
    "help.reason_missing": _("请写明原因，对方要据此另想办法。"),
    "help.text_long": _("最多 %(most)s 个字。请缩短。"),
    "help.due_missing": _("什么时候做完？请填写日期。"),
    "help.due_past": _("日期已经过去。请改成今天或以后。"),
    "help.person_missing": _("谁来做？请填写。"),
    "help.person_unknown": _("找不到“%(name)s”，或有重名。请改填工号。"),
    "help.person_left": _("这个人已经离职。请另选。"),
    "help.nobody_heads": _("这个团队现在没有负责人，发不出请求。请另选。"),
    "help.own_help": _("不能请目标本人来帮自己。请另选。"),
    "help.asked_already": _("已经请过这个人，等对方答复。"),
    "help.acts_many": _("一个建议包最多选 %(most)s 项。"),
    "help.closed": _("建议包已经结束，不能再改。"),
    "help.answered": _("已经答复过了。"),
    "help.script_unknown": _("这份话术已经停用。请另选。"),
    "help.case_unknown": _("找不到这个案例。请另选。"),
    "help.file_refused": _("附件没有收下：%(why)s"),
    "help.metric_unknown": _("没有这个指标。请另选。"),
    "help.stale": _("别人刚改过这份话术。请看过现在的写法再改。"),
}
CAUSES: Mapping[Cause, Promise | str] = {
    Cause.ACCESS: _("客户进不去"),
    Cause.RECORDS: _("记录没做全"),
    Cause.METHOD: _("方法不熟"),
    Cause.TIME: _("时间被占"),
    Cause.TARGET: _("目标偏高"),
    Cause.RESOURCES: _("资源没到位"),
    Cause.PERSONAL: _("个人原因"),
    Cause.OTHER: pgettext_lazy("原因", "其他"),
}
STATES: Mapping[PackState, Promise | str] = {
    PackState.OPEN: _("待选择"),
    PackState.WATCHED: _("观察中"),
    PackState.CLOSED: _("已结束"),
}
OUTCOMES: Mapping[PackOutcome, Promise | str] = {
    PackOutcome.TURNED: _("回到绿灯"),
    PackOutcome.SAME: _("没有变化"),
    PackOutcome.WORSE: _("变差了"),
    PackOutcome.UNKNOWN: _("没有数据"),
    PackOutcome.ALONE: _("没用干预，自己回到绿灯"),
    PackOutcome.ENDED: _("目标已结束或暂缓"),
}
KINDS: Mapping[ActKind, Promise | str] = {
    ActKind.SCRIPT: _("用话术"),
    ActKind.CASE: _("照案例做"),
    ActKind.REQUEST: _("请人帮忙"),
    ActKind.OWN: _("自定"),
}
ACT_STATES: Mapping[ActState, Promise | str] = {
    ActState.ASKED: _("待答复"),
    ActState.AGREED: pgettext_lazy("干预", "进行中"),
    ActState.DONE: pgettext_lazy("干预", "已做完"),
    ActState.DECLINED: _("已谢绝"),
    ActState.DROPPED: pgettext_lazy("干预", "已取消"),
}
ANSWERS: Mapping[ActState, Promise | str] = {
    ActState.AGREED: _("答应了"),
    ActState.DECLINED: _("谢绝了"),
}
FEATURES: Mapping[Feature, Promise | str] = {
    Feature.GAP: _("差距"),
    Feature.PACE: _("走势"),
    Feature.POSITION: _("周期进度"),
    Feature.SEASON: _("季节"),
}


def say_help(problem: Problem) -> str:
    """One problem as a sentence that names the remedy."""
    return str(SENTENCES[problem.code]) % problem.params
