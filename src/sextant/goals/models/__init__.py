"""Tables of goals, one file a noun."""

from sextant.goals.models.adjustment import (
    AdjustmentFile,
    AdjustmentRequest,
    AdjustmentSignature,
    AdjustmentStep,
    GoalTarget,
)
from sextant.goals.models.agreement import Comment, Contract, ContractCopy, Signature, SupportItem
from sextant.goals.models.alignment import Alignment
from sextant.goals.models.cycles import Cycle
from sextant.goals.models.goals import Goal
from sextant.goals.models.movement import MovedGoal, Movement
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
from sextant.goals.models.quota import QuotaScheme, QuotaSplit
from sextant.goals.models.reminders import PlanReminder
from sextant.goals.models.survey import Survey, SurveyAnswer, SurveyGroup, SurveyInvitation, SurveyResult
from sextant.goals.models.suspension import Suspension
from sextant.goals.models.workshops import (
    AgendaItem,
    Decision,
    MarkEvidence,
    MinutesAddendum,
    Participant,
    ProcessStep,
    RedMark,
    Workshop,
)

__all__ = [
    "ActionItem",
    "AdjustmentFile",
    "AdjustmentRequest",
    "AdjustmentSignature",
    "AdjustmentStep",
    "AgendaItem",
    "Alignment",
    "Comment",
    "Contract",
    "ContractCopy",
    "Cycle",
    "Decision",
    "Goal",
    "GoalPosition",
    "GoalTarget",
    "MarkEvidence",
    "Milestone",
    "MinutesAddendum",
    "MovedGoal",
    "Movement",
    "Participant",
    "Plan",
    "PlanReminder",
    "PlanRevision",
    "PlanTemplate",
    "PlanTemplateVersion",
    "ProcessStep",
    "ProgressNote",
    "QuotaScheme",
    "QuotaSplit",
    "RedMark",
    "Signature",
    "SupportItem",
    "Survey",
    "SurveyAnswer",
    "SurveyGroup",
    "SurveyInvitation",
    "SurveyResult",
    "Suspension",
    "Workshop",
]
