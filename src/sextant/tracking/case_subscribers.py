"""What happened elsewhere and concerns red lights' conversations. Named in `conf/subscriptions.py`."""

from datetime import date, datetime

from sextant.foundation.access.contracts import Actor
from sextant.foundation.events.contracts import EventRow
from sextant.tracking.actions.case_restrictions import confirm_restriction
from sextant.tracking.actions.case_review import review_cases

LABEL = "red light"


def follow(event: EventRow, *, now: datetime) -> None:
    """An evaluation lets the weeks speak; a system says that it holds back what it was asked to. What opens a
    conversation is a rule (`shipped/red_light.yaml`): HR says for whom, and whether at all."""
    match event.code:
        case "goals.evaluated":
            review_cases(as_of=date.fromisoformat(str(event.params["as_of"])), actor=Actor.system(LABEL), now=now)
        case "webhook.received":
            confirm_restriction(event.params["payload"], now=now)
