"""干预建议包 closed: what the light says at the end of the watch is read from what the metric engine stored."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from sextant.engines.similar import WeekMark, list_episodes
from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor
from sextant.foundation.audit.actions import record
from sextant.foundation.events.actions import publish
from sextant.foundation.notices.actions import send_notice
from sextant.goals.contracts import GoalState
from sextant.goals.models import Goal
from sextant.lowcode.actions.work import close_work
from sextant.tracking.contracts.help import (
    ACT,
    HELP_CLOSED,
    PACK,
    PACK_WORK,
    REQUEST_WORK,
    ActState,
    PackOutcome,
    PackState,
)
from sextant.tracking.messages.help import OUTCOMES
from sextant.tracking.models import HelpAct, HelpPack
from sextant.tracking.policy.help import decide_outcome
from sextant.tracking.queries.help_weeks import GoalWeeks, weeks_of

_NAMED = ("goal__metric", "goal__owner_person", "goal__owner_unit", "goal__cycle")


def close_due_packs(*, actor: Actor, now: datetime) -> int:
    """Record the end of every pack whose watch is over, that turned green by itself, or whose goal is no more; how
    many. A pack waits until an evaluation has looked at the last day of its watch. Running it again closes nothing."""
    live = HelpPack.objects.exclude(state=PackState.CLOSED).order_by("id")
    closed = 0
    for pack_id in list(live.values_list("id", flat=True)):
        with transaction.atomic():
            pack = (
                HelpPack.objects.select_for_update(of=("self",), skip_locked=True)
                .exclude(state=PackState.CLOSED)
                .select_related(*_NAMED)
                .filter(id=pack_id)
                .first()
            )
            if pack is not None and (end := _end_of(pack)) is not None:
                _close(pack, *end, actor=actor, now=now)
                closed += 1
    return closed


End = tuple[PackOutcome, WeekMark | None, int | None]
"""Outcome, the week it is read from, the run that stored it."""


def _end_of(pack: HelpPack) -> End | None:
    """How the pack ended, or None while it goes on."""
    if pack.goal.state in (GoalState.DROPPED, GoalState.SUSPENDED):
        return PackOutcome.ENDED, None, None
    known = weeks_of([pack.goal]).get(pack.goal_id)
    if known is None or not known.weeks:
        return None
    if pack.state == PackState.WATCHED and pack.watch_until is not None:
        return _watched(pack, known, pack.watch_until)
    if _is_steady(pack, known):
        return PackOutcome.ALONE, known.weeks[-1], known.run_id
    if known.as_of >= _last_day(pack.goal):
        return PackOutcome.ENDED, known.weeks[-1], known.run_id
    return None


def _watched(pack: HelpPack, known: GoalWeeks, until: date) -> End | None:
    if known.as_of < min(until, _last_day(pack.goal)):
        return None
    # a run that came late does not change what the light showed when the watch ended
    weeks = [week for week in known.weeks if week.ends_on <= until] or list(known.weeks[:1])
    return decide_outcome(Light(pack.light_before), weeks[-1].light), weeks[-1], known.run_id


def _is_steady(pack: HelpPack, known: GoalWeeks) -> bool:
    """Whether the stretch the pack was opened for ended in green, whatever came after."""
    since = [week for week in known.weeks if week.ends_on >= pack.trouble_on]
    first = list_episodes(since, goal_is_over=False)[:1]
    return bool(first) and first[0].has_recovered


def _last_day(goal: Goal) -> date:
    return date.fromordinal(goal.until_on.toordinal() - 1)


def _close(
    pack: HelpPack,
    outcome: PackOutcome,
    week: WeekMark | None,
    run_id: int | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    pack.state, pack.outcome, pack.closed_at = PackState.CLOSED, outcome, now
    if week is not None:
        pack.light_after, pack.completion_after, pack.after_on = week.light.value, week.completion, week.ends_on
        pack.run_id = run_id
    pack.save()
    unanswered = HelpAct.objects.filter(pack=pack, state=ActState.ASKED)
    for act_id in unanswered.values_list("id", flat=True):
        close_work(REQUEST_WORK, subject=(ACT, act_id), now=now, outcome="void")
    unanswered.update(state=ActState.DROPPED)
    close_work(PACK_WORK, subject=(PACK, pack.pk), now=now, outcome="void")
    params = {"pack_id": pack.pk, "goal_id": pack.goal_id, "outcome": outcome.value}
    record("close_help_pack", actor=actor, now=now, object_kind=PACK, object_id=pack.pk, changes=params)
    publish("help.closed", subject=(PACK, pack.pk), params=params, now=now, actor=actor)
    if outcome is not PackOutcome.ENDED:
        _tell(pack, now=now)


def _tell(pack: HelpPack, *, now: datetime) -> None:
    owner = pack.goal.owner_person or pack.goal.owner_unit
    told = {
        "owner": owner.name if owner else "",
        "goal": pack.goal.title,
        "outcome": OUTCOMES[PackOutcome(pack.outcome)],
    }
    persons = {one for one in (pack.keeper_id, pack.person_id) if one is not None}
    path = reverse("tracking:help_pack", args=[pack.pk])
    send_notice(HELP_CLOSED, person_ids=persons, params=told, path=path, key=str(pack.pk), now=now)
