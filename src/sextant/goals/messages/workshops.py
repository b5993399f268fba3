"""Sentences about meetings, in the active language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sextant.engines.values import Problem
from sextant.goals.contracts import Attendance, Topic, WorkshopKind
from sextant.goals.messages.plans import say_plan

SENTENCES: Mapping[str, Promise | str] = {
    "workshop.missing": _("还没有写内容。"),
    "workshop.long": _("最多 %(most)s 个字。请缩短。"),
    "workshop.closed": _("会议已结束，不能再改。可以补记。"),
    "workshop.open": _("会议还没结束，直接写在纪要里。"),
    "workshop.nothing_written": _("还没有纪要，也没有决定。写下一样再结束。"),
    "workshop.items_many": _("议程最多 %(most)s 项。"),
    "workshop.people_many": _("最多 %(most)s 人。"),
    "workshop.steps_many": _("环节最多 %(most)s 个。"),
    "workshop.marks_many": _("红点最多 %(most)s 个。"),
    "workshop.files_many": _("每个红点最多 %(most)s 个附件。"),
    "workshop.not_seen": _("“%(name)s”不是照片或视频。"),
    "workshop.step_marked": _("这个环节上有红点，先删红点。"),
    "workshop.person_missing": _("谁来做？请填写。"),
    "workshop.due_missing": _("什么时候做完？请填写日期。"),
    "workshop.due_past": _("日期已经过去。请改成今天或以后。"),
    "workshop.unanswered": _("先写明谁做什么、何时做完。"),
    "workshop.mark_is_goal": _("已经转成目标，请到目标里改。"),
    "workshop.cycle_over": _("这个周期已经结束。请选之后的周期。"),
    "workshop.has_goal": _("这个人在这个周期已有同名的目标。"),
    "workshop.plan_settled": _("他这个周期的方案已定，不能加目标。行动先留在会上，等下个周期的方案打开再转。"),
    "workshop.out_of_line": _("这个人不在你的汇报线上，不能替他建目标。请他的主管或 HR 来转。"),
    "workshop.no_template": _("没有适用的方案模板。请 HR 先建模板。"),
    "workshop.person_unknown": _("找不到“%(name)s”，或有重名。请改填工号。"),
}

KINDS: Mapping[WorkshopKind, Promise | str] = {
    WorkshopKind.CALIBRATION: _("目标校准会"),
    WorkshopKind.ALIGNMENT: _("对齐会"),
    WorkshopKind.DIAGNOSIS: _("瓶颈诊断会"),
}
TOPICS: Mapping[Topic, Promise | str] = {
    Topic.FREE: pgettext_lazy("议程", "其他"),
    Topic.RED: pgettext_lazy("议程", "红灯"),
    Topic.YELLOW: pgettext_lazy("议程", "黄灯"),
    Topic.ADJUSTMENT: pgettext_lazy("议程", "申请校调"),
    Topic.UNALIGNED: pgettext_lazy("议程", "未对齐"),
    Topic.DRAW: _("把流程一步步画出来"),
    Topic.MARK: _("在卡住的地方标红，拍照或录像"),
    Topic.ANSWER: _("每个红点定下谁、做什么、何时完成"),
    Topic.DECIDE: _("定下结论，记到目标上"),
}
ATTENDANCE: Mapping[Attendance, Promise | str] = {
    Attendance.INVITED: pgettext_lazy("出席", "未记"),
    Attendance.PRESENT: pgettext_lazy("出席", "到会"),
    Attendance.EXCUSED: pgettext_lazy("出席", "请假"),
    Attendance.ABSENT: pgettext_lazy("出席", "缺席"),
}


def say_workshop(problem: Problem) -> str:
    """The sentence of a `workshop.*` problem, else of the goal or plan it led to. KeyError for a code nobody wrote
    down."""
    if problem.code not in SENTENCES:
        return say_plan(problem)
    return str(SENTENCES[problem.code]) % dict(problem.params)
