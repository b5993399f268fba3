"""Tables of goals, one file a noun."""

from sextant.goals.models.agreement import Comment, Contract, ContractCopy, Signature, SupportItem
from sextant.goals.models.alignment import Alignment
from sextant.goals.models.cycles import Cycle
from sextant.goals.models.goals import Goal
from sextant.goals.models.plans import (
    ActionItem,
    GoalPosition,
    Milestone,
    Plan,
    PlanRevision,
    PlanTemplate,
    PlanTemplateVersion,
    ProgressNote,
)
from sextant.goals.models.quota import QuotaSplit
from sextant.goals.models.suspension import Suspension

__all__ = [
    "ActionItem",
    "Alignment",
    "Comment",
    "Contract",
    "ContractCopy",
    "Cycle",
    "Goal",
    "GoalPosition",
    "Milestone",
    "Plan",
    "PlanRevision",
    "PlanTemplate",
    "PlanTemplateVersion",
    "ProgressNote",
    "QuotaSplit",
    "Signature",
    "SupportItem",
    "Suspension",
]
