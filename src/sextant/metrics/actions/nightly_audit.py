"""What data audit does every night."""

from datetime import datetime

from sextant.foundation.access.contracts import Actor
from sextant.metrics.actions.audits import audit_standing
from sextant.metrics.actions.decisions import resume_decided
from sextant.metrics.actions.matching import replay_resolved


def audit_night(*, actor: Actor, now: datetime) -> int:
    """Finish what was cut off, take in rows of keys that are known by now, then look for what did not come; how many
    such faults were found."""
    resume_decided(actor=actor, now=now)
    replay_resolved(actor=actor, now=now)
    return audit_standing(actor=actor, now=now)
