"""What flows are to their neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sextant.engines.values import Problem
from sextant.lowcode.contracts.work import WorkRefused

STEP = "lowcode.flow_step"
"""Kind of subject of the work that a step opens."""


class InstanceState(StrEnum):
    """Of one run of a flow. A stopped one waits for HR to repair what it stumbled over."""

    RUNNING = "running"
    STOPPED = "stopped"
    ENDED = "ended"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


LIVE = (InstanceState.RUNNING, InstanceState.STOPPED)


class StepState(StrEnum):
    """Of one visit of a step: the first three are live."""

    OPEN = "open"
    JOINED = "joined"
    STUCK = "stuck"
    DONE = "done"
    RETURNED = "returned"
    VOID = "void"


LIVE_STEPS = (StepState.OPEN, StepState.JOINED, StepState.STUCK)


class WorkKind(StrEnum):
    """Kinds of work that flows open. Only the first three count towards the quorum of a step; an escalation asks to
    look into it, an assignment asks HR to name somebody, a repair to correct the values that stopped the flow."""

    FILL = "flow.fill"
    APPROVE = "flow.approve"
    ADDED = "flow.added"
    COPY = "flow.copy"
    ESCALATION = "flow.escalation"
    ASSIGN = "flow.assign"
    REPAIR = "flow.repair"


@dataclass(frozen=True, slots=True)
class NewInstance:
    """One run to be started. `key` makes it exactly once for its flow; `about_id` is the person it is about, whose line
    is asked, and `chosen` names approvers who were picked beforehand, by step. `values` are the fields of the flow."""

    title: str
    about_id: int
    key: str | None = None
    starter_id: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    chosen: Mapping[str, list[int]] = field(default_factory=dict)


class FlowRefused(WorkRefused):
    """Something about a flow was not done; `problems` say why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems)
