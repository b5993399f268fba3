"""Sentences about surveys, in the active language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem

SENTENCES: Mapping[str, Promise | str] = {
    "survey.cycle_over": _("这个周期已经结束，不再调查。"),
    "survey.nobody": _("没有可问的人：还没有人的目标定下来，或者都已问过。"),
    "survey.too_few": _("只有 %(n)s 人可问。少于 %(least)s 份不会公布，请等更多人签完，或选上级单位。"),
    "survey.over": _("调查已结束，不再收回答。"),
    "survey.answered": _("你已经答过。回答不记名，所以不能修改。"),
    "survey.score": _("请选 1 到 5 中的一个。"),
    "survey.comment_long": _("最多 %(most)s 个字。请缩短。"),
}

MARKS: Mapping[int, Promise | str] = {
    1: _("完全不反映"),
    2: _("不太反映"),
    3: _("一半一半"),
    4: _("大体反映"),
    5: _("完全反映"),
}
"""What the numbers of the scale mean."""


def say_survey(problem: Problem) -> str:
    """The sentence of a `survey.*` problem. KeyError for a code nobody wrote down."""
    return str(SENTENCES[problem.code]) % dict(problem.params)
