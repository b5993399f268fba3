"""What there is to say about a split, as sentences in the active language."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sextant.engines.allocation import Bound
from sextant.engines.values import Problem, Step
from sextant.goals.messages.goals import plain
from sextant.ui.formats import write_percent

Sentences = Mapping[str, Promise | str]

SENTENCES: Sentences = {
    "allocation.nobody": _("没有分摊对象。请至少写一行。"),
    "allocation.key_repeated": _("“%(key)s”出现了两次。请合并成一行。"),
    "allocation.unit_not_positive": _("最小单位 %(unit)s 必须大于 0。"),
    "allocation.total_negative": _("总量 %(total)s 为负数，无法分摊。"),
    "allocation.total_not_in_units": _("总量 %(total)s 不是最小单位 %(unit)s 的整数倍。请改总量或单位。"),
    "allocation.no_factor": _("没有分摊因素。请至少指定一列。"),
    "allocation.factor_repeated": _("因素“%(factor)s”写了两次。请去掉一个。"),
    "allocation.factor_weight": _("因素“%(factor)s”的权重 %(weight)s 必须大于 0。"),
    "allocation.factor_missing": _("“%(key)s”没有“%(factor)s”的数值。没有请填 0，不能留空。"),
    "allocation.factor_negative": _("“%(key)s”的“%(factor)s”是负数 %(value)s，不能作为分摊因素。"),
    "allocation.factor_zero": _("因素“%(factor)s”对每一行都是 0，没有参与分摊。"),
    "allocation.bound_negative": _("“%(key)s”的下限、上限或固定份额是负数 %(value)s。"),
    "allocation.floor_above_cap": _("“%(key)s”的下限 %(floor)s 高于上限 %(cap)s（已按最小单位取整）。"),
    "allocation.fixed_not_in_units": _("“%(key)s”的固定份额 %(fixed)s 不是最小单位 %(unit)s 的整数倍。"),
    "allocation.fixed_outside_bounds": _("“%(key)s”的固定份额 %(fixed)s 不在自己的下限和上限之间。"),
    "allocation.fixed_above_total": _("固定份额合计 %(fixed)s，比总量 %(total)s 多 %(missing)s。"),
    "allocation.fixed_below_total": _("每一行都是固定份额，合计 %(fixed)s，总量 %(total)s 还剩 %(left)s 没有去处。"),
    "allocation.floors_above_total": _(
        "下限合计 %(floors)s，加固定份额 %(fixed)s，比总量 %(total)s 多 %(missing)s。下限最高的是：%(keys)s。"
    ),
    "allocation.caps_below_total": _(
        "上限合计 %(caps)s，加固定份额 %(fixed)s，比总量 %(total)s 少 %(left)s。上限最高的是：%(keys)s。"
    ),
}
STEPS: Sentences = {
    "allocation.total": _("总量 %(result)s，%(recipients)s 个对象，最小单位 %(unit)s"),
    "allocation.fixed": _("固定份额 %(recipients)s 个，合计 %(result)s，先从总量里扣除"),
    "allocation.factor": _("因素“%(factor)s”：权重 %(weight)s，占 %(result)s，数值合计 %(sum)s"),
    "allocation.floors": _("%(recipients)s 个对象取下限，合计 %(result)s"),
    "allocation.caps": _("%(recipients)s 个对象取上限，合计 %(result)s"),
    "allocation.rounding": _("按 %(unit)s 取整，%(recipients)s 个对象有变动，合计仍为 %(result)s"),
}
BOUNDS: Mapping[Bound | None, Promise | str] = {
    None: "",
    Bound.FLOOR: pgettext_lazy("分摊", "下限"),
    Bound.CAP: pgettext_lazy("分摊", "上限"),
    Bound.FIXED: pgettext_lazy("分摊", "固定"),
}


def say_problem(problem: Problem) -> str:
    """Why there is no split, or what to know about one."""
    return str(SENTENCES[problem.code]) % _words(problem.params)


def say_step(step: Step) -> str:
    """A step of the split as a line."""
    result = step.result
    is_share = step.code == "allocation.factor" and isinstance(result, Decimal)
    shown = write_percent(result, 1) if is_share and isinstance(result, Decimal) else plain(result)
    return str(STEPS[step.code]) % {**_words(step.params), "result": shown}


def _words(params: Mapping[str, object]) -> dict[str, object]:
    return {
        name: "、".join(map(str, value)) if isinstance(value, tuple) else plain(value) for name, value in params.items()
    }
