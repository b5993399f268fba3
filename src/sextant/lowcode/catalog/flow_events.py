"""The events of flows, made known to whoever listens."""

from django.utils.translation import gettext_lazy as _

from sextant.foundation.events.contracts import EventSpec
from sextant.foundation.events.registry import register_event
from sextant.lowcode.contracts.flow_events import EVENT_FIELDS, FlowEvent

_NAMES = {
    FlowEvent.STARTED: _("流程发起"),
    FlowEvent.ENTERED: _("流程进入步骤"),
    FlowEvent.LEFT: _("流程离开步骤"),
    FlowEvent.LIMIT_PASSED: _("流程步骤到时限"),
    FlowEvent.ENDED: _("流程结束"),
}

for _code, _fields in EVENT_FIELDS.items():
    register_event(EventSpec(_code.value, _NAMES[_code], _fields))
