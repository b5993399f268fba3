"""Publishing inside somebody else's statement: for those who write thousands of rows at once or count round trips.

What such a statement publishes is told by the job that looks every minute; it does not start that job itself.
"""

from collections.abc import Collection
from datetime import datetime

from sextant.foundation.access.contracts import Actor
from sextant.foundation.events.registry import subscriptions

PUBLISHED = """published AS (
  INSERT INTO events_event (code, subject_kind, subject_id, params, at, actor_user_id, actor_person_id, actor_label)
  SELECT code, subject_kind, subject_id, params, %(event_at)s, %(event_user_id)s, %(event_person_id)s, %(event_label)s
  FROM happened ORDER BY place
  RETURNING id, code, subject_kind, subject_id
), telling AS (
  INSERT INTO events_telling (event_id, subscriber, subject_kind, subject_id, state, attempts, due_at, problem)
  SELECT published.id, wanted.subscriber, published.subject_kind, published.subject_id, 'waiting', 0, %(event_at)s, ''
  FROM published
  JOIN unnest(%(event_codes)s::text[], %(event_subscribers)s::text[]) AS wanted (code, subscriber) USING (code)
  ORDER BY published.id
)"""
"""Parts of a WITH. A part before them is called `happened`: (place, code, subject_kind, subject_id, params), in the
order of `place`. Params are exactly the fields the events declare; nobody checks them here but the caller's tests."""


def values_within(codes: Collection[str], *, now: datetime, actor: Actor) -> dict[str, object]:
    """Values for the placeholders of `PUBLISHED`; `codes` are all that `happened` may hold."""
    wanted = [(code, one.name) for code in codes for one in subscriptions() if one.wants(code)]
    return {
        "event_at": now,
        "event_user_id": actor.user_id,
        "event_person_id": actor.person_id,
        "event_label": actor.label,
        "event_codes": [code for code, _ in wanted],
        "event_subscribers": [name for _, name in wanted],
    }
