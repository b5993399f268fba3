"""Where goals stand on a day, as the command line and files show it."""

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from sextant.engines.values import Light
from sextant.goals.models import Goal
from sextant.goals.queries.scope import running_on, within_units
from sextant.goals.queries.specs import write_goal_specs
from sextant.metrics import queries as metrics
from sextant.metrics.contracts import StandingRow


@dataclass(frozen=True, slots=True)
class GoalStanding:
    """One goal and where it stands. The field names are the contract of `sextant metrics standings --json`.

    `goal` and `metric` are codes, `owner` is the name of the person or unit; numbers are None where there was nothing
    to compute from; `attainment` is progress against the base.
    """

    goal: str
    owner: str
    metric: str
    value: Decimal | None
    expected: Decimal | None
    base: Decimal | None
    stretch: Decimal | None
    attainment: Decimal | None
    light: Light
    reason: str


def list_standings(*, as_of: date, unit_ids: Collection[int] | None = None) -> list[GoalStanding]:
    """Standings that a run of the day `as_of` gave, of all goals or of those in `unit_ids`, by owner and metric.

    Where a later run has replaced the stored standing, the day is computed anew from the ledger its run read. The list
    is empty when no run was made as of that day. For the operator: access is not asked here.
    """
    goals = running_on(Goal.objects.all(), as_of)
    if unit_ids is not None:
        goals = within_units(goals, unit_ids, on=as_of)
    found = list(goals.select_related("owner_person", "owner_unit", "metric"))
    standings = _standings_on([goal.id for goal in found], as_of=as_of)
    rows = []
    for goal in found:
        standing = standings.get(goal.id)
        if standing is None:
            continue
        owner = goal.owner_person or goal.owner_unit
        assert owner is not None and goal.metric is not None
        rows.append(
            GoalStanding(
                goal=goal.code,
                owner=owner.name,
                metric=goal.metric.code,
                value=standing.value,
                expected=standing.expected,
                base=goal.base,
                stretch=goal.stretch,
                attainment=standing.attainment,
                light=standing.light,
                reason=standing.reason,
            )
        )
    return sorted(rows, key=lambda row: (row.owner, row.metric, row.goal))


def _standings_on(goal_ids: Sequence[int], *, as_of: date) -> dict[int, StandingRow]:
    stored = metrics.standings_of(goal_ids)
    if all(goal_id in stored and stored[goal_id].as_of == as_of for goal_id in goal_ids):
        return stored
    run = metrics.find_run_of(as_of)
    if run is None:
        return {}
    with tempfile.TemporaryDirectory(prefix="sextant-goals-") as folder:
        goals_csv = Path(folder) / "specs.csv"
        write_goal_specs(goals_csv, as_of=as_of)
        return metrics.replay_standings(goals_csv, run=run)
