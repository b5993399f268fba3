"""What triggers wait for."""

from collections.abc import Mapping

from sextant.lowcode.contracts.rules import EVALUATED, LIGHT, OVER_ALL
from sextant.lowcode.rules.document import EventTrigger, LightTrigger, OverdueTrigger, TriggerDocument

THING_FIELDS: Mapping[str, str] = {"person_id": "person", "about_id": "person", "goal_id": "goal", "unit_id": "unit"}
"""What the params of an event say it is about."""


def kinds_for(code: str) -> frozenset[str]:
    """The kinds of triggers that may wait for an event of this code."""
    return frozenset({"event", "light"} if code in {LIGHT, EVALUATED} else {"event"})


def waits_for(when: TriggerDocument, code: str, params: Mapping[str, object]) -> bool:
    """Whether a trigger waits for an event.

    >>> waits_for(LightTrigger(), "light.changed", {"before": "green", "after": "red"})
    True
    >>> waits_for(LightTrigger(weeks=2), "light.changed", {"before": "green", "after": "red"})
    False
    """
    if isinstance(when, EventTrigger):
        return when.event == code
    if not isinstance(when, LightTrigger):
        return False
    if when.weeks > 1:
        return code == EVALUATED
    # from yellow to red is no news to who waits for either
    return code == LIGHT and params["after"] in when.to and params["before"] not in when.to


def things_in(params: Mapping[str, object]) -> list[tuple[str, int]]:
    """What the params of an event say it is about.

    >>> things_in({"goal_id": 7, "person_id": None, "after": "red"})
    [('goal', 7)]
    """
    found = ((kind, params.get(name)) for name, kind in THING_FIELDS.items())
    return [(kind, value) for kind, value in found if isinstance(value, int) and not isinstance(value, bool)]


def is_occurrence(when: TriggerDocument) -> bool:
    """Whether each occasion is something that happened to its subject, and not a look at what is so: what happened anew
    is a change whatever held before.

    >>> is_occurrence(EventTrigger(event="goal.adjusted")), is_occurrence(EventTrigger(event="goals.evaluated"))
    (True, False)
    """
    if isinstance(when, EventTrigger):
        return when.event not in OVER_ALL
    return isinstance(when, OverdueTrigger) or (isinstance(when, LightTrigger) and when.weeks == 1)
