"""The directory of people."""

from dataclasses import dataclass
from datetime import date

from sextant.foundation.access.contracts import Actor
from sextant.lowcode.queries.field_lens import Cells, FieldLens
from sextant.people.access import visible_person_ids, visible_unit_ids
from sextant.people.contracts import PersonRow, UnitRow
from sextant.people.queries import count_persons, list_persons, list_units
from sextant.web.routes import find_url

PEOPLE_A_PAGE = 50
INDENT = "\u3000"
"""A blank as wide as a character: the browser keeps it inside an option."""


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit to filter by; `indent` pushes it in by its depth."""

    id: int
    name: str
    indent: str


@dataclass(frozen=True, slots=True)
class Directory:
    """One page of the people the reader may see. `units` are those to filter by, in tree order; `unit` the one
    chosen; `is_narrow` says that the reader does not see everyone. With each person comes what `lens` was asked to show
    of them."""

    people: tuple[tuple[PersonRow, str | None, Cells], ...]
    total: int
    page: int
    search: str
    unit: UnitRow | None
    units: tuple[UnitChoice, ...]
    is_narrow: bool
    lens: FieldLens

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return self.page * PEOPLE_A_PAGE < self.total


def read_directory(
    actor: Actor, *, today: date, lens: FieldLens, search: str = "", unit_id: int | None = None, page: int = 1
) -> Directory:
    """One page of the directory for `actor`, narrowed and sorted by `lens`: at most six queries, and with columns those
    of their cells. A unit out of sight is as good as none."""
    seen, seen_units = visible_person_ids(actor, on=today), visible_unit_ids(actor, on=today)
    units = [unit for unit in list_units(on=today) if seen_units is None or unit.id in seen_units]
    unit = next((one for one in units if one.id == unit_id), None)
    within = _subtree(unit, units) if unit else None
    where = lens.condition() if lens.is_narrow else None
    total = count_persons(on=today, ids=seen, unit_ids=within, search=search, where=where)
    page = min(max(page, 1), max(1, -(-total // PEOPLE_A_PAGE)))
    rows = list_persons(
        on=today,
        ids=seen,
        unit_ids=within,
        search=search,
        where=where,
        order=lens.order(),
        limit=PEOPLE_A_PAGE,
        offset=(page - 1) * PEOPLE_A_PAGE,
    )
    cells = lens.cells([row.id for row in rows], actor=actor)
    return Directory(
        people=tuple((row, find_url("web:person", person_id=row.id), cells.get(row.id, ())) for row in rows),
        total=total,
        page=page,
        search=search,
        unit=unit,
        units=tuple(UnitChoice(one.id, one.name, INDENT * (one.depth - 1)) for one in units),
        is_narrow=seen is not None,
        lens=lens,
    )


def _subtree(top: UnitRow, units: list[UnitRow]) -> list[int]:
    inside = {top.id}
    for unit in units:
        if unit.parent_id in inside:
            inside.add(unit.id)
    return sorted(inside)
