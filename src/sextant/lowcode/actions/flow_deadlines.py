"""When the limits and waits of steps end that open at one instant."""

from datetime import datetime
from functools import cached_property

from django.conf import settings

from sextant.engines.flow import Node, Span, Unit, deadline, limits_of
from sextant.engines.schedule import FIVE_DAY_WEEK, WorkCalendar
from sextant.lowcode.registry_calendar import company_calendar


class Deadlines:
    """Counted by the calendar that holds at the instant, once for each step however many instances come to it. One
    query, and only where working days are counted."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._known: dict[int, tuple[Node, tuple[tuple[str, datetime], ...]]] = {}

    def limits(self, node: Node) -> tuple[tuple[str, datetime], ...]:
        """(code of the rung, when it is reached), the nearest first."""
        known = self._known.get(id(node))  # kept together with the node, so that its id is not given to another
        if known is None:
            calendar = self._calendar(*(limit.after for limit in node.limits))
            known = (node, limits_of(node, now=self._now, calendar=calendar, zone=settings.SEXTANT_ZONE))
            self._known[id(node)] = known
        return known[1]

    def due_at(self, node: Node) -> datetime | None:
        """When the step should be done: the first limit, None without one."""
        found = self.limits(node)
        return found[0][1] if found else None

    def end_of(self, span: Span) -> datetime:
        """When that long is over."""
        return deadline(self._now, span, calendar=self._calendar(span), zone=settings.SEXTANT_ZONE)

    def _calendar(self, *spans: Span) -> WorkCalendar:
        return self._company if any(span.unit is Unit.WORKDAY for span in spans) else FIVE_DAY_WEEK

    @cached_property
    def _company(self) -> WorkCalendar:
        return company_calendar()
