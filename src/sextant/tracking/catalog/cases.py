"""What 红灯跟踪 offers: events, notices, work, and who opens the sheets of its analysis."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sextant.engines.forms import Viewer
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.clock import company_day
from sextant.foundation.clock import now as clock_now
from sextant.foundation.events.contracts import EventSpec
from sextant.foundation.events.registry import register_event
from sextant.foundation.notices.contracts import NoticeGroup, NoticeSpec
from sextant.foundation.notices.registry import register_notice
from sextant.lowcode.contracts.sheets import SheetRefused, SheetRow, SheetState
from sextant.lowcode.contracts.work import Decision, WorkGroup, WorkRow
from sextant.lowcode.registry_sheets import register_sheet_host
from sextant.lowcode.registry_work import Text, WorkSpec, register_work
from sextant.tracking.access import SeenCase, access_case
from sextant.tracking.actions import case_work
from sextant.tracking.actions.case_analysis import take_account
from sextant.tracking.actions.case_ending import CLOSED, take_up_plan
from sextant.tracking.actions.case_opening import OPENED
from sextant.tracking.actions.case_restrictions import ASKED, LIFTED
from sextant.tracking.contracts.cases import CASE, CaseRefused, SeatRole
from sextant.tracking.queries.cases import part_of

_RELATIONS = {SeatRole.OWNER: "self", SeatRole.MANAGER: "manager", SeatRole.HRBP: "hr"}


class CaseSheets:
    """Sheets of the two accounts: each written by its side, read by who reads the case once it is handed in. What
    somebody is still writing is theirs alone."""

    def viewer(self, sheet: SheetRow, *, actor: Actor) -> Viewer | None:
        """Who the actor is to this account; None while it is somebody else's draft, or the case is out of sight."""
        try:
            seen = access_case(actor, case_id=sheet.subject[1], on=company_day(clock_now(), settings.SEXTANT_ZONE))
        except AccessDenied:
            return None
        is_writer = seen.mine is not None and part_of(seen.mine) == sheet.part
        if sheet.state is SheetState.OPEN and not is_writer:
            return None
        is_over = seen.case.settled_at is not None or seen.case.closed_at is not None
        return Viewer(_relations(seen), sheet.part, is_reader=not is_writer or is_over)

    def page_of(self, sheet: SheetRow) -> str:
        """The page of the case, at both accounts."""
        return reverse("tracking:case", args=[sheet.subject[1]]) + "#analysis"

    def handed_in(self, sheet: SheetRow, *, values: Mapping[str, object], actor: Actor, now: datetime) -> None:
        """The case goes on. SheetRefused where it is closed."""
        try:
            take_account(sheet, actor=actor, now=now)
        except CaseRefused as error:
            raise SheetRefused(Problem("sheet.handed_in")) from error


def _relations(seen: SeenCase) -> frozenset[str]:
    if seen.mine is not None:
        return frozenset({_RELATIONS[SeatRole(seen.mine.role)]})
    return frozenset({"hr" if seen.manages else "upper"})


def _take_up(item: WorkRow, *, decision: Decision, note: str, actor: Actor, now: datetime) -> None:
    """HR says in the inbox that the plan is on its way."""
    take_up_plan(item.subject[1], actor=actor, now=now)


register_sheet_host(CASE, CaseSheets())
register_event(EventSpec(OPENED, _("红灯跟踪已开始"), ("case_id", "goal_id", "person_id", "red_on")))
register_event(EventSpec(CLOSED, _("红灯跟踪已结束"), ("case_id", "goal_id", "person_id", "outcome")))
_HELD = ("restriction_id", "case_id", "goal_id", "person_id", "kind")
register_event(EventSpec(ASKED, _("请来源系统暂停"), _HELD))
register_event(EventSpec(LIFTED, _("请来源系统恢复"), _HELD))

