"""Minutes: saved at every pause of the pen, each save on the text it was read at (decision 111)."""

from datetime import datetime

from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.workshop_table import come_to_workshop, note
from sextant.goals.contracts import Minutes, MinutesAreStale
from sextant.goals.policy.workshops import MINUTES_LENGTH
from sextant.goals.queries.workshops import minutes_of


def save_minutes(workshop_id: int, *, text: str, number: int, actor: Actor, now: datetime) -> Minutes:
    """Keep the minutes as they are now written; what stands then. The same text again changes nothing.

    `number` is the one of the text the writer began from; on an older one nothing is saved. Raises AccessDenied,
    MinutesAreStale (with what stands there), GoalRefused (workshop.closed, workshop.long).
    """
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now)
        workshop = table.workshop
        words = text.replace("\r\n", "\n").rstrip()
        if words == workshop.minutes:
            return minutes_of(workshop)
        if number != workshop.minutes_number:
            raise MinutesAreStale(minutes_of(workshop))
        if len(words) > MINUTES_LENGTH:
            raise GoalRefused([Problem("workshop.long", {"field": "minutes", "most": MINUTES_LENGTH})])
        workshop.minutes, workshop.minutes_at, workshop.minutes_by_id = words, now, actor.person_id
        workshop.minutes_number += 1
        workshop.save(update_fields=["minutes", "minutes_number", "minutes_at", "minutes_by"])
        note(table, "save_minutes", {"number": workshop.minutes_number, "length": len(words)})
        return Minutes(words, workshop.minutes_number, actor.label, now)
