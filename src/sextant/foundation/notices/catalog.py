"""Notices that notices themselves give."""

from django.utils.translation import gettext_lazy as _

from sextant.foundation.notices.contracts import NoticeGroup, NoticeSpec
from sextant.foundation.notices.registry import register_notice

register_notice(
    NoticeSpec(
        code="notices.unread",
        name=_("下属没有看到急件"),
        subject=_("%(person)s 还没有看：%(what)s"),
        body=_("这件事有时限，%(person)s 到现在没有打开。请提醒一下，或帮忙处理。"),
        params=("person", "what"),
        group=NoticeGroup.TEAM,
        hint=_("到时限仍未打开时，只发给直属上级"),
    )
)
