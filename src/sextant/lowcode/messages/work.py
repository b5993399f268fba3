"""Sentences about work that waits."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.lowcode.contracts.work import WorkGroup, WorkRow
from sextant.lowcode.policy.putting_off import PutOff
from sextant.lowcode.registry_work import WorkSpec

GROUPS: Mapping[WorkGroup, Promise | str] = {
    WorkGroup.APPROVE: _("审批"),
    WorkGroup.FILL: _("填写"),
    WorkGroup.TALK: _("沟通"),
    WorkGroup.CONFIRM: _("确认"),
    WorkGroup.READ: _("阅读"),
}
OUTCOMES: Mapping[str, Promise | str] = {
    "agreed": _("已同意"),
    "returned": _("已退回"),
    "read": _("已读"),
    "void": _("不用处理了"),
    "done": _("已处理"),
}
REFUSALS: Mapping[str, Promise | str] = {
    "work.closed": _("已经有人处理。"),
    "work.due_before": _("到那时就逾期了。请选更早的时间，或现在处理。"),
}
PUT_OFFS: Mapping[PutOff, Promise | str] = {
    PutOff.TOMORROW: _("明天早上"),
    PutOff.MONDAY: _("下周一早上"),
    PutOff.A_WHILE: _("2 小时后"),
}
DEPUTIES: Mapping[str, Promise | str] = {
    "deputy.self": _("不能请自己代办。"),
    "deputy.days": _("结束日期要在今天之后、开始日期之后，最长一年。"),
    "deputy.not_at_work": _("这位同事不在职。请另选一位。"),
}


def heading_of(item: WorkRow, spec: WorkSpec | None) -> str:
    """What an item is called beside its person: the flow, or the kind of work."""
    if spec is None:
        return item.kind
    return _filled(spec.heading, item) if spec.heading else str(spec.name)


def title_of(item: WorkRow, spec: WorkSpec | None) -> str:
    """What an item is about, in one line."""
    return _filled(spec.title, item) if spec is not None else ""


def due_text(due_at: datetime | None, *, today: date, zone: ZoneInfo) -> tuple[str, str]:
    """When an item is due, in words, and how much that matters: (今天截止, bad). Nothing for one without a limit."""
    if due_at is None:
        return "", ""
    day = due_at.astimezone(zone).date()
    if day < today:
        return gettext("已逾期"), "bad"
    if day == today:
        return gettext("今天截止"), "bad"
    if day == today + timedelta(days=1):
        return gettext("明天"), "warn"
    return date_format(day, "MONTH_DAY_FORMAT"), ""


def say_refusal(problem: Problem, spec: WorkSpec | None) -> str:
    """Why an answer was not taken, in the words of the app that opened the item."""
    if spec is not None and spec.say is not None:
        return spec.say(problem)
    return gettext("没有办成。请打开后处理。")


def _filled(text: Promise | str, item: WorkRow) -> str:
    """A text of a kind with the params of an item; one that is missing reads as a dash."""
    return str(text) % _Params(item.params)


class _Params(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "—"
