"""What rules may do to a goal: its light, set by hand for some days with a reason."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.goals.actions.manual_light import set_manual_light
from sextant.goals.catalog.goal_figures import WORDS
from sextant.lowcode.registry_rules import RuleAction, RuleSubject, register_rule_action

_BY_WORD = {word: light for light, word in WORDS.items()}


def _set_light(
    subject: RuleSubject,
    *,
    params: Mapping[str, object],
    values: Mapping[str, object],
    actor: Actor,
    now: datetime,
) -> None:
    """Through the action that managers use: it asks for a colour, a reason and a number of days that may be. Raises
    AccessDenied, GoalRefused, ValueError for a number of days that is none."""
    today = company_day(now, settings.SEXTANT_ZONE)
    set_manual_light(
        goal_id=subject.id,
        light=_BY_WORD.get(str(params.get("light", "")), Light.NONE),
        reason=str(params.get("reason", "")),
        from_on=today,
        until_on=today + timedelta(days=int(str(params.get("days", "")))),
        actor=actor,
        now=now,
        today=today,
    )


register_rule_action(
    RuleAction(
        code="goals.set_light",
        name=_("手动设灯"),
        run=_set_light,
        contexts=frozenset({"goal"}),
        params={"light": _("灯（红、黄、绿）"), "reason": _("原因"), "days": _("天数")},
    )
)
