"""Whether a condition that holds is acted on now, or was already: once per subject and window."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sextant.engines.values import Step


class RepeatKind(StrEnum):
    """How often a rule acts on one subject. CHANGE: when the condition begins to hold; WINDOW: again only after so many
    days; ALWAYS: each time it is asked."""

    CHANGE = "change"
    WINDOW = "window"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Repeat:
    """How often; `days` counts for WINDOW alone."""

    kind: RepeatKind = RepeatKind.CHANGE
    days: int = 0


@dataclass(frozen=True, slots=True)
class Previous:
    """What was before for this subject: `fired_at` None when the rule never acted; `held` what the condition was when
    it was last asked and could be known, None when it was never known."""

    fired_at: datetime | None = None
    held: bool | None = None


@dataclass(frozen=True, slots=True)
class Firing:
    """The decision and its reason, a step whose code is rules.fired, .not_met, .unknown, .still_met or .quiet
    (`fired_at`, `again_at`)."""

    fires: bool
    reason: Step


def decide_firing(holds: bool | None, *, repeat: Repeat, previous: Previous, at: datetime) -> Firing:
    """Whether to act on a judgement at the instant `at`. What cannot be known never acts.

    >>> from datetime import UTC
    >>> monday, days = datetime(2026, 11, 23, tzinfo=UTC), Repeat(RepeatKind.WINDOW, 14)
    >>> decide_firing(True, repeat=days, previous=Previous(monday), at=monday + timedelta(days=13)).reason.code
    'rules.quiet'
    >>> decide_firing(True, repeat=days, previous=Previous(monday), at=monday + timedelta(days=14)).fires
    True
    """
    if holds is None:
        return Firing(False, Step("rules.unknown"))
    if not holds:
        return Firing(False, Step("rules.not_met"))
    if repeat.kind is RepeatKind.CHANGE and previous.held and previous.fired_at is not None:
        return Firing(False, Step("rules.still_met", {"fired_at": previous.fired_at}))
    if repeat.kind is RepeatKind.WINDOW and previous.fired_at is not None:
        again_at = previous.fired_at + timedelta(days=repeat.days)
        if at < again_at:
            return Firing(False, Step("rules.quiet", {"fired_at": previous.fired_at, "again_at": again_at}))
    return Firing(True, Step("rules.fired"))
