"""接入 as a kind of definition, and what HR is told when a call could not be taken in."""

from django.utils.translation import gettext_lazy as _

from sextant.engines.definitions import references_at
from sextant.foundation.notices.contracts import NoticeGroup, NoticeSpec
from sextant.foundation.notices.registry import register_notice
from sextant.lowcode.registry import DefinitionKind, register_kind
from sextant.tracking.actions.intakes import INTAKE_FAILED
from sextant.tracking.intake_document import KIND, IntakeDocument

register_kind(
    DefinitionKind(
        code=KIND,
        name=_("接入"),
        model=IntakeDocument,
        icon="webhook",
        references=lambda document: references_at(document.model_dump(), {"flow": "flow"}),
        labels={
            "trigger": _("入口"),
            "flow": _("发起的流程"),
            "key": _("单号的位置"),
            "about": _("当事人"),
            "at": _("位置"),
            "by": _("按什么找人"),
            "title": _("标题"),
            "values": _("填进流程的值"),
            "accepts": _("接受的格式"),
        },
        blank=lambda: {
            "trigger": "",
            "flow": "",
            "key": "",
            "about": {"at": "", "by": "number"},
            "title": [],
            "values": {},
            "accepts": {},
        },
    )
)
register_notice(
    NoticeSpec(
        code=INTAKE_FAILED,
        name=_("接入失败"),
        subject=_("“%(trigger)s”送来的一单没有接住"),
        body=_("原因：%(detail)s。改好后请对方重发。"),
        params=("trigger", "detail"),
        group=NoticeGroup.SYSTEM,
        hint=_("外部系统送来的单子发起不了流程时"),
    )
)
