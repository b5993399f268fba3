"""What adjustments put into the inbox, tell, and publish."""

from django.utils.translation import gettext_lazy as _

from sextant.foundation.events.contracts import EventSpec
from sextant.foundation.events.registry import register_event
from sextant.foundation.notices.contracts import NoticeGroup, NoticeSpec
from sextant.foundation.notices.registry import register_notice
from sextant.goals.actions.adjustment_news import ANSWER, APPROVE, SIGN
from sextant.lowcode.contracts.work import WorkGroup
from sextant.lowcode.registry_work import WorkSpec, register_work

register_event(EventSpec("goal.adjusted", _("目标校调已谈定"), ("goal_id", "request_id", "from_on")))

register_work(WorkSpec(ANSWER, _("答复校调"), _("%(owner)s · %(goal)s：对方提出校调"), _("答复")))
register_work(WorkSpec(SIGN, _("签署校调"), _("%(owner)s · %(goal)s：校调等您签署"), _("签署")))
register_work(
    WorkSpec(APPROVE, _("审批校调例外"), _("%(owner)s · %(goal)s：校调例外等审批"), _("审批"), group=WorkGroup.APPROVE)
)

register_notice(
    NoticeSpec(
        code="goals.adjust_offer",
        name=_("校调等您答复"),
        subject=_("%(by)s提出校调“%(goal)s”"),
        body=_("%(by)s想调整“%(goal)s”的目标。请看过依据后同意、还价或不同意。"),
        params=("goal", "by"),
        hint=_("对方提出校调或还价时"),
    )
)
register_notice(
    NoticeSpec(
        code="goals.adjust_signed",
        name=_("校调等您签署"),
        subject=_("%(by)s已签署“%(goal)s”的校调"),
        body=_("%(by)s已同意并签署“%(goal)s”的校调，等您签署后生效。"),
        params=("goal", "by"),
        hint=_("对方先签，还差您的签名时"),
    )
)
register_notice(
    NoticeSpec(
        code="goals.adjust_approval",
        name=_("校调例外等审批"),
        subject=_("“%(goal)s”的校调超出窗口或弹性，等审批"),
        body=_("双方已签署“%(goal)s”的校调，但超出窗口或弹性额度，需要双方以外的人审批。"),
        params=("goal", "by"),
        hint=_("窗口外或超出弹性的校调双方签署后"),
    )
)
register_notice(
    NoticeSpec(
        code="goals.adjust_agreed",
        name=_("校调已谈定"),
        subject=_("“%(goal)s”的校调已谈定"),
        body=_("“%(goal)s”自 %(day)s 起按新目标计。"),
        params=("goal", "by", "day"),
        group=NoticeGroup.GOALS,
        hint=_("双方都签署后"),
    )
)
register_notice(
    NoticeSpec(
        code="goals.adjust_closed",
        name=_("校调没有谈成"),
        subject=_("“%(goal)s”的校调%(outcome)s"),
        body=_("“%(goal)s”的校调%(outcome)s，目标不变。"),
        params=("goal", "by", "outcome"),
        group=NoticeGroup.GOALS,
        hint=_("校调被拒绝、撤回或过期时"),
    )
)
