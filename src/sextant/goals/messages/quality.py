"""Findings about the wording of goals and proposals how to write them, as sentences in the active language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from sextant.engines.goal_quality import Code, Pattern, Rewrite, Slot
from sextant.engines.values import Problem
from sextant.goals.messages.goals import plain
from sextant.ui.formats import write_day

SENTENCES: Mapping[str, Promise | str] = {
    Code.NO_MEASURE: _("没有衡量方式：做到什么程度算完成，说不清。"),
    Code.NO_NUMBER: _("没有数字：达到多少算完成，没有写。"),
    Code.NO_UNIT: _("数字没有单位。"),
    Code.NO_DATE: _("没有完成日期。"),
    Code.NO_OWNER: _("没有负责人。"),
    Code.NO_DELIVERABLE: _("没有交付物：拿出什么来证明完成，没有写。"),
    Code.NO_RESULTS: _("没有关键结果：怎样才算实现，没有写。"),
    Code.NO_STANDARD: _("没有判定标准：看到什么就算做到，没有写。"),
    Code.VAGUE_VERB: _("“%(word)s”只说了方向，没有说到多少。"),
    Code.DUPLICATE_METRIC: _("和“%(other)s”用的是同一指标“%(metric)s”。请合并成一个。"),
    Code.DUPLICATE_TITLE: _("和“%(other)s”写的是同一件事。请合并成一个。"),
    Code.BEYOND_LIMIT: _("目标 %(target)s 超出可达上限 %(limit)s，无法实现。"),
    Code.NEVER_REACHED: _("目标 %(target)s 从未有人达到，最好成绩是 %(best)s。"),
}
WORDS: Mapping[str, Promise | str] = {
    Code.NO_MEASURE: pgettext_lazy("目标质量", "缺衡量"),
    Code.NO_NUMBER: pgettext_lazy("目标质量", "缺数字"),
    Code.NO_UNIT: pgettext_lazy("目标质量", "缺单位"),
    Code.NO_DATE: pgettext_lazy("目标质量", "缺日期"),
    Code.NO_OWNER: pgettext_lazy("目标质量", "缺负责人"),
    Code.NO_DELIVERABLE: pgettext_lazy("目标质量", "缺交付物"),
    Code.NO_RESULTS: pgettext_lazy("目标质量", "缺关键结果"),
    Code.NO_STANDARD: pgettext_lazy("目标质量", "缺标准"),
    Code.VAGUE_VERB: pgettext_lazy("目标质量", "用词含糊"),
    Code.DUPLICATE_METRIC: pgettext_lazy("目标质量", "重复"),
    Code.DUPLICATE_TITLE: pgettext_lazy("目标质量", "重复"),
    Code.BEYOND_LIMIT: pgettext_lazy("目标质量", "超出上限"),
    Code.NEVER_REACHED: pgettext_lazy("目标质量", "从未达到"),
}
REWRITES: Mapping[Pattern, Promise | str] = {
    Pattern.RAISE: _("%(due)s前，%(owner)s把%(measure)s从 %(start)s 提高到 %(number)s%(unit)s。"),
    Pattern.LOWER: _("%(due)s前，%(owner)s把%(measure)s从 %(start)s 降到 %(number)s%(unit)s。"),
    Pattern.REACH: _("%(due)s前，%(owner)s使%(measure)s达到 %(number)s%(unit)s。"),
    Pattern.KEEP_BELOW: _("%(due)s前，%(owner)s把%(measure)s控制在 %(number)s%(unit)s以内。"),
    Pattern.KEEP_BETWEEN: _("%(due)s前，%(owner)s把%(measure)s保持在 %(low)s 至 %(high)s%(unit)s。"),
    Pattern.DELIVER: _("%(due)s前，%(owner)s交付%(deliverable)s。"),
    Pattern.RESULTS: _("%(due)s前，%(title)s：%(measure)s达到 %(number)s%(unit)s。"),
    Pattern.STANDARD: _("%(due)s前，%(owner)s做到%(title)s，以有记录的事例为准，每月至少 【2】 次。"),
}
HINTS: Mapping[str, Promise | str] = {
    "collaboration": _("跨部门任务按时完成率"),
    "satisfaction": _("客户满意度评分"),
    "quality": _("一次合格率"),
    "response": _("按时响应率"),
    "delivery": _("按期交付率"),
    "process": _("流程平均用时"),
    "training": _("岗位认证通过率"),
    "retention": _("员工主动离职率"),
    "safety": _("隐患按期整改率"),
    "innovation": _("落地的改进提案数"),
    "knowledge": _("被采用的知识文档数"),
    "completeness": _("数据完整率"),
    "cost": _("单位成本"),
    "revenue": _("回款额"),
    "customers": _("活跃客户数"),
    "general": _("可以数得清的结果，如按期完成率"),
    "percent": "%",
    "points": _(" 分"),
    "days": _(" 天"),
    "items": _(" 个"),
    "money": _(" 万元"),
    "date": _("日期"),
    "owner": _("负责人"),
    "number": _("数字"),
    "deliverable": _("交付物，如验收单"),
    "title": _("目标"),
    "start": _("现状"),
}
"""What stands in brackets where the goal itself says nothing; the keys are those of `engines.goal_quality.hints` and of
its blanks."""


def say_quality(problem: Problem, titles: Mapping[int, str]) -> str:
    """The sentence of a `quality.*` finding; `titles` names other goals of the plan."""
    params = {name: plain(value) for name, value in problem.params.items()}
    other = problem.params.get("other")
    if isinstance(other, int):
        params["other"] = titles.get(other) or gettext("另一个目标")
    return str(SENTENCES[problem.code]) % params


def write_rewrite(rewrite: Rewrite) -> str:
    """The proposal as one sentence. What is not the goal's own stands in 【 】, to be replaced or confirmed."""
    slots = {name: _place(name, slot) for name, slot in rewrite.slots.items()}
    return str(REWRITES[rewrite.pattern]) % slots


def _place(name: str, slot: Slot) -> str:
    if slot.value is None:
        text = str(HINTS[slot.hint])
        # a unit belongs to its number, which has brackets of its own
        return text if name == "unit" else gettext("【%(text)s】") % {"text": text}
    if isinstance(slot.value, date):
        return write_day(slot.value)
    text = str(plain(slot.value)) if isinstance(slot.value, Decimal) else slot.value
    if slot.is_own:
        return f" {text}" if name == "unit" and text and text != "%" else text
    return gettext("【%(text)s】") % {"text": text}
