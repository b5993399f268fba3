"""Writes of goals: open a cycle, create a goal, import a file of them, evaluate them."""

from sextant.goals.actions.create import GoalRefused, create_goal
from sextant.goals.actions.cycles import open_cycle
from sextant.goals.actions.evaluate import evaluate_goals
from sextant.goals.actions.importing import import_goals

__all__ = ["GoalRefused", "create_goal", "evaluate_goals", "import_goals", "open_cycle"]
