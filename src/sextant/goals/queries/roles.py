"""Goals by the role of their owner: what somebody's post is called."""

from datetime import date

from django.db.models import Q, QuerySet

from sextant.goals.models import Goal
from sextant.people.models import Post


def of_role(goals: QuerySet[Goal], words: str, *, on: date) -> QuerySet[Goal]:
    """The goals of people the title of whose primary post holds these words on the day: 销售 finds 销售代表 too."""
    held = Post.objects.filter(Q(valid_until=None) | Q(valid_until__gt=on), is_primary=True, valid_from__lte=on)
    return goals.filter(owner_person_id__in=held.filter(title__icontains=words).values("person_id"))
