"""Sentences of a rule. Each clause is one template with slots, so that the order of words is the translator's: `cut`
gives its words and slots in the order of the reader's language, for the page to fill with controls."""

import re
from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Text = Promise | str

TEMPLATES: Mapping[str, Text] = {
    "when.event": _("%(kind)s：%(event)s，看 %(units)s 的 %(context)s"),
    "when.schedule.daily": _("%(kind)s：%(every)s %(hour)s 点，看 %(units)s 的 %(context)s"),
    "when.schedule.weekly": _("%(kind)s：%(every)s %(weekday)s %(hour)s 点，看 %(units)s 的 %(context)s"),
    "when.schedule.monthly": _("%(kind)s：%(every)s %(day)s 日 %(hour)s 点，看 %(units)s 的 %(context)s"),
    "when.light": _("%(kind)s %(to)s，已连续 %(weeks)s 周，看 %(units)s 的 %(context)s"),
    "when.overdue": _("%(kind)s：%(of)s 过了期限 %(days)s 个工作日，看 %(units)s 的 %(context)s"),
    "when.overdue.work": _("%(kind)s：%(of)s 里的 %(kinds)s 过了期限 %(days)s 个工作日，看 %(units)s 的 %(context)s"),
    "group": _("%(kind)s 成立："),
    "hold": _("已连续 %(weeks)s 周"),
    "line.number": _("%(figure)s %(sign)s %(number)s"),
    "line.unit": _("%(figure)s %(sign)s %(number)s %(unit)s"),
    "line.weeks": _("%(figure)s %(sign)s %(number)s 周"),
    "line.of": _("%(figure)s %(sign)s %(of)s 的 %(number)s"),
    "line.stated": _("%(sign)s %(figure)s 状态"),
    "line.worded": _("%(figure)s %(sign)s %(word)s"),
    "line.dated": _("%(figure)s %(sign)s %(day)s"),
    "line.known": _("%(figure)s %(sign)s"),
    "act.notice": _("告诉 %(to)s：%(title)s，正文 %(text)s"),
    "act.task": _("请 %(to)s 在 %(days)s 个工作日内完成 %(title)s，%(form)s"),
    "act.task.form": _("请 %(to)s 在 %(days)s 个工作日内填写 %(form)s，任务叫 %(title)s"),
    "act.flow": _("发起 %(flow)s 流程，标题 %(title)s"),
    "act.flow.value": _("%(field)s 取 %(formula)s"),
    "act.call": _("执行 %(action)s"),
    "act.call.param": _("%(param)s 是 %(value)s"),
    "act.points": _("给本人记 %(points)s 分，因为 %(reason)s"),
    "act.webhook": _("让 %(endpoint)s 执行 %(call)s"),
    "repeat.change": _("对同一对象，%(kind)s，免打扰时段 %(quiet)s"),
    "repeat.window": _("对同一对象，%(days)s 天内 %(kind)s，免打扰时段 %(quiet)s"),
    "repeat.always": _("对同一对象，%(kind)s，免打扰时段 %(quiet)s"),
}
"""Every clause. A slot may stand once in each."""

SLOTS: Mapping[str, Text] = {
    "kind": _("方式"),
    "event": _("事件"),
    "every": _("多久一次"),
    "weekday": _("星期几"),
    "day": _("哪一天"),
    "hour": _("几点"),
    "to": _("谁，或什么灯"),
    "weeks": _("周数"),
    "of": _("和什么比"),
    "kinds": _("哪几种"),
    "days": _("天数"),
    "units": _("哪些部门"),
    "context": _("看什么"),
    "figure": _("数据"),
    "sign": _("怎么比"),
    "number": _("数"),
    "word": _("文字"),
    "title": _("标题"),
    "text": _("正文"),
    "form": _("表单"),
    "path": _("页面"),
    "flow": _("流程"),
    "formula": _("公式"),
    "action": _("动作"),
    "value": _("值"),
    "points": _("分数"),
    "reason": _("原因"),
    "endpoint": _("外部系统"),
    "call": _("要它做什么"),
    "quiet": _("免打扰时段怎么办"),
}
"""What a screen reader calls the control in a slot."""

