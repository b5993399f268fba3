"""A rule over weeks that are past: at which it would have looked, and on whom it would have acted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sextant.engines.rules import Judgement, Previous, decide_firing
from sextant.lowcode.policy.rule_triggers import is_occurrence
from sextant.lowcode.rules.document import LightTrigger, Rhythm, ScheduleTrigger, TriggerDocument
from sextant.lowcode.rules.reading import ReadRule

NEVER = Judgement(False, ())


@dataclass(frozen=True, slots=True)
class Week:
    """A finished week of a subject: its last day and what is known of it."""

    ends_on: date
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Lights:
    """How the values of a subject say its light: the names, and the words of the lights a trigger waits for."""

    name: str = ""
    weeks_name: str = ""
    wanted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Acted:
    """It would have acted at the end of this week; or it could not be known (`is_known` False)."""

    week: date
    judgement: Judgement
    is_known: bool = True


def acts_in(
    rule: ReadRule, weeks: Sequence[Week], *, lights: Lights, happened: frozenset[date] | None = None, since: date
) -> Iterator[Acted]:
    """What the rule would have done with one subject at the ends of its weeks from `since` on, the earliest first; the
    weeks before only tell what held. `happened` are the weeks in which an event came, None: the rule looks by itself.

    Once per subject and window as when it really runs, with the ends of the weeks as its instants.
    """
    when, held, fired_at = rule.document.when, None, None
    repeat, is_news = rule.document.repeat.repeat(), is_occurrence(when)
    for place, week in enumerate(weeks):
        before = weeks[:place]
        if happened is not None and week.ends_on not in happened:
            continue
        if not _looks(when, week, before[-1] if before else None, lights):
            continue
        known = [one.values for one in before]
        judgement = rule.judge(week.values, before=known) if _lit(when, week, lights) else NEVER
        at = datetime.combine(week.ends_on, time(0), UTC)
        previous = Previous(fired_at, None if is_news else held)
        firing = decide_firing(judgement.holds, repeat=repeat, previous=previous, at=at)
        held = judgement.holds if judgement.holds is not None else held
        if firing.fires:
            fired_at = at
        if week.ends_on >= since and (firing.fires or judgement.holds is None):
            yield Acted(week.ends_on, judgement, is_known=judgement.holds is not None)


def _looks(when: TriggerDocument, week: Week, before: Week | None, lights: Lights) -> bool:
    """Whether the rule looks at the end of this week."""
    if isinstance(when, LightTrigger) and when.weeks == 1:
        was = before.values.get(lights.name) if before else None
        return week.values.get(lights.name) in lights.wanted and was not in lights.wanted and before is not None
    if isinstance(when, ScheduleTrigger) and when.every is Rhythm.MONTHLY:
        return any(_is_monthly(when, week.ends_on - timedelta(days=back)) for back in range(7))
    return True


def _lit(when: TriggerDocument, week: Week, lights: Lights) -> bool:
    if not isinstance(when, LightTrigger) or when.weeks == 1:
        return True
    weeks = week.values.get(lights.weeks_name)
    return week.values.get(lights.name) in lights.wanted and weeks is not None and int(str(weeks)) >= when.weeks


def _is_monthly(when: ScheduleTrigger, day: date) -> bool:
    last = ((day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)).day
    return day.day == min(when.day, last)
