"""What there is to say about a push, as sentences in the active language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.goals.messages import goals as messages
from sextant.goals.policy.cascade import Verdict

SENTENCES: Mapping[str, Promise | str] = {
    "cascade.nobody": _("还没有选下发对象。请至少选一个单位、岗位或人。"),
    "cascade.too_many": _("一次最多下发给 %(most)s 个对象。请分几次。"),
}
VERDICTS: Mapping[Verdict, Promise | str] = {
    Verdict.NEW: _("会收到"),
    Verdict.HAS_GOAL: _("已有同样的目标"),
    Verdict.SETTLED: _("方案已提交或已签，不再改动"),
    Verdict.OUT_OF_LINE: _("不在你的管理范围"),
    Verdict.NO_TEMPLATE: _("没有可用的方案模板"),
}


def say_push(problem: Problem) -> str:
    """Why a push was refused."""
    if problem.code in SENTENCES:
        return str(SENTENCES[problem.code]) % problem.params
    return messages.say(problem)