WHEN_KINDS: Mapping[str, Text] = {
    "event": _("某事发生"),
    "schedule": _("到了时间"),
    "light": _("灯变成"),
    "overdue": _("逾期未完成"),
}
WEEKDAYS: Mapping[str, Text] = {
    "1": _("周一"),
    "2": _("周二"),
    "3": _("周三"),
    "4": _("周四"),
    "5": _("周五"),
    "6": _("周六"),
    "7": _("周日"),
}
GROUPS: Mapping[str, Text] = {"all": _("全部"), "any": _("任一"), "none": _("都不")}
SIGNS: Mapping[str, Text] = {
    "<": _("低于"),
    "<=": _("不高于"),
    ">": _("高于"),
    ">=": _("不低于"),
    "=": _("等于"),
    "<>": _("不等于"),
}
WORD_SIGNS: Mapping[str, Text] = {"=": _("是"), "<>": _("不是")}
DAY_SIGNS: Mapping[str, Text] = {
    "<": _("早于"),
    "<=": _("不晚于"),
    ">": _("晚于"),
    ">=": _("不早于"),
    "=": _("正是"),
    "<>": _("不是"),
}
STATES: Mapping[str, Text] = {"yes": _("在"), "no": _("不在")}
KNOWN: Mapping[str, Text] = {"missing": _("没有数据"), "known": _("有数据")}
REPEATS: Mapping[str, Text] = {
    "change": _("由不成立变为成立时才触发"),
    "window": _("只触发一次"),
    "always": _("每次都触发"),
}
PLACES: Mapping[str, Text] = {"when": _("当"), "c": _("如果"), "hold": _("如果"), "a": _("就"), "but": _("但是")}
"""The four parts of a rule."""

_SLOT = re.compile(r"%\((\w+)\)s")


def cut(code: str) -> list[tuple[bool, str]]:
    """The clause in the active language, as (is a slot, its name or the words), in reading order. Words are stripped;
    empty ones are left out. KeyError for a clause nobody wrote down."""
    pieces = _SLOT.split(str(TEMPLATES[code]))
    told = [(place % 2 == 1, piece if place % 2 else piece.strip()) for place, piece in enumerate(pieces)]
    return [(is_slot, piece) for is_slot, piece in told if piece]


def slots_of(code: str) -> list[str]:
    """The slots of a clause in reading order."""
    return [piece for is_slot, piece in cut(code) if is_slot]


def fill(code: str, said: Mapping[str, str]) -> str:
    """The clause as a sentence; what is not said is a dash."""
    return str(TEMPLATES[code]) % {name: said.get(name) or "—" for name in slots_of(code)}


def say_place(at: str) -> str:
    """Where something stands, as people count: "c:1.0" is the first line of the group that stands second. "" for the
    whole.

    >>> from django.utils import translation
    >>> with translation.override("zh-hans"):
    ...     say_place("c:1.0"), say_place("a:2"), say_place("when"), say_place("")
    ('如果 第 2.1 条', '就 第 3 条', '当', '')
    """
    part, _colon, rest = at.partition(":")
    if part not in PLACES:
        return ""
    number = ".".join(str(int(step) + 1) for step in rest.split(".") if step)
    return (
        gettext("%(part)s 第 %(number)s 条") % {"part": PLACES[part], "number": number} if number else str(PLACES[part])
    )


def say_values(figures: Iterable[tuple[str, str]]) -> str:
    """Figures as a rule read them, in a row: 完成率 60%、连续红灯周数 2 周."""
    return join(gettext("%(name)s %(value)s") % {"name": name, "value": value} for name, value in figures)


def join(words: Iterable[object]) -> str:
    """Several things in a row, as the language joins them."""
    return gettext("、").join(str(word) for word in words)
