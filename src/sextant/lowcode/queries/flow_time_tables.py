"""Times of a flow as a table: by step, by person, by unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial

from django.conf import settings

from sextant.engines.flow import Node
from sextant.foundation.clock import company_day
from sextant.lowcode.contracts.flow_times import TimesOf, TimesRow
from sextant.lowcode.queries.flow_times import count_times, nodes_of
from sextant.lowcode.registry_people import directory

_NOTHING = {"left": 0, "median_hours": None, "p90_hours": None, "limited": 0, "late": 0, "open": 0, "open_late": 0}


class By(StrEnum):
    """What a line of the table stands for."""

    STEP = "step"
    PERSON = "person"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class TimesLine:
    """One line. `node` is that of a step."""

    name: str
    times: TimesRow
    node: Node | None = None


def list_time_lines(
    definition_id: int, *, by: By, from_at: datetime, until_at: datetime, now: datetime
) -> list[TimesLine]:
    """Steps in the order of the flow, also those nobody came to; persons and units with the most late ones first, then
    the slowest. A person counts for the unit they are in today. At most six queries, and one for each version nobody
    read before."""
    counted = partial(count_times, definition_id, from_at=from_at, until_at=until_at, now=now)
    if by is By.STEP:
        found = {row.key: row for row in counted(of=TimesOf.STEPS)}
        nodes = nodes_of(definition_id).values()
        return [TimesLine(one.name or one.code, found.get(one.code, _empty(one.code)), one) for one in nodes]
    rows = counted(of=TimesOf.ANSWERS)
    persons = [int(row.key) for row in rows]
    if by is By.PERSON:
        return _worst_first(rows, directory().names(persons))
    units = directory().units(persons, on=company_day(now, settings.SEXTANT_ZONE))
    groups = {person_id: unit.id for person_id, unit in units.items()}
    names = {unit.id: unit.name for unit in units.values()}
    return _worst_first(counted(of=TimesOf.ANSWERS, groups=groups), names)


def time_of_runs(definition_id: int, *, from_at: datetime, until_at: datetime, now: datetime) -> TimesRow:
    """Whole runs, from beginning to end. Two queries."""
    found = count_times(definition_id, of=TimesOf.RUNS, from_at=from_at, until_at=until_at, now=now)
    return found[0] if found else _empty("")


def _worst_first(rows: list[TimesRow], names: Mapping[int, str]) -> list[TimesLine]:
    lines = [TimesLine(names.get(int(row.key), "—"), row) for row in rows]
    nothing = Decimal(0)
    return sorted(
        lines,
        key=lambda line: (-(line.times.late_share or nothing), -(line.times.p90_hours or nothing), line.name),
    )


def _empty(key: str) -> TimesRow:
    return TimesRow(key=key, **_NOTHING)  # type: ignore[arg-type]
