"""What rules may do to custom fields: write one of the person, or the goal, that they look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.lowcode.actions.field_import import set_field
from sextant.lowcode.registry_rules import RuleAction, RuleSubject, register_rule_action


@dataclass(frozen=True, slots=True)
class SetField:
    """Through the save that everybody uses: it asks for a field that HR may write, and a value it can read."""

    host: str

    def __call__(
        self,
        subject: RuleSubject,
        *,
        params: Mapping[str, object],
        values: Mapping[str, object],
        actor: Actor,
        now: datetime,
    ) -> None:
        """Raises AccessDenied, SheetRefused."""
        set_field(
            (self.host, subject.id),
            code=str(params.get("set", "")),
            label=str(params.get("field", "")),
            text=str(params.get("value", "")),
            actor=actor,
            now=now,
            on=company_day(now, settings.SEXTANT_ZONE),
        )


for _host, _context in (("person", "person_cycle"), ("goal", "goal")):
    register_rule_action(
        RuleAction(
            code=f"fields.set_{_host}",
            name=_("写附加字段"),
            run=SetField(_host),
            contexts=frozenset({_context}),
            params={"set": _("附加字段的代码"), "field": _("字段标题"), "value": _("写成什么")},
        )
    )
