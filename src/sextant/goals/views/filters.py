"""What the address of a map asks for. Everything a filter holds is in the query, so that a page can be sent on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import QueryDict

from sextant.engines.values import Light
from sextant.goals.contracts import CycleRow, GoalKind
from sextant.goals.models import Goal
from sextant.goals.queries import choose_current_cycle, not_aligned, owned_by, with_light, within_units
from sextant.goals.queries.roles import of_role
from sextant.people.queries import list_persons, list_subtree_ids

MAX_PERSONS = 50
"""A name that more people than this bear is no name to search by."""


@dataclass(frozen=True, slots=True)
class MapFilters:
    """Filters of map and list; None and "" mean "all". Unknown values in the address count as not given."""

    cycle: CycleRow | None
    cycle_ids: tuple[int, ...]
    unit_id: int | None
    light: Light | None
    person: str
    kind: GoalKind | None
    role: str
    only_loose: bool
    as_list: bool
    offset: int

    @classmethod
    def of(cls, query: QueryDict, *, cycles: Sequence[CycleRow], today: date, usual_view: str = "map") -> "MapFilters":
        """Filters from the query of a request, over the cycles there are. `usual_view` is what an address that names
        none gets."""
        cycle = next((one for one in cycles if one.code == query.get("cycle")), None)
        cycle = cycle or choose_current_cycle(list(cycles), on=today)
        return cls(
            cycle=cycle,
            cycle_ids=tuple(one.id for one in cycles if cycle and _contains(one, cycle)),
            unit_id=_number(query.get("unit")),
            light=_light(query.get("light")),
            person=query.get("person", "").strip()[:100],
            kind=_kind(query.get("kind")),
            role=query.get("role", "").strip()[:100],
            only_loose=query.get("aligned") == "no",
            as_list=query.get("view", usual_view) == "list",
            offset=_number(query.get("from")) or 0,
        )

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the cycle was asked for: then the map shows what was found and the way to it."""
        return any((self.unit_id, self.light, self.person, self.kind, self.role, self.only_loose))

    def of_cycle(self, visible: QuerySet[Goal]) -> QuerySet[Goal]:
        """The goals of the cycle, and of longer ones that hold it: the year's objectives belong to its quarters."""
        return visible.filter(cycle_id__in=self.cycle_ids)

    def narrow(self, goals: QuerySet[Goal], *, today: date) -> QuerySet[Goal]:
        """`goals` by unit, person, role, kind and alignment; the light comes last, because its counts are shown beside
        it."""
        if self.unit_id:
            goals = within_units(goals, list_subtree_ids([self.unit_id], on=today), on=today)
        if self.person:
            # the search runs over everyone; the goals it keeps are only those the reader sees anyway
            found = list_persons(on=today, search=self.person, limit=MAX_PERSONS)
            goals = owned_by(goals, [person.id for person in found])
        if self.role:
            goals = of_role(goals, self.role, on=today)
        if self.kind:
            goals = goals.filter(kind=self.kind)
        return not_aligned(goals) if self.only_loose else goals

    def by_light(self, goals: QuerySet[Goal]) -> QuerySet[Goal]:
        """`goals` with the chosen light."""
        return with_light(goals, self.light) if self.light else goals


def _contains(outer: CycleRow, inner: CycleRow) -> bool:
    return outer.from_on <= inner.from_on and inner.until_on <= outer.until_on


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def _kind(text: str | None) -> GoalKind | None:
    return GoalKind(text) if text in tuple(GoalKind) else None


def _light(text: str | None) -> Light | None:
    return Light(text) if text in tuple(Light) else None
