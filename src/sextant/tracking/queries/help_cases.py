"""Similar past cases: by name where the reader sees the goal, else counted in groups of at least five.

Groups hold only goals of cycles that are over, and are cut by cycle, not by likeness: what they show does not change
from one reader's question to the next, so that two answers cannot be subtracted (decision 194).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from sextant.engines.anonymity import Group, decide_publication
from sextant.engines.similar import Episode, Likeness, Situation, compare, list_episodes, rank, situation_of
from sextant.goals.access import Sight
from sextant.goals.models import Goal
from sextant.goals.queries.scope import in_force
from sextant.metrics.models import Metric, Standing
from sextant.tracking.contracts.help import ActState
from sextant.tracking.contracts.help_rows import CaseGroup, CaseRow
from sextant.tracking.models import HelpAct
from sextant.tracking.queries.help_weeks import IN_TROUBLE, GoalWeeks, weeks_of

MOST_READ = 600
"""Goals that are looked through: of those in sight first, the newest first."""
MOST_SHOWN = 5
LEAST_ALIKE = Decimal("0.5")
LEAST_PEOPLE = 5
RELATED = Decimal("0.8")
"""Kinship of metrics that share a tag."""
_WHOLE = 0


@dataclass(frozen=True, slots=True)
class _Past:
    """One stretch of one goal, with the completions that tell its story."""

    goal: Goal
    episode: Episode
    weeks: GoalWeeks
    place: int

    @property
    def low(self) -> Decimal | None:
        return self.weeks.weeks[self.place].completion

    @property
    def high(self) -> Decimal | None:
        """None, too, where the light turned for another reason than the share: one that fell would tell nothing."""
        end = self.episode.recovered_at
        found = None if end is None else self.weeks.weeks[end].completion
        return None if found is None or self.low is None or found <= self.low else found

    @property
    def took(self) -> int | None:
        end = self.episode.recovered_at
        return None if end is None else end - self.place


@dataclass(frozen=True, slots=True)
class Found:
    """What past cases say: those by name, those in groups."""

    cases: tuple[CaseRow, ...] = ()
    groups: tuple[CaseGroup, ...] = ()


def find_cases(goal: Goal, *, sight: Sight, on: date) -> Found:
    """The past troubles most like that of `goal` now, and groups of those out of sight. Three queries.

    Two are compared at the same age: the trouble of today as old as it is, the other when it was that old.
    """
    if goal.metric_id is None:
        return Found()
    candidates = list(_candidates(goal, sight=sight)[:MOST_READ])
    known = weeks_of([goal, *candidates])
    here = known.get(goal.pk)
    if here is None or not here.weeks:
        return Found()
    now = situation_of(here.weeks, len(here.weeks) - 1, from_on=goal.from_on, until_on=goal.until_on)
    age = max((one.length for one in list_episodes(here.weeks, goal_is_over=False) if not one.is_over), default=1)
    past = [one for other in candidates if other.pk in known for one in _pasts(other, known[other.pk], age=age, on=on)]
    seen = [one for one in past if _is_seen(one.goal)]
    alike = rank(
        (
            (one, compare(now, _situation(one), kinship=Decimal(1) if _is_same(goal, one.goal) else RELATED))
            for one in seen
        ),
        least=LEAST_ALIKE,
        most=MOST_SHOWN,
    )
    return Found(
        _rows(alike, goal), _groups(past, is_cut=len(candidates) == MOST_READ, metric_id=goal.metric_id, on=on)
    )


def _candidates(goal: Goal, *, sight: Sight) -> "QuerySet[Goal]":
    """Other goals of this metric, or one that shares a tag, whose weeks hold a trouble; `seen`: may be named."""
    metric = goal.metric
    assert metric is not None
    akin = Metric.objects.filter(tags__overlap=list(metric.tags)) if metric.tags else Metric.objects.none()
    troubled = Standing.objects.filter(week_lights__regex=IN_TROUBLE).values("goal_id")
    goals = in_force(Goal.objects.all()).filter(
        Q(metric_id=goal.metric_id) | Q(metric_id__in=akin.values("id")),
        owner_person__isnull=goal.owner_person_id is None,
        id__in=troubled,
    )
    if sight.person_ids is None or sight.unit_ids is None:
        in_sight = Q(pk__isnull=False)
    else:
        in_sight = Q(owner_person_id__in=sight.person_ids) | Q(owner_unit_id__in=sight.unit_ids)
    seen = Case(When(in_sight, then=Value(True)), default=Value(False), output_field=BooleanField())
    return (
        goals.exclude(id=goal.pk)
        .annotate(seen=seen)
        .select_related("metric", "owner_person", "owner_unit", "cycle")
        .order_by("-seen", "-until_on", "-cycle_id", "id")
    )


def _is_seen(goal: Goal) -> bool:
    return bool(getattr(goal, "seen", False))


def _is_same(goal: Goal, other: Goal) -> bool:
    return goal.metric_id == other.metric_id


def _pasts(goal: Goal, weeks: GoalWeeks, *, age: int, on: date) -> list[_Past]:
    """Stretches of a goal whose end is known, each at the age that is compared."""
    over = list_episodes(weeks.weeks, goal_is_over=goal.until_on <= on)
    return [_Past(goal, one, weeks, _place(weeks, one, age)) for one in over if one.is_over]


def _place(weeks: GoalWeeks, episode: Episode, age: int) -> int:
    """The week in which the stretch had as many bad weeks as `age`, or its last bad one."""
    last, count = episode.first, 0
    end = len(weeks.weeks) if episode.recovered_at is None else episode.recovered_at
    for place in range(episode.first, end):
        if weeks.weeks[place].light.severity > 0:
            last, count = place, count + 1
            if count == age:
                break
    return last


def _situation(past: _Past) -> Situation:
    goal = past.goal
    return situation_of(past.weeks.weeks, past.place, from_on=goal.from_on, until_on=goal.until_on)


def _rows(alike: Sequence[tuple[_Past, Likeness]], goal: Goal) -> tuple[CaseRow, ...]:
    tried = _tried({past.goal.pk for past, _ in alike})
    return tuple(
        CaseRow(
            goal_id=past.goal.pk,
            title=past.goal.title,
            owner_name=_owner(past.goal),
            metric_name=past.goal.metric.name if past.goal.metric else "",
            likeness=likeness.share,
            parts=likeness.parts,
            trouble_on=past.weeks.weeks[past.place].ends_on,
            low=past.low,
            high=past.high,
            weeks=past.took,
            has_recovered=past.episode.has_recovered,
            tried=tried.get(past.goal.pk, ()),
            helper_id=None if past.goal.owner_person_id == goal.owner_person_id else past.goal.owner_person_id,
        )
        for past, likeness in alike
    )


def _owner(goal: Goal) -> str:
    if goal.owner_person is not None:
        return goal.owner_person.name
    return goal.owner_unit.name if goal.owner_unit is not None else ""


def _tried(goal_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """What was done about these goals then, by goal. One query."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    done = HelpAct.objects.filter(pack__goal_id__in=list(goal_ids), state=ActState.DONE).order_by("finished_at", "id")
    for goal_id, text in done.values_list("pack__goal_id", "text"):
        found[goal_id].append(text)
    return {goal_id: tuple(texts) for goal_id, texts in found.items()}


