"""What happened elsewhere and concerns red lights' conversations. Named in `conf/subscriptions.py`."""

from datetime import date, datetime

from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor
from sextant.foundation.events.contracts import EventRow
from sextant.tracking.actions.case_opening import open_case
from sextant.tracking.actions.case_restrictions import confirm_restriction
from sextant.tracking.actions.case_review import review_cases

LABEL = "red light"


def follow(event: EventRow, *, now: datetime) -> None:
    """A light that turned red opens a conversation; an evaluation lets the weeks speak; a system says that it holds
    back what it was asked to."""
    match event.code:
        case "light.changed" if event.params["after"] == Light.RED.value:
            open_case(
                int(str(event.params["goal_id"])),
                red_on=date.fromisoformat(str(event.params["day"])),
                before=Light(str(event.params["before"])),
                actor=Actor.system(LABEL),
                now=now,
            )
        case "goals.evaluated":
            review_cases(as_of=date.fromisoformat(str(event.params["as_of"])), actor=Actor.system(LABEL), now=now)
        case "webhook.received":
            confirm_restriction(event.params["payload"], now=now)
