"""Bringing the tree of units in line with what a file says."""

from collections.abc import Iterable

from django.db import connection

from sextant.people.actions.bulk import update_rows
from sextant.people.models import Unit
from sextant.people.policy import PlannedUnit, UnitPath, UnitPlan, UnitState, plan_units


def save_units(paths: Iterable[UnitPath]) -> tuple[UnitPlan, dict[str, int]]:
    """Create, rename, move and open again what the paths ask for. Returns the plan, with its conflicts, and unit ids
    by code."""
    units = list(Unit.objects.all())
    codes = {unit.pk: unit.code for unit in units}
    stored = {
        unit.code: UnitState(unit.code, unit.name, codes.get(unit.parent_id or 0), unit.closed_on is not None)
        for unit in units
    }
    plan = plan_units(paths, stored)
    ids = {unit.code: unit.pk for unit in units}
    _create(plan.create, ids)
    changed = [(ids[unit.code], unit.name, _parent_id(unit, ids), None) for unit in plan.change]
    update_rows("people_unit", columns={"name": "text", "parent_id": "bigint", "closed_on": "date"}, rows=changed)
    if plan.create or plan.change:
        _settle_paths()
    return plan, ids


def _create(planned: list[PlannedUnit], ids: dict[str, int]) -> None:
    """One statement per generation, because children need the ids of their parents."""
    waiting = planned
    while waiting:
        ready = [unit for unit in waiting if unit.parent_code is None or unit.parent_code in ids]
        rows = [Unit(code=unit.code, name=unit.name, parent_id=_parent_id(unit, ids), path="0") for unit in ready]
        ids.update({row.code: row.pk for row in Unit.objects.bulk_create(rows)})
        waiting = [unit for unit in waiting if unit.code not in ids]


def _parent_id(unit: PlannedUnit, ids: dict[str, int]) -> int | None:
    return None if unit.parent_code is None else ids[unit.parent_code]


def _settle_paths() -> None:
    """Paths follow from parents: a moved unit takes its whole subtree along. Only rows that differ are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with recursive tree (id, path) as (
                select id, id::text::ltree from people_unit where parent_id is null
                union all
                select unit.id, tree.path || unit.id::text
                from people_unit as unit join tree on unit.parent_id = tree.id
            )
            update people_unit set path = tree.path from tree
            where tree.id = people_unit.id and people_unit.path <> tree.path
            """
        )
