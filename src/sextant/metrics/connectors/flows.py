"""Sources that are flows of this product: how long each answer, step or run took, and whether it was late."""

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice

from django.conf import settings

from sextant.foundation.clock import company_day
from sextant.lowcode.contracts.flow_times import TimeRow, TimesOf, TimeState
from sextant.lowcode.queries.definitions import find_definition
from sextant.lowcode.queries.flow_times import list_times, nodes_of
from sextant.metrics.connectors.contracts import Meter, Request, Row, SourceFailed
from sextant.metrics.connectors.document import FlowsSource
from sextant.people.queries import list_persons, list_units

ROWS_AT_ONCE = 1000


class FlowsDriver:
    """Reads a `FlowsSource`. Days are those of the company's zone; who asks is judged at `now`."""

    def __init__(self, source: FlowsSource, *, now: datetime) -> None:
        self._source = source
        self._now = now

    def rows(self, request: Request, *, meter: Meter, first: int | None = None) -> Iterator[Row]:
        """See RowDriver. Three queries for a thousand rows beside the one that gives them."""
        meter.requests += 1
        waiting = self._times(request)
        while some := list(islice(waiting, ROWS_AT_ONCE)):
            numbers = self._places({one.person_id for one in some} | {one.about_id for one in some})
            for one in some:
                if meter.rows >= self._source.limits.rows:
                    raise SourceFailed("too_many_rows", rows=self._source.limits.rows)
                meter.rows += 1
                yield self._cells(one, numbers)
                if first is not None and meter.rows >= first:
                    return

    def _times(self, request: Request) -> Iterator[TimeRow]:
        definition_id = find_definition("flow", self._source.flow)
        if definition_id is None:
            raise SourceFailed("flow_unknown", flow=self._source.flow)
        self._nodes = nodes_of(definition_id)
        unknown = [code for code in self._source.steps if code not in self._nodes]
        if unknown:
            raise SourceFailed("flow_step_unknown", flow=self._source.flow, step=unknown[0])
        window = request.window
        assert window.from_on is not None and window.until_on is not None  # the document asks for days
        return list_times(
            definition_id,
            of=TimesOf(self._source.of),
            from_at=_begins(window.from_on),
            until_at=_begins(window.until_on),
            steps=self._source.steps,
            now=self._now,
        )

    def _places(self, person_ids: set[int]) -> dict[int, tuple[str, str | None]]:
        """Employee number and code of the unit today, by person."""
        today = company_day(self._now, settings.SEXTANT_ZONE)
        persons = list_persons(on=today, ids=person_ids, limit=len(person_ids))
        units = {one.id: one.code for one in list_units(on=today, ids={one.unit_id for one in persons if one.unit_id})}
        return {one.id: (one.number, units.get(one.unit_id or 0)) for one in persons}

    def _cells(self, one: TimeRow, places: dict[int, tuple[str, str | None]]) -> Row:
        number, unit = places.get(one.person_id, (None, None))
        node = self._nodes.get(one.step)
        return {
            "record": one.record,
            "flow": self._source.flow,
            "version": one.version,
            "step": one.step or None,
            "step_name": node.name or one.step if node else None,
            "number": number,
            "unit": unit,
            "about": places.get(one.about_id, (None, None))[0],
            "entered": _local(one.entered_at),
            "due": _local(one.due_at),
            "left": _local(one.left_at),
            "counted": _local(one.counted_at),
            "hours": one.hours,
            "late": int(one.is_late),
            "limited": int(one.due_at is not None and (one.is_late or one.state is TimeState.LEFT)),
            "state": one.state.value,
        }


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=settings.SEXTANT_ZONE)


def _local(moment: datetime | None) -> datetime | None:
    """In the company's zone: the day of a moment is the day it was there."""
    return moment.astimezone(settings.SEXTANT_ZONE) if moment is not None else None
