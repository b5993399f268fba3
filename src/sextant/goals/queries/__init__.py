"""Reads of goals, as frozen contracts. Neighbours import from this package."""

from sextant.goals.queries.cycles import (
    choose_current_cycle,
    find_current_cycle,
    find_cycle,
    list_cycles,
    list_cycles_with_calendar,
)
from sextant.goals.queries.map import find_on_map, read_branch, read_map
from sextant.goals.queries.rows import find_goal_id, list_goals_of_person, list_goals_of_unit, list_rows
from sextant.goals.queries.scope import (
    count_below,
    count_lights,
    count_running_goals,
    in_force,
    not_aligned,
    owned_by,
    running_on,
    with_light,
    within_units,
    worst_first,
)
from sextant.goals.queries.specs import spec_of, write_goal_specs
from sextant.goals.queries.standings import list_standings
from sextant.goals.queries.tree import list_chain

__all__ = [
    "choose_current_cycle",
    "count_below",
    "count_lights",
    "count_running_goals",
    "find_current_cycle",
    "find_cycle",
    "find_goal_id",
    "find_on_map",
    "in_force",
    "list_chain",
    "list_cycles",
    "list_cycles_with_calendar",
    "list_goals_of_person",
    "list_goals_of_unit",
    "list_rows",
    "list_standings",
    "not_aligned",
    "owned_by",
    "read_branch",
    "read_map",
    "running_on",
    "spec_of",
    "with_light",
    "within_units",
    "worst_first",
    "write_goal_specs",
]
