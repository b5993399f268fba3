"""Tables of the low-code core, one file a noun."""

from sextant.lowcode.models.answers import AnswerSet, ListedAnswer
from sextant.lowcode.models.definitions import (
    Definition,
    DefinitionReference,
    DefinitionVersion,
    DraftSave,
    ReviewRule,
)
from sextant.lowcode.models.flows import FlowInstance, FlowLog, FlowStep, FlowTimer
from sextant.lowcode.models.rules import RuleAct, RuleFiring, RuleOccasion, RuleState
from sextant.lowcode.models.sheets import FormSheet, SheetChange
from sextant.lowcode.models.work import Deputy, WorkItem

__all__ = [
    "AnswerSet",
    "Definition",
    "DefinitionReference",
    "DefinitionVersion",
    "Deputy",
    "DraftSave",
    "FlowInstance",
    "FlowLog",
    "FlowStep",
    "FlowTimer",
    "FormSheet",
    "ListedAnswer",
    "ReviewRule",
    "RuleAct",
    "RuleFiring",
    "RuleOccasion",
    "RuleState",
    "SheetChange",
    "WorkItem",
]
