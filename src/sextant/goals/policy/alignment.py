"""May one goal support another? A pure decision over what was read under the lock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sextant.engines.alignment import find_way
from sextant.engines.values import Period, Problem

FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two goals: its id and its period."""

    goal_id: int
    period: Period


def decide_alignment(
    child: Side, parent: Side, *, ways: Mapping[int, Iterable[int]], contribution: Decimal | None
) -> tuple[Problem, ...]:
    """What forbids `child` to support `parent`; () = nothing. `ways` are the parents by goal above `parent`.

    Codes: alignment.itself, alignment.closes_circle (`path`: ids from the parent up to the child), alignment.apart (no
    day in common), alignment.contribution_range (`value`; more than 0, at most 100 per cent of the parent).

    >>> from datetime import date
    >>> year = Period(date(2026, 1, 1), date(2027, 1, 1))
    >>> told = decide_alignment(Side(1, year), Side(2, year), ways={2: [3], 3: [1]}, contribution=None)
    >>> told[0].code, told[0].params["path"]
    ('alignment.closes_circle', (2, 3, 1))
    """
    problems = []
    if contribution is not None and not 0 < contribution <= FULL:
        problems.append(Problem("alignment.contribution_range", {"field": "contribution", "value": contribution}))
    if child.goal_id == parent.goal_id:
        return (*problems, Problem("alignment.itself", {"field": "parent"}))
    if child.period.overlap(parent.period) is None:
        problems.append(Problem("alignment.apart", {"field": "parent"}))
    way = find_way(ways, start=parent.goal_id, end=child.goal_id)
    if way is not None:
        problems.append(Problem("alignment.closes_circle", {"field": "parent", "path": way}))
    return tuple(problems)
