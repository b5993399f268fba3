"""What rules may do about a goal whose light turned: begin the conversation."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from sextant.foundation.access.contracts import Actor
from sextant.lowcode.registry_rules import RuleAction, RuleSubject, register_rule_action
from sextant.tracking.actions.case_opening import open_case_of_light


def _open(
    subject: RuleSubject,
    *,
    params: Mapping[str, object],
    values: Mapping[str, object],
    actor: Actor,
    now: datetime,
) -> Mapping[str, object]:
    """Through the action; nothing happens where there is none to open. The light decides, not who wrote the rule."""
    case_id = open_case_of_light(subject.id, actor=Actor.system(actor.label or "rules"), now=now)
    return {} if case_id is None else {"case": case_id}


register_rule_action(RuleAction("tracking.open_case", _("开始红灯跟踪"), _open, frozenset({"goal"})))
