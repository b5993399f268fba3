"""Sentences about copying a cycle and about plans that wait, in the active language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.goals.messages.plans import say_plan

SENTENCES: Mapping[str, Promise | str] = {
    "copy.same_cycle": _("两个周期是同一个。请改选一个。"),
    "copy.cycle_over": _("%(cycle)s已经结束，不能再起草。请改选一个。"),
    "copy.percent": _("比例应大于 0，最多 %(most)s%%。"),
    "copy.nobody": _("还没有选人或组织。"),
}


def say_bulk(problem: Problem) -> str:
    """Why a copy was refused."""
    if problem.code in SENTENCES:
        return str(SENTENCES[problem.code]) % problem.params
    return say_plan(problem)
