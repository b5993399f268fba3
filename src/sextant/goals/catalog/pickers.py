"""Goals as answers to forms: by their code, among those the writer may see."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.conf import settings

from sextant.engines.forms import FieldKind
from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day, now
from sextant.goals.access import visible_goals
from sextant.lowcode.registry_pickers import register_picker


class GoalPicker:
    """Goals in sight of the actor."""

    def find(self, text: str, *, actor: Actor, on: date) -> int | None:
        """By code. One query, and those of the filter."""
        return visible_goals(actor, on=on).filter(code=text).values_list("id", flat=True).first()

    def names(self, ids: Iterable[int], *, actor: Actor) -> Mapping[int, str]:
        """Titles of those the actor may see today; a goal out of sight stays without a name. One query, and those of
        the filter."""
        today = company_day(now(), settings.SEXTANT_ZONE)
        return dict(visible_goals(actor, on=today).filter(id__in=set(ids)).values_list("id", "title"))


register_picker(FieldKind.GOAL, GoalPicker())
