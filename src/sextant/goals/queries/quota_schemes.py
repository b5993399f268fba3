"""Reading ways to split that were kept."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from sextant.goals.models import Goal
from sextant.goals.models.quota import QuotaScheme


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """A kept scheme as a list shows it."""

    id: int
    name: str
    factors: tuple[tuple[str, Decimal], ...]
    saved_by: str
    saved_at: datetime


def schemes_of(goal: Goal) -> QuerySet[QuotaScheme]:
    """What is kept for the owner of the goal."""
    return QuotaScheme.objects.filter(owner_unit_id=goal.owner_unit_id, owner_person_id=goal.owner_person_id)


def list_schemes(goal: Goal) -> list[SchemeRow]:
    """What is kept for the owner of the goal, the latest first. One query."""
    return [
        SchemeRow(
            scheme.pk,
            scheme.name,
            tuple((one["name"], Decimal(one["weight"])) for one in scheme.document["factors"]),
            scheme.saved_by,
            scheme.saved_at,
        )
        for scheme in schemes_of(goal).order_by("-saved_at", "-id")
    ]
