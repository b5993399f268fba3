"""Movement 人员异动: what becomes of a person's goals when they change unit or manager, leave, or go on leave."""

from sextant.engines.movement.decision import LEAST_DAYS, Cause, Decision, GoalCase, Nature, Proposal, propose
from sextant.engines.movement.split import Figures, Part, Split, split_figures

__all__ = [
    "LEAST_DAYS",
    "Cause",
    "Decision",
    "Figures",
    "GoalCase",
    "Nature",
    "Part",
    "Proposal",
    "Split",
    "propose",
    "split_figures",
]
