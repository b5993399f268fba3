"""Reads of webhooks for the floors above."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sextant.foundation.webhooks.contracts import SendingState
from sextant.foundation.webhooks.models import Sending


@dataclass(frozen=True, slots=True)
class Told:
    """How far an event got: how many systems were to hear of it, and when the last of those that did took it."""

    receivers: int
    taken: int
    taken_at: datetime | None


def told_of(code: str, *, subject_kind: str, subject_ids: Collection[int]) -> dict[int, Told]:
    """How far the events of this code about these subjects got; a subject no system wanted to hear of is absent. One
    query, none without subjects."""
    if not subject_ids:
        return {}
    rows = Sending.objects.filter(
        code=code, event__subject_kind=subject_kind, event__subject_id__in=list(subject_ids)
    ).values_list("event__subject_id", "state", "finished_at")
    found: dict[int, Told] = {}
    for subject_id, state, finished_at in rows:
        was = found.get(subject_id, Told(0, 0, None))
        is_taken = state == SendingState.DONE.value
        latest = max(filter(None, (was.taken_at, finished_at if is_taken else None)), default=None)
        found[subject_id] = Told(was.receivers + 1, was.taken + is_taken, latest)
    return found
