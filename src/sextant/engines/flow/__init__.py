"""Flows: where an instance goes next, whether enough have agreed, when a limit ends, whether a definition can run.

Pure: a definition, a state and an event in; moves out. Import from this package, not its modules.
"""

from sextant.engines.flow.advance import abandon, complete, earlier, fail, go_back, resume, start
from sextant.engines.flow.check import check, depths
from sextant.engines.flow.codes import Code, LineCode
from sextant.engines.flow.deadline import deadline, limits_of
from sextant.engines.flow.model import (
    PERSONAL,
    WAITING,
    Arm,
    Assignee,
    Flow,
    Limit,
    Node,
    Quorum,
    ReactionKind,
    Span,
    StepKind,
    Unit,
)
from sextant.engines.flow.state import (
    Closed,
    Ending,
    Frame,
    Line,
    Moves,
    Opened,
    Passed,
    Scope,
    Standing,
    State,
    Token,
    read_scope,
    write_scope,
)
from sextant.engines.flow.tally import Verdict, Vote, needed_of, tally

__all__ = [
    "PERSONAL",
    "WAITING",
    "Arm",
    "Assignee",
    "Closed",
    "Code",
    "Ending",
    "Flow",
    "Frame",
    "Limit",
    "Line",
    "LineCode",
    "Moves",
    "Node",
    "Opened",
    "Passed",
    "Quorum",
    "ReactionKind",
    "Scope",
    "Span",
    "Standing",
    "State",
    "StepKind",
    "Token",
    "Unit",
    "Verdict",
    "Vote",
    "abandon",
    "check",
    "complete",
    "deadline",
    "depths",
    "earlier",
    "fail",
    "go_back",
    "limits_of",
    "needed_of",
    "read_scope",
    "resume",
    "start",
    "tally",
    "write_scope",
]
