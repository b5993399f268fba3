"""Work and notices of 共识调查."""

from django.utils.translation import gettext_lazy as _

from sextant.foundation.notices.contracts import NoticeGroup, NoticeSpec
from sextant.foundation.notices.registry import register_notice
from sextant.goals.contracts.surveys import SURVEY_LOW, SURVEY_WORK
from sextant.lowcode.contracts.work import WorkGroup
from sextant.lowcode.registry_work import WorkSpec, register_work

register_work(
    WorkSpec(
        kind=SURVEY_WORK,
        name=_("共识调查"),
        title=_("目标反映我的难点吗？%(cycle)s"),
        verb=_("作答"),
        group=WorkGroup.FILL,
    )
)
register_notice(
    NoticeSpec(
        code=SURVEY_LOW,
        name=_("共识度偏低"),
        subject=_("%(unit)s 的目标共识度 %(mean)s"),
        body=_("%(cycle)s 的目标有 %(n)s 份匿名回答，平均 %(mean)s，低于 %(low)s。看看写了什么，约大家校准一次。"),
        params=("unit", "cycle", "mean", "n", "low"),
        group=NoticeGroup.GOALS,
        hint=_("本单位的共识调查结束，平均分偏低时。"),
    )
)
