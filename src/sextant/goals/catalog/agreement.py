"""Notices and events of plans on their way to a contract."""

from django.utils.translation import gettext_lazy as _

from sextant.foundation.events.contracts import EventSpec
from sextant.foundation.events.registry import register_event
from sextant.foundation.notices.contracts import NoticeGroup, NoticeSpec
from sextant.foundation.notices.registry import register_notice

register_event(EventSpec("plan.proposed", _("方案提请签署"), ("plan_id", "cycle_id", "revision")))
register_event(EventSpec("contract.concluded", _("绩效契约生效"), ("plan_id", "contract_id", "cycle_id")))

register_notice(
    NoticeSpec(
        code="goals.plan_proposed",
        name=_("方案待你签署"),
        subject=_("%(owner)s的%(cycle)s方案待你签署"),
        body=_("%(by)s 已提请签署%(owner)s的%(cycle)s方案。签署前请再看一遍各项目标和支持承诺。"),
        params=("owner", "cycle", "by"),
        hint=_("双方谈妥，对方提请签署时"),
    )
)
register_notice(
    NoticeSpec(
        code="goals.plan_signed",
        name=_("对方已签署"),
        subject=_("%(by)s 已签署%(owner)s的%(cycle)s方案"),
        body=_("%(by)s 已签署%(owner)s的%(cycle)s方案，现在等你签署。"),
        params=("owner", "cycle", "by"),
        hint=_("对方先签，还差你的签名时"),
    )
)
register_notice(
    NoticeSpec(
        code="goals.contract_in_force",
        name=_("绩效契约生效"),
        subject=_("%(owner)s的%(cycle)s绩效契约已生效"),
        body=_("双方都已签署，%(owner)s的%(cycle)s绩效契约从现在起生效，可随时查看和下载。"),
        params=("owner", "cycle"),
        group=NoticeGroup.GOALS,
        hint=_("双方都签署后"),
    )
)
