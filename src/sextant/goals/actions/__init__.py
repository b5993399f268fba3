"""Writes of goals: open a cycle, create a goal, import a file of them, evaluate them."""

from sextant.goals.actions.create import GoalRefused, create_goal
from sextant.goals.actions.cycles import open_cycle
from sextant.goals.actions.evaluate import evaluate_goals
from sextant.goals.actions.importing import import_goals
from sextant.goals.actions.manual_light import clear_manual_light, set_manual_light, use_rules_for_goal

__all__ = [
    "GoalRefused",
    "clear_manual_light",
    "create_goal",
    "evaluate_goals",
    "import_goals",
    "open_cycle",
    "set_manual_light",
    "use_rules_for_goal",
]
