"""干预建议包 opened: when a light stays yellow, once for each stretch of weeks that were not green."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from sextant.engines.values import Light, Problem
from sextant.foundation.access.contracts import Actor
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.foundation.events.actions import publish
from sextant.foundation.notices.actions import send_notice
from sextant.goals.models import Goal
from sextant.goals.queries.scope import running_on
from sextant.lowcode.actions.work import open_work
from sextant.lowcode.registry_people import list_assignee_sources
from sextant.metrics.models import Standing
from sextant.people.queries import list_units
from sextant.tracking.contracts.help import HELP_OPENED, PACK, PACK_WORK, HelpRefused, PackState
from sextant.tracking.models import HelpPack
from sextant.tracking.policy.help import ANSWER_DAYS, is_due
from sextant.tracking.policy.help_weeks import trouble_of
from sextant.tracking.queries.help_weeks import GoalWeeks, weeks_of

AT_ONCE = 500
"""Goals whose weeks are held in memory at once."""
_ONE_AFTER_THE_OTHER = ("people.line_manager", "people.unit_head", "people.hrbp")
_TROUBLED_NOW = "[yr]n*[yr]n*$"


def open_due_packs(*, actor: Actor, now: datetime) -> int:
    """Offer help for every goal that has been yellow for two weeks, once for each stretch; how many packs that opened.

    Reads what the last evaluation stored. Running it again opens nothing; whoever is interrupted runs it again.
    """
    today = company_day(now, settings.SEXTANT_ZONE)
    yellow = Standing.objects.filter(light=Light.YELLOW.value, week_lights__regex=_TROUBLED_NOW)
    goals = running_on(Goal.objects.all(), today).filter(id__in=yellow.values("goal_id"))
    opened = 0
    for some in _in_parts(goals.select_related("metric", "owner_person", "owner_unit", "cycle").order_by("id")):
        known = weeks_of(some)
        there = _covered(some)
        due = [goal for goal in some if _is_due(known.get(goal.pk), there.get(goal.pk, set()))]
        keepers = keepers_of(due, on=today)
        for goal in due:
            with transaction.atomic():
                pack = open_pack(goal, known[goal.pk], keeper_id=keepers.get(goal.pk), actor=actor, now=now)
                _ask_keeper(pack, goal, now=now)
            opened += 1
    return opened


def offer_for_goal(goal_id: int, *, actor: Actor, now: datetime) -> int | None:
    """Offer help for one goal that is not green, however long: what a rule does. The pack's id; None where there is
    nothing to offer it for (green, unknown, not running) or its stretch had its pack."""
    today = company_day(now, settings.SEXTANT_ZONE)
    goals = running_on(Goal.objects.filter(id=goal_id), today)
    some = list(goals.select_related("metric", "owner_person", "owner_unit", "cycle"))
    known = weeks_of(some).get(goal_id)
    trouble = trouble_of(known.weeks) if known else None
    covered = _covered(some).get(goal_id, set())
    if known is None or trouble is None or None in covered or trouble[0] in covered:
        return None
    with transaction.atomic():
        pack = open_pack(some[0], known, keeper_id=keepers_of(some, on=today).get(goal_id), actor=actor, now=now)
        _ask_keeper(pack, some[0], now=now)
    return pack.pk


def _covered(goals: Sequence[Goal]) -> dict[int, set[date | None]]:
    """By goal the stretches that had their pack; None among them: a pack is still live, and serves what comes."""
    found: dict[int, set[date | None]] = {}
    packs = HelpPack.objects.filter(goal__in=goals).values_list("goal_id", "trouble_on", "state")
    for goal_id, trouble_on, state in packs:
        found.setdefault(goal_id, set()).add(trouble_on if state == PackState.CLOSED else None)
    return found


def _is_due(weeks: GoalWeeks | None, covered: set[date | None]) -> bool:
    if weeks is None or None in covered:
        return False
    trouble = trouble_of(weeks.weeks)
    is_new = trouble is not None and trouble[0] not in covered
    return is_new and is_due(light=weeks.light, trouble=trouble, as_of=weeks.as_of)


def _in_parts(goals: Iterable[Goal]) -> Iterator[list[Goal]]:
    part: list[Goal] = []
    for goal in goals:
        part.append(goal)
        if len(part) == AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def keepers_of(goals: Sequence[Goal], *, on: date) -> dict[int, int]:
    """Who chooses what is done, by goal: the line manager, else the head of the unit, else the HRBP; of a unit's goal
    its head. Absent where there is nobody: HR sees it in the list. At most four queries."""
    persons = {goal.owner_person_id for goal in goals if goal.owner_person_id is not None}
    found: dict[int, int] = {}
    for source in _ONE_AFTER_THE_OTHER:
        if missing := persons - set(found):
            answers = list_assignee_sources()[source].resolve(missing, {}, on=on)
            found |= {person_id: ids[0] for person_id, ids in answers.items() if ids}
    units = {goal.owner_unit_id for goal in goals if goal.owner_unit_id is not None}
    heads = {unit.id: unit.head_id for unit in list_units(on=on, ids=units)} if units else {}
    keepers: dict[int, int] = {}
    for goal in goals:
        keeper = heads.get(goal.owner_unit_id) if goal.owner_unit_id else found.get(goal.owner_person_id or 0)
        if keeper is not None:
            keepers[goal.pk] = keeper
    return keepers


def open_pack(goal: Goal, weeks: GoalWeeks, *, keeper_id: int | None, actor: Actor, now: datetime) -> HelpPack:
    """The pack of the goal's present stretch, opened when it is not there. The caller holds a transaction and has
    decided that help is due, or wanted.

    Raises HelpRefused (help.not_in_trouble) for a goal whose last weeks are green, or unknown.
    """
    trouble = trouble_of(weeks.weeks)
    if trouble is None:
        raise HelpRefused(Problem("help.not_in_trouble"))
    told = {
        "person_id": goal.owner_person_id,
        "unit_id": goal.owner_unit_id,
        "keeper_id": keeper_id,
        "weeks": trouble[1],
        "state": PackState.OPEN,
        "opened_at": now,
        "light_before": weeks.light.value,
        "completion_before": weeks.completion,
        "before_on": weeks.as_of,
    }
    pack, is_new = HelpPack.objects.get_or_create(goal=goal, trouble_on=trouble[0], defaults=told)
    if is_new:
        changes = {"goal": goal.pk, "trouble_on": trouble[0].isoformat(), "weeks": trouble[1]}
        record("open_help_pack", actor=actor, now=now, object_kind=PACK, object_id=pack.pk, changes=changes)
        params = {"pack_id": pack.pk, "goal_id": goal.pk}
        publish("help.opened", subject=(PACK, pack.pk), params=params, now=now, actor=actor)
    return pack


def _ask_keeper(pack: HelpPack, goal: Goal, *, now: datetime) -> None:
    if pack.keeper_id is None:
        return
    owner = goal.owner_person or goal.owner_unit
    told = {"owner": owner.name if owner else "", "goal": goal.title, "weeks": pack.weeks}
    path = reverse("tracking:help_pack", args=[pack.pk])
    open_work(
        PACK_WORK,
        person_ids=[pack.keeper_id],
        subject=(PACK, pack.pk),
        params=told,
        path=path,
        due_at=end_of(company_day(now, settings.SEXTANT_ZONE) + timedelta(days=ANSWER_DAYS)),
        now=now,
        about_id=pack.person_id,
    )
    send_notice(HELP_OPENED, person_ids=[pack.keeper_id], params=told, path=path, key=str(pack.pk), now=now)


def end_of(day: date) -> datetime:
    """The end of a company's day, as inboxes count it."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=settings.SEXTANT_ZONE)
