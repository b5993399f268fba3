"""Who asks about which goal, and when: what every view of one goal begins with."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.http import Http404, HttpRequest

from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.access.http import actor_of
from sextant.foundation.clock import company_day, now
from sextant.goals.access import access_goal
from sextant.goals.models import Goal
from sextant.metrics.contracts import MetricRow
from sextant.metrics.queries import row_of_metric


@dataclass(frozen=True, slots=True)
class AskedGoal:
    """A goal as far as the reader sees it; `today` is the company's day at `moment`."""

    actor: Actor
    goal: Goal
    moment: datetime
    today: date

    def read_metric(self) -> MetricRow | None:
        """The goal's metric, or None. No query: it was read with the goal."""
        return row_of_metric(self.goal.metric) if self.goal.metric else None


def ask_goal(request: HttpRequest, goal_id: int) -> AskedGoal:
    """The goal the request is about. Http404 for one out of sight: it does not exist for this reader."""
    actor, moment = actor_of(request), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    try:
        goal = access_goal(actor, goal_id=goal_id, on=today)
    except AccessDenied as error:
        raise Http404 from error
    return AskedGoal(actor, goal, moment, today)
