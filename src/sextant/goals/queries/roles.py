"""Goals by the role of their owner: what somebody's post is called; and who holds a role of the product."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from sextant.foundation.access.contracts import Role
from sextant.goals.models import Goal
from sextant.people.models import Person, Post


def of_role(goals: QuerySet[Goal], words: str, *, on: date) -> QuerySet[Goal]:
    """The goals of people the title of whose primary post holds these words on the day: 销售 finds 销售代表 too."""
    held = Post.objects.filter(Q(valid_until=None) | Q(valid_until__gt=on), is_primary=True, valid_from__lte=on)
    return goals.filter(owner_person_id__in=held.filter(title__icontains=words).values("person_id"))


def list_role_holders(roles: Collection[Role]) -> list[int]:
    """Ids of the persons whose account holds one of these roles, each once, in order. One query."""
    held = Person.objects.filter(user__grants__role__in=[role.value for role in roles])
    return sorted(set(held.values_list("id", flat=True)))