for _kind, _name, _title, _verb, _group in (
    (case_work.ANALYSIS, _("偏差分析"), _("%(owner)s · %(goal)s：写偏差分析"), _("填写"), WorkGroup.FILL),
    (case_work.MEET, _("约三方会"), _("%(owner)s · %(goal)s：约三方会"), _("约时间"), WorkGroup.TALK),
    (case_work.ANSWER, _("答复三方会"), _("%(owner)s · %(goal)s：三方会你来吗"), _("答复"), WorkGroup.TALK),
    (case_work.AGREE, _("三方会纪要"), _("%(owner)s · %(goal)s：三方会纪要"), _("确认"), WorkGroup.CONFIRM),
    (case_work.DECIDE, _("红灯下一步"), _("%(owner)s · %(goal)s：还没回来，定下一步"), _("决定"), WorkGroup.TALK),
    (case_work.LATE, _("红灯跟踪超期"), _("%(owner)s · %(goal)s：跟踪超期，请帮一把"), _("查看"), WorkGroup.TALK),
    (case_work.MEASURE_WORK, _("改进措施"), _("%(what)s"), _("查看"), WorkGroup.CONFIRM),
):
    register_work(WorkSpec(_kind, _name, _title, _verb, group=_group))
register_work(
    WorkSpec(
        case_work.PLAN,
        _("绩效改进计划"),
        _("%(owner)s · %(goal)s：制定绩效改进计划"),
        _("已着手"),
        group=WorkGroup.CONFIRM,
        complete=_take_up,
    )
)

_OF_CASE = ("owner", "goal")


def _notice(code: str, name: Text, subject: Text, body: Text, hint: Text, *params: str) -> None:
    spec = NoticeSpec(code, name, subject, body, (*_OF_CASE, *params), group=NoticeGroup.GOALS, hint=hint)
    register_notice(spec)


_notice(
    "tracking.case_opened",
    _("红灯：约一次谈话"),
    _("%(owner)s的“%(goal)s”亮红灯，一起谈谈"),
    _("灯说的是进度，不是人。先各自写下看到的情况，最迟 %(day)s 三方坐下来，定怎么帮、做什么。"),
    _("个人目标转红时，发给本人、主管和 HRBP"),
    "day",
)
_notice(
    "tracking.account_written",
    _("对方写好了偏差分析"),
    _("%(owner)s · %(goal)s：对方写好了偏差分析"),
    _("可以看了。三方会上从这里谈起。"),
    _("三方会前，对方交出自己的分析时"),
)
_notice(
    "tracking.case_meeting",
    _("三方会时间"),
    _("%(owner)s · %(goal)s：三方会 %(at)s"),
    _("能来请答“参加”，不方便请写上方便的时间。"),
    _("约好或改了三方会时间时"),
    "at",
)
_notice(
    "tracking.case_moved",
    _("三方会想改时间"),
    _("%(owner)s · %(goal)s：%(by)s 来不了或想改时间"),
    _("请看一下答复，另约一个时间。"),
    _("三方中有人来不了时，发给主持的人"),
    "by",
)
_notice(
    "tracking.case_settled",
    _("开始观察"),
    _("%(owner)s · %(goal)s：%(day)s 起观察"),
    _("措施按约定做。每周评估后自动记一次，回来了就自动结束。"),
    _("三方都确认纪要后"),
    "day",
)
_notice(
    "tracking.case_judged",
    _("还没回来，定下一步"),
    _("%(owner)s · %(goal)s：看了 %(weeks)s 周，还没回来"),
    _("请主持的人和本人谈一谈：再看几周，还是换个办法。"),
    _("观察期结束而灯没有回来时"),
    "weeks",
)
_notice(
    "tracking.case_closed",
    _("红灯跟踪结束"),
    _("%(owner)s · %(goal)s：%(outcome)s"),
    _("经过和结果都留在跟踪页上。"),
    _("跟踪结束时"),
    "outcome",
)
_notice(
    "tracking.case_late",
    _("红灯跟踪超期"),
    _("%(owner)s · %(goal)s：%(what)s已过期"),
    _("请问一句卡在哪里，帮着往前推一步。"),
    _("跟踪的一站过了期限时，发给三方和上一级"),
    "what",
)
