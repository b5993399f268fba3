"""Events of lights."""

from django.utils.translation import gettext_lazy as _

from sextant.foundation.events.contracts import EventSpec
from sextant.foundation.events.registry import register_event
from sextant.goals.actions.light_news import CHANGED, EVALUATED

register_event(
    EventSpec(CHANGED, _("目标变灯"), ("goal_id", "person_id", "unit_id", "before", "after", "day", "run_id"))
)
register_event(EventSpec(EVALUATED, _("目标评估完成"), ("run_id", "as_of")))
