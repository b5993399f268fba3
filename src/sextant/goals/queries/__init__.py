"""Reads of goals, as frozen contracts. Neighbours import from this package."""

from sextant.goals.queries.cycles import choose_current_cycle, find_current_cycle, find_cycle, list_cycles
from sextant.goals.queries.rows import find_goal_id, list_goals_of_person, list_goals_of_unit, list_rows
from sextant.goals.queries.scope import count_lights, count_running_goals, running_on, with_light, within_units
from sextant.goals.queries.specs import spec_of, write_goal_specs
from sextant.goals.queries.standings import list_standings

__all__ = [
    "choose_current_cycle",
    "count_lights",
    "count_running_goals",
    "find_current_cycle",
    "find_cycle",
    "find_goal_id",
    "list_cycles",
    "list_goals_of_person",
    "list_goals_of_unit",
    "list_rows",
    "list_standings",
    "running_on",
    "spec_of",
    "with_light",
    "within_units",
    "write_goal_specs",
]
