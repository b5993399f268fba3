"""Notices about plans that wait."""

from django.utils.translation import gettext_lazy as _

from sextant.foundation.notices.contracts import NoticeGroup, NoticeSpec
from sextant.foundation.notices.registry import register_notice

register_notice(
    NoticeSpec(
        code="goals.plan_waiting",
        name=_("目标方案催办"),
        subject=_("%(by)s 提醒你：有 %(n)s 份目标方案在等你"),
        body=_("起草的请发给对方，商量中的请提请签署，待签署的请签字。"),
        params=("by", "n"),
        group=NoticeGroup.GOALS,
        hint=_("主管或人力资源催办时，一天最多一次"),
    )
)
