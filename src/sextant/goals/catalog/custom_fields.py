"""Goals as what custom fields hang on."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sextant.foundation.access.contracts import Actor
from sextant.goals.access import visible_goals
from sextant.goals.models import Goal
from sextant.lowcode.registry_hosts import register_field_host
from sextant.people.contracts import LineKind
from sextant.people.models import Post, ReportingLine


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
        """The goals of persons and units to whom they are that. One query."""
        if actor.person_id is None:
            return frozenset()
        valid = Q(valid_from__lte=on) & (Q(valid_until=None) | Q(valid_until__gt=on))
        lines = ReportingLine.objects.filter(valid, kind=LineKind.SOLID)
        direct = lines.filter(manager_id=actor.person_id).values("person_id")
        headed = Post.objects.filter(valid, person_id=actor.person_id, is_head=True).values("unit_id")
        owned = {
            "self": Q(owner_person_id=actor.person_id) | Q(owner_unit_id__in=headed),
            "manager": Q(owner_person_id__in=direct) | Q(owner_unit__parent_id__in=headed),
            "upper": Q(owner_person_id__in=lines.filter(manager_id__in=direct).values("person_id"))
            | Q(owner_unit__parent__parent_id__in=headed),
        }[relation]
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
