"""Steps and warnings of a target suggestion as sentences in the active language, each with its own numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sextant.engines.values import Problem, Step
from sextant.metrics.wording import write_share
from sextant.ui.formats import DASH, write_change, write_number

Sentences = Mapping[str, Promise | str]

METHODS: Sentences = {
    "mean": _("历史平均"),
    "last": _("与上期相同"),
    "recent": _("最近两期平均"),
    "smooth": _("指数平滑"),
    "trend": _("趋势外推"),
    "season": _("季节规律"),
    "peers": _("同类平均"),
}
STEPS: Sentences = {
    "forecast.history": _("历史 %(known)s %(steps)s（缺 %(missing)s）的平均水平，折合本期 %(result)s"),
    "forecast.last": _("与上期相同则为 %(result)s"),
    "forecast.outliers": _("%(count)s 个异常值按 %(low)s 到 %(high)s 收回后再估算（每%(step)s）"),
    "forecast.shift": _("水平已从每%(step)s %(before)s 变为 %(after)s，只用变化后的 %(kept)s %(steps)s"),
    "forecast.trend": _("有趋势：每%(step)s %(per_step)s，到本期相差 %(result)s"),
    "forecast.no_trend": _("没有可以采用的趋势：每%(step)s %(per_step)s"),
    "forecast.season": _("有季节规律：与全年平均 %(plain)s 相差 %(result)s"),
    "forecast.no_season": _("没有采用季节规律：共 %(known)s %(steps)s历史，一年是 %(season)s %(steps)s"),
    "forecast.method": _(
        "方法：%(method)s，得 %(result)s；过去 %(tests)s 次回测平均误差 %(error)s，与上期相同则为 %(error_of_last)s"
    ),
    "forecast.method.untested": _("方法：%(method)s，得 %(result)s；历史太短，无法回测"),
    "forecast.peers": _("同类 %(count)s 个的平均 %(mean)s，占 %(share)s，得 %(result)s"),
    "forecast.growth.true": _("行业增长 %(growth)s，得 %(result)s"),
    "forecast.growth.false": _("行业增长 %(growth)s 供参考：方法里已含自身的趋势或季节，不再叠加"),
    "forecast.length": _("按本期天数折算（× %(factor)s），得 %(result)s"),
    "forecast.interval": _(
        "区间 %(low)s 到 %(high)s：过去 %(tests)s 次回测里，约 %(coverage)s 的误差不超过 %(margin)s"
    ),
    "forecast.base": _("建议基准目标 %(result)s"),
}
WARNINGS: Sentences = {
    "forecast.no_history": _("没有历史，也没有可比的同类，给不出建议。"),
    "forecast.peers_only": _("没有自己的历史，按 %(peers)s 个同类的平均建议。"),
    "forecast.no_interval": _(
        "历史只有 %(known)s %(steps)s，至少要 %(needed)s %(steps)s才能给出 %(coverage)s 的区间。"
    ),
    "forecast.many_gaps": _("%(of)s %(steps)s中有 %(missing)s %(steps)s没有数据，建议不够可靠。"),
    "forecast.many_zeros": _("%(of)s %(steps)s中有 %(zeros)s %(steps)s为零，建议只反映平均水平。"),
    "forecast.constant": _("历史 %(known)s %(steps)s都是每%(step)s %(value)s，没有波动可供估计。"),
    "forecast.season_unproven": _("历史 %(known)s %(steps)s，不足两年（%(needed)s %(steps)s），没有考虑季节。"),
    "forecast.baseline_unbeaten": _(
        "过去 %(tests)s 次回测里，这个方法的平均误差 %(error)s 大于与上期相同的 %(error_of_last)s，请谨慎参考。"
    ),
    "forecast.limited": _("按历史应为 %(suggested)s，超出可达上限 %(limit)s，已收回到上限。"),
    "target.never_reached": _("目标 %(target)s 从未有人达到：最好成绩 %(best)s，本人最好 %(own_best)s。"),
    "target.beyond_limit": _("目标 %(target)s 超出可达上限 %(limit)s，无法实现。"),
    "target.far_harder": _("目标 %(target)s 比可能的区间 %(low)s 到 %(high)s（%(coverage)s）难得多。"),
    "target.far_easier": _("目标 %(target)s 比可能的区间 %(low)s 到 %(high)s（%(coverage)s）容易得多。"),
}
_AMOUNTS = frozenset(
    {
        "result",
        "low",
        "high",
        "before",
        "after",
        "plain",
        "error",
        "error_of_last",
        "margin",
        "mean",
        "value",
        "suggested",
        "limit",
        "target",
        "best",
        "own_best",
    }
)
_SHARES = frozenset({"share", "growth", "coverage"})
_WEEK = 7
_STEP_NAMES = {
    True: (pgettext_lazy("每一步", "周"), pgettext_lazy("若干步", "周")),
    False: (pgettext_lazy("每一步", "四周"), pgettext_lazy("若干步", "个四周")),
}


@dataclass(frozen=True, slots=True)
class Form:
    """How amounts are written: unit and decimals of the metric; `days` is the length of a step of the history."""

    unit: str = ""
    decimals: int = 0
    days: int = _WEEK


def say_step(step: Step, *, form: Form) -> str:
    """A step of the trace as a line."""
    words = _words({**step.params, "result": step.result}, form)
    return str(STEPS[step_key(step)]) % words


def step_key(step: Step) -> str:
    """Which sentence of `STEPS` a step takes."""
    if step.code == "forecast.growth":
        return f"{step.code}.{str(bool(step.params['applied'])).lower()}"
    if step.code == "forecast.method" and step.params["error"] is None:
        return f"{step.code}.untested"
    return step.code


def say_warning(problem: Problem, *, form: Form) -> str:
    """What to know about a suggestion, or about a proposed target, as a sentence."""
    return str(WARNINGS[problem.code]) % _words(problem.params, form)


def _words(params: Mapping[str, object], form: Form) -> dict[str, str]:
    step, steps = _STEP_NAMES[form.days == _WEEK]
    words = {"step": str(step), "steps": str(steps)}
    for name, value in params.items():
        if name == "method":
            words[name] = str(METHODS[value.value if isinstance(value, Enum) else str(value)])
        elif value is None:
            words[name] = DASH
        elif name == "per_step":
            words[name] = write_change(_decimal(value), form.decimals + 2)
        elif name in _SHARES:
            words[name] = write_share(_decimal(value))
        elif name in _AMOUNTS:
            words[name] = _amount(_decimal(value), form)
        else:
            words[name] = str(value)
    return words


def _amount(value: Decimal, form: Form) -> str:
    text = write_number(value, form.decimals)
    return text if not form.unit else f"{text}{form.unit}" if form.unit.startswith("%") else f"{text} {form.unit}"


def _decimal(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))
