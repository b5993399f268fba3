"""What flows tell the rest of the product."""

from enum import StrEnum

RUN_SUBJECT = "flow_instance"
"""Kind of subject of the events: one run of a flow."""


class FlowEvent(StrEnum):
    """Codes of the events. A run that one of many was started together tells nothing of its start: whoever sends a file
    knows it, and a hundred thousand tellings would keep everybody else's waiting for hours."""

    STARTED = "flow.started"
    ENTERED = "flow.step_entered"
    LEFT = "flow.step_left"
    LIMIT_PASSED = "flow.limit_passed"
    ENDED = "flow.ended"


_RUN = ("flow", "instance_id", "about_id")
_STEP = (*_RUN, "step_id", "step", "entered_at")

EVENT_FIELDS = {
    FlowEvent.STARTED: (*_RUN, "starter_id", "version"),
    FlowEvent.ENTERED: (*_STEP, "state"),
    FlowEvent.LEFT: (*_STEP, "state"),
    FlowEvent.LIMIT_PASSED: (*_STEP, "limit"),
    FlowEvent.ENDED: (*_RUN, "started_at", "state"),
}
"""What the params of each hold; `flow` and `step` are codes, `state` as the run or the step stands after it."""
