"""What there is to say about the alignment of goals, as sentences in the active language."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from sextant.engines.alignment import Code
from sextant.engines.values import Problem
from sextant.goals.messages.goals import plain
from sextant.ui.formats import write_percent

SENTENCES: Mapping[str, Promise | str] = {
    "alignment.orphan": _("没有支撑任何目标。请选一个上级目标，或说明它为什么单独存在。"),
    "alignment.cycle": _("支撑关系绕成了一圈：%(path)s。请去掉其中一条。"),
    "alignment.promised_twice": _(
        "同一负责人在“%(other)s”里已经承诺了同一指标，时间有重叠。请合并，或让其中一个支撑另一个。"
    ),
    "alignment.covered_twice": _(
        "和“%(other)s”一起支撑“%(parent)s”，但一方的负责人属于另一方，完成量会算两遍。请只留一个。"
    ),
    "alignment.over_assigned": _(
        "%(children)s 个下级合计 %(assigned)s，比目标 %(base)s 多 %(difference)s（%(share)s）。"
    ),
    "alignment.under_assigned": _(
        "%(children)s 个下级合计 %(assigned)s，比目标 %(base)s 少 %(difference)s（%(share)s）。"
    ),
    "alignment.weights_not_full": _("下级的贡献合计 %(total)s%%，不是 100%%。"),
    "alignment.itself": _("目标不能支撑自己。请另选一个。"),
    "alignment.apart": _("两个目标的时间没有重叠。请选同一时期的目标。"),
    "alignment.closes_circle": _("这样会绕成一圈：%(path)s。请选一个更上层的目标。"),
    "alignment.contribution_range": _("贡献 %(value)s 不在 0 到 100 之间。请按百分数填写，例如 35；不清楚可以留空。"),
}
"""A problem's sentence; keys of goals are shown as their titles."""

MARKS: Mapping[Code, Promise | str] = {
    Code.ORPHAN: pgettext_lazy("对齐", "未对齐"),
    Code.CYCLE: pgettext_lazy("对齐", "循环"),
    Code.PROMISED_TWICE: pgettext_lazy("对齐", "重复承诺"),
    Code.COVERED_TWICE: pgettext_lazy("对齐", "重复计算"),
    Code.OVER_ASSIGNED: pgettext_lazy("对齐", "分多了"),
    Code.UNDER_ASSIGNED: pgettext_lazy("对齐", "有缺口"),
    Code.WEIGHTS_NOT_FULL: pgettext_lazy("对齐", "贡献不足或超出 100%"),
}
"""A problem in one or two words, for a mark on a card and a filter."""

_ARROW = " → "
_GOALS = ("goal", "other", "parent")


def say_alignment(problem: Problem, titles: Mapping[int, str]) -> str:
    """The sentence of an `alignment.*` problem. `titles` names the goals the reader may see; others are 受限目标."""
    hidden = gettext("受限目标")
    params: dict[str, object] = {}
    for name, value in problem.params.items():
        if name in _GOALS and isinstance(value, int):
            params[name] = titles.get(value, hidden)
        elif isinstance(value, tuple):
            params[name] = _ARROW.join(titles.get(one, hidden) for one in value)
        elif name == "share" and isinstance(value, Decimal):
            params[name] = write_percent(value, 1)
        else:
            params[name] = plain(value)
    return str(SENTENCES[problem.code]) % params


def also_supported(goal_ids: Iterable[int], titles: Mapping[int, str]) -> str:
    """The goals by their titles, side by side; "" for none."""
    names = [titles.get(one) or gettext("受限目标") for one in goal_ids]
    return gettext("、").join(names)
