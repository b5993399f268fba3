"""Goals as what custom fields hang on."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sextant.foundation.access.contracts import Actor
from sextant.goals.access import visible_goals
from sextant.goals.models import Goal
from sextant.lowcode.registry_hosts import find_field_host, register_field_host


class GoalFields:
    """Somebody is to a goal what they are to whoever owns it, person or unit."""

    code = "goal"
    name = _("目标")

    def is_visible(self, subject_id: int, *, actor: Actor, on: date) -> bool:
        """As the page of the goal. At most three queries."""
        return visible_goals(actor, on=on).filter(id=subject_id).exists()

    def related_ids(
        self, relation: str, *, actor: Actor, on: date, among: Collection[int] | None = None
    ) -> frozenset[int]:
        """The goals of persons and units to whom they are that. At most three queries."""
        owned = Q()
        for host, owner in (("person", "owner_person_id__in"), ("unit", "owner_unit_id__in")):
            found = find_field_host(host)
            if found is not None and (ids := found.related_ids(relation, actor=actor, on=on)):
                owned |= Q(**{owner: ids})
        if not owned:
            return frozenset()
        goals = Goal.objects.filter(owned)
        if among is not None:
            goals = goals.filter(id__in=list(among))
        return frozenset(goals.values_list("id", flat=True))

    def names(self, ids: Iterable[int]) -> Mapping[int, str]:
        """Titles. One query."""
        return dict(Goal.objects.filter(id__in=set(ids)).values_list("id", "title"))

    def keys(self, ids: Iterable[int]) -> Mapping[int, str]:
        """Codes. One query."""
        return dict(Goal.objects.filter(id__in=set(ids)).values_list("id", "code"))

    def find(self, keys: Iterable[str]) -> Mapping[str, int | None]:
        """By code. One query."""
        return dict(Goal.objects.filter(code__in=set(keys)).values_list("code", "id"))

    def about(self, subject_id: int) -> int | None:
        """Who owns it, where that is a person. One query."""
        return Goal.objects.filter(id=subject_id).values_list("owner_person_id", flat=True).first()

    def path(self, subject_id: int) -> str:
        """Its page."""
        return reverse("goals:detail", args=[subject_id])


register_field_host(GoalFields())
