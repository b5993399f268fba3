"""Rules at work: notice what came due, look, act."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sextant.lowcode.actions.rule_acts import do_due_acts
from sextant.lowcode.actions.rule_judging import look
from sextant.lowcode.actions.rule_occasions import note_hours, note_overdue
from sextant.lowcode.models import RuleOccasion

KEEP_OCCASIONS = timedelta(days=90)
"""Longer than anything overdue is looked back for (`rule_occasions.LOOK_BACK`), so that nothing is noticed twice."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one run gave: occasions noticed, subjects judged, firings, unknown ones, definitions whose
    looking failed, and acts by what came of them."""

    noticed: int
    judged: int
    fired: int
    unknown: int
    failing: list[int]
    done: int
    held: int
    failed: int
    dropped: int


def run_rules(*, now: datetime) -> RunReport:
    """Everything rules have to do by `now`. Several may run at once, and one that dies leaves what it had not done to
    the next."""
    noticed = note_hours(now=now) + note_overdue(now=now)
    return RunReport(noticed=noticed, **asdict(look(now=now)), **asdict(do_due_acts(now=now)))


def forget_occasions(*, now: datetime) -> int:
    """Delete occasions nobody will notice again; how many."""
    old = RuleOccasion.objects.filter(done_at__lt=now - KEEP_OCCASIONS)
    return old.delete()[0]