def _groups(past: Iterable[_Past], *, is_cut: bool, metric_id: int, on: date) -> tuple[CaseGroup, ...]:
    """Those out of sight, of cycles that are over, the last stretch of each goal."""
    last = {
        one.goal.pk: one
        for one in past
        if not _is_seen(one.goal) and one.goal.metric_id == metric_id and one.goal.until_on <= on
    }
    by_cycle: defaultdict[int, list[_Past]] = defaultdict(list)
    for one in last.values():
        by_cycle[one.goal.cycle_id].append(one)
    if is_cut and by_cycle:  # the oldest cycle may have been read in part: a part must not be shown
        del by_cycle[list(by_cycle)[-1]]
    published = decide_publication(
        [Group(_WHOLE, None, (0, 0)), *(Group(key, _WHOLE, _counts(ones)) for key, ones in by_cycle.items())],
        least=LEAST_PEOPLE,
    )
    blocks: defaultdict[int, list[_Past]] = defaultdict(list)
    for key, block in published.block_of.items():
        if block is not None and key != _WHOLE:
            blocks[block] += by_cycle[key]
    return tuple(_group(key, ones) for key, ones in blocks.items())


def _counts(ones: Sequence[_Past]) -> tuple[int, int]:
    recovered = sum(one.episode.has_recovered for one in ones)
    return recovered, len(ones) - recovered


def _group(key: int, ones: Sequence[_Past]) -> CaseGroup:
    back = [one for one in ones if one.episode.has_recovered]
    shown = back if len(back) >= LEAST_PEOPLE else []
    cycle = ones[0].goal.cycle
    return CaseGroup(
        cycle_id=key or None,
        cycle_code=cycle.code if key else "",
        cycle_name=cycle.name if key else "",
        people=len(ones),
        recovered=len(back),
        low=_mean([one.low for one in shown], "0.01"),
        high=_mean([one.high for one in shown], "0.01"),
        weeks=_mean([Decimal(one.took or 0) for one in shown], "1"),
    )


def _mean(values: Sequence[Decimal | None], places: str) -> Decimal | None:
    """The mean, rounded; None where fewer than five are known: a mean of few is nearly a figure of one."""
    known = [one for one in values if one is not None]
    if len(known) < LEAST_PEOPLE:
        return None
    return (sum(known, Decimal(0)) / len(known)).quantize(Decimal(places), ROUND_HALF_UP)
