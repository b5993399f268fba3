"""The tree of units that a file speaks of, held against the tree that is there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SEPARATOR = "/"
"""Between names in the code of a unit that has no code of its own. As it is part of the key, it is part of the data."""

Path = tuple[str, ...]
"""Names from the root."""

UnitPath = tuple[tuple[str, str | None], ...]
"""(name, code or None) from the root."""


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit as stored; `parent_code` is None for a root."""

    code: str
    name: str
    parent_code: str | None
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """A unit as it shall be."""

    code: str
    name: str
    parent_code: str | None


@dataclass(frozen=True, slots=True)
class UnitConflict:
    """One code, two places: the second mention is refused."""

    code: str
    one: str
    other: str


@dataclass(slots=True)
class UnitPlan:
    """What to do: `create` (parents first), `change` (renamed, moved or opened again); `code_of` finds the unit of a
    path, or of the beginning of one, that the file names; `conflicts` are the paths that cannot be."""

    create: list[PlannedUnit] = field(default_factory=list)
    change: list[PlannedUnit] = field(default_factory=list)
    code_of: dict[UnitPath, str] = field(default_factory=dict)
    conflicts: dict[UnitPath, UnitConflict] = field(default_factory=dict)


def plan_units(paths: Iterable[UnitPath], stored: Mapping[str, UnitState]) -> UnitPlan:
    """Decide which units to create and change so that every path in `paths` exists.

    A unit without a code is recognised by the code another path gives to the same names, else by its name below the
    same parent, else its code is the names joined by "/".
    A unit known by code takes name and parent from the file: that is how it is renamed and moved. Units that the file
    does not mention stay as they are.
    """
    plan = UnitPlan()
    distinct = list(dict.fromkeys(map(tuple, paths)))
    named_in_file = {_names(path): path[-1][1] for path in distinct if path[-1][1] is not None}
    below = {(unit.parent_code, unit.name): unit.code for unit in stored.values()}
    wanted: dict[str, tuple[PlannedUnit, Path]] = {}
    for path in distinct:
        chain = _chain(path, named_in_file, below)
        conflict = next(filter(None, (_conflict(wanted, unit, names) for unit, names in chain)), None)
        if conflict is not None:
            plan.conflicts[path] = conflict
            continue
        wanted.update({unit.code: (unit, names) for unit, names in chain})
        plan.code_of.update({path[:depth]: unit.code for depth, (unit, _) in enumerate(chain, start=1)})
    for unit, _ in wanted.values():
        found = stored.get(unit.code)
        if found is None:
            plan.create.append(unit)
        elif found.is_closed or (found.name, found.parent_code) != (unit.name, unit.parent_code):
            plan.change.append(unit)
    return plan


def _names(path: UnitPath) -> Path:
    return tuple(name for name, _ in path)


def _chain(
    path: UnitPath, named_in_file: Mapping[Path, str | None], below: Mapping[tuple[str | None, str], str]
) -> list[tuple[PlannedUnit, Path]]:
    """The units of a path, each with its names from the root."""
    chain: list[tuple[PlannedUnit, Path]] = []
    for depth, (name, given) in enumerate(path, start=1):
        names = _names(path[:depth])
        parent = chain[-1][0].code if chain else None
        code = given or named_in_file.get(names) or below.get((parent, name)) or SEPARATOR.join(names)
        chain.append((PlannedUnit(code, name, parent), names))
    return chain


def _conflict(wanted: Mapping[str, tuple[PlannedUnit, Path]], unit: PlannedUnit, names: Path) -> UnitConflict | None:
    if unit.code not in wanted or wanted[unit.code][0] == unit:
        return None
    return UnitConflict(unit.code, SEPARATOR.join(wanted[unit.code][1]), SEPARATOR.join(names))
