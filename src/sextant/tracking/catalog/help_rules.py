"""What rules may do about a goal that is behind: offer help, earlier than after two weeks."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from sextant.foundation.access.contracts import Actor
from sextant.lowcode.registry_rules import RuleAction, RuleSubject, register_rule_action
from sextant.tracking.actions.help_packs import offer_for_goal


def _offer(
    subject: RuleSubject,
    *,
    params: Mapping[str, object],
    values: Mapping[str, object],
    actor: Actor,
    now: datetime,
) -> Mapping[str, object]:
    """Through the action; nothing happens where there is nothing to offer. The light decides, not the rule's writer."""
    pack_id = offer_for_goal(subject.id, actor=Actor.system(actor.label or "rules"), now=now)
    return {} if pack_id is None else {"pack": pack_id}


register_rule_action(RuleAction("tracking.open_help", _("打开干预建议包"), _offer, frozenset({"goal"})))
