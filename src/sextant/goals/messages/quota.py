"""What there is to say about a split on its page, as sentences in the active language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.goals.messages import allocation, cascade
from sextant.goals.messages.goals import plain

SENTENCES: Mapping[str, Promise | str] = {
    "quota.no_metric": _("这个目标没有指标，无法分摊。"),
    "quota.weights_not_full": _("因子权重合计 %(total)s%%，要等于 100%% 才能发出。"),
    "quota.not_a_number": _("“%(value)s”不是数字，仍按原来的数计算。"),
}


def say_quota(problem: Problem) -> str:
    """The sentence of a `quota.*`, `allocation.*`, `cascade.*` or `goals.*` problem."""
    if problem.code in SENTENCES:
        return str(SENTENCES[problem.code]) % {name: plain(value) for name, value in problem.params.items()}
    if problem.code in allocation.SENTENCES:
        return allocation.say_problem(problem)
    return cascade.say_push(problem)
