"""What somebody is good at now, and whether they may be named for it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from sextant.goals.models import Goal
from sextant.goals.queries.scope import running_on
from sextant.metrics.queries import list_metrics
from sextant.tracking.models import HelpOffer
from sextant.tracking.queries.help_people import steadily_green


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A metric of somebody's goals: green for weeks now, and offered or not."""

    metric_id: int
    metric_name: str
    is_green: bool
    is_offered: bool


def list_offers(person_id: int, *, on: date) -> list[OfferRow]:
    """The metrics a person is measured by now, and those they offered to help with, by name. Three queries."""
    running = running_on(Goal.objects.filter(owner_person_id=person_id), on)
    good = steadily_green().filter(goal_id=OuterRef("id"))
    green = dict(running.annotate(good=Exists(good)).values_list("metric_id", "good"))
    offered = set(HelpOffer.objects.filter(person_id=person_id).values_list("metric_id", flat=True))
    metrics = list_metrics(ids={*green, *offered})
    rows = (OfferRow(one.id, one.name, green.get(one.id, False), one.id in offered) for one in metrics)
    return sorted(rows, key=lambda one: (not one.is_offered, not one.is_green, one.metric_name))
