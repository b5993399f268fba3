"""The event of an inbound call, and the notice of an endpoint that was switched off."""

from django.utils.translation import gettext_lazy as _

from sextant.foundation.events.contracts import EventSpec
from sextant.foundation.events.registry import register_event
from sextant.foundation.notices.contracts import NoticeGroup, NoticeSpec
from sextant.foundation.notices.registry import register_notice

register_event(EventSpec("webhook.received", _("外部系统来调用"), ("trigger", "payload")))
register_event(EventSpec("webhook.tested", _("Webhook 测试"), ()))
register_notice(
    NoticeSpec(
        code="webhooks.switched_off",
        name=_("Webhook 已自动停用"),
        subject=_("Webhook “%(name)s”已自动停用"),
        body=_("接收方从 %(since)s 起一直没有收下任何消息。修好后请重新启用，期间的消息可以在记录里重放。"),
        params=("name", "since"),
        group=NoticeGroup.SYSTEM,
        hint=_("接收方连续五天失败时，发给建立它的人"),
    )
)
