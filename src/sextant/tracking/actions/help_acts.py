"""What is chosen for somebody who stays behind: by whom it is done, by when, and how the one who was asked answered.

Everything about a pack happens under its lock, so that its end and a last choice never cross.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.foundation.notices.actions import send_notice
from sextant.goals.models import Goal
from sextant.lowcode.actions.work import close_work, open_work
from sextant.people.queries import list_persons, list_units
from sextant.tracking.access_help import HelpSight, help_sight
from sextant.tracking.actions.help_packs import end_of, keepers_of, open_pack
from sextant.tracking.contracts.help import (
    ACT,
    ACT_WORK,
    HELP_ANSWERED,
    HELP_ASKED,
    LINE_LENGTH,
    MOST_ACTS,
    NOTE_LENGTH,
    PACK,
    PACK_WORK,
    REQUEST_WORK,
    ActKind,
    ActState,
    Cause,
    HelpRefused,
    PackState,
)
from sextant.tracking.contracts.help_rows import HelpSide
from sextant.tracking.messages.help import ANSWERS
from sextant.tracking.models import HelpAct, HelpPack, Script
from sextant.tracking.policy.help import LONGEST_WATCH, WATCH_WEEKS, check_act, check_words, watch_end
from sextant.tracking.queries.help_weeks import weeks_of


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to be done. `person_id` does it, or is asked; None: whose goal it is, of a unit's goal its head.
    `unit_id` asks the head of a team in place of a person."""

    kind: ActKind
    text: str
    due_on: date | None
    person_id: int | None = None
    unit_id: int | None = None
    script_id: int | None = None
    case_goal_id: int | None = None


def choose_act(goal_id: int, choice: Choice, *, actor: Actor, now: datetime) -> int:
    """Choose something for the goal; its id. Opens the pack of the present stretch where there is none, and begins the
    watch where it has not begun.

    Raises AccessDenied, HelpRefused (help.not_in_trouble, help.closed, help.acts_many, help.text_missing,
    help.text_long, help.due_missing, help.due_past, help.person_missing, help.person_left, help.nobody_heads,
    help.own_help, help.asked_already, help.script_unknown, help.case_unknown).
    """
    require(actor, Permission.TRACKING_ACT)
    today = company_day(now, settings.SEXTANT_ZONE)
    sight = help_sight(actor, on=today)
    with transaction.atomic():
        pack = _pack_to_choose(goal_id, sight=sight, actor=actor, now=now)
        goal = pack.goal
        problems = check_act(text=choice.text, due_on=choice.due_on, today=today, most=LINE_LENGTH)
        if problems or choice.due_on is None:
            raise HelpRefused(*problems)
        if pack.acts.count() >= MOST_ACTS:
            raise HelpRefused(Problem("help.acts_many", {"most": MOST_ACTS}))
        _check_source(choice, sight=sight)
        act = HelpAct.objects.create(
            pack=pack,
            kind=choice.kind,
            state=ActState.ASKED if choice.kind is ActKind.REQUEST else ActState.AGREED,
            text=choice.text.strip(),
            script_id=choice.script_id if choice.kind is ActKind.SCRIPT else None,
            case_goal_id=choice.case_goal_id if choice.kind is ActKind.CASE else None,
            person_id=_who(choice, pack, on=today),
            due_on=choice.due_on,
            chosen_by_id=actor.person_id,
            chosen_at=now,
        )
        _begin_watch(pack, weeks=None, today=today, actor=actor, now=now)
        _ask(act, goal, now=now)
        changes = {"act": act.pk, "kind": choice.kind.value, "person": act.person_id, "script": act.script_id}
        record("choose_help", actor=actor, now=now, object_kind=PACK, object_id=pack.pk, changes=changes)
    return act.pk


def assume_cause(goal_id: int, *, cause: Cause | None, note: str, actor: Actor, now: datetime) -> int:
    """Say why somebody is probably behind; the pack's id. Raises AccessDenied, HelpRefused (help.not_in_trouble,
    help.closed, help.text_long)."""
    require(actor, Permission.TRACKING_ACT)
    if len(note.strip()) > NOTE_LENGTH:
        raise HelpRefused(Problem("help.text_long", {"field": "hypothesis", "most": NOTE_LENGTH}))
    with transaction.atomic():
        sight = help_sight(actor, on=company_day(now, settings.SEXTANT_ZONE))
        pack = _pack_to_choose(goal_id, sight=sight, actor=actor, now=now)
        pack.cause, pack.hypothesis = cause.value if cause else "", note.strip()
        pack.save(update_fields=["cause", "hypothesis"])
        changes = {"cause": pack.cause}
        record("assume_cause", actor=actor, now=now, object_kind=PACK, object_id=pack.pk, changes=changes)
    return pack.pk


def watch_goal(goal_id: int, *, weeks: int, actor: Actor, now: datetime) -> date:
    """Watch the light for so many whole weeks after this one (1…8), also without choosing anything; the last day.
    Raises AccessDenied, HelpRefused (help.not_in_trouble, help.closed), ValueError for other numbers of weeks."""
    require(actor, Permission.TRACKING_ACT)
    if not 1 <= weeks <= LONGEST_WATCH:
        raise ValueError(weeks)
    with transaction.atomic():
        today = company_day(now, settings.SEXTANT_ZONE)
        pack = _pack_to_choose(goal_id, sight=help_sight(actor, on=today), actor=actor, now=now)
        until = _begin_watch(pack, weeks=weeks, today=today, actor=actor, now=now)
        changes = {"until": until.isoformat()}
        record("watch_goal", actor=actor, now=now, object_kind=PACK, object_id=pack.pk, changes=changes)
    return until


def answer_request(act_id: int, *, accepts: bool, reason: str = "", actor: Actor, now: datetime) -> None:
    """Accept to help, or decline with a reason. Whoever asked is told. Raises AccessDenied, HelpRefused (help.answered,
    help.reason_missing, help.text_long)."""
    require(actor, Permission.TRACKING_ACT)
    with transaction.atomic():
        act = _own_act(act_id, actor=actor, now=now)
        if act.state != ActState.ASKED:
            raise HelpRefused(Problem("help.answered"))
        if not accepts and (problems := check_words(reason, field="reason")):
            raise HelpRefused(*problems)
        act.state = ActState.AGREED if accepts else ActState.DECLINED
        act.reason, act.answered_at = "" if accepts else reason.strip(), now
        act.save(update_fields=["state", "reason", "answered_at"])
        outcome = "done" if accepts else "declined"
        close_work(REQUEST_WORK, subject=(ACT, act.pk), now=now, outcome=outcome, by_person_id=actor.person_id)
        if accepts:
            _open_act_work(act, act.pack.goal, now=now)
        _tell_asker(act, now=now)
        changes = {"act": act.pk, "accepts": accepts}
        record("answer_help", actor=actor, now=now, object_kind=PACK, object_id=act.pack_id, changes=changes)


def finish_act(act_id: int, *, actor: Actor, now: datetime) -> None:
    """Say that it is done: whoever was to do it, or who chooses. Raises AccessDenied, HelpRefused (help.answered: it is
    done, declined, dropped, or not accepted yet)."""
    require(actor, Permission.TRACKING_ACT)
    with transaction.atomic():
        act = _act_of_either(act_id, actor=actor, now=now)
        if act.state != ActState.AGREED:
            raise HelpRefused(Problem("help.answered"))
        act.state, act.finished_at = ActState.DONE, now
        act.save(update_fields=["state", "finished_at"])
        close_work(ACT_WORK, subject=(ACT, act.pk), now=now, by_person_id=actor.person_id)
        record("finish_help", actor=actor, now=now, object_kind=PACK, object_id=act.pack_id, changes={"act": act.pk})


def drop_act(act_id: int, *, actor: Actor, now: datetime) -> None:
    """Take something chosen back. Raises AccessDenied (for all but who chooses), HelpRefused (help.answered: it is over
    already; help.closed)."""
    require(actor, Permission.TRACKING_ACT)
    with transaction.atomic():
        act = _act_of_either(act_id, actor=actor, now=now, is_chooser=True)
        if act.pack.state == PackState.CLOSED:
            raise HelpRefused(Problem("help.closed"))
        if act.state not in (ActState.ASKED, ActState.AGREED):
            raise HelpRefused(Problem("help.answered"))
        act.state = ActState.DROPPED
        act.save(update_fields=["state"])
        for kind in (REQUEST_WORK, ACT_WORK):
            close_work(kind, subject=(ACT, act.pk), now=now, outcome="void")
        record("drop_help", actor=actor, now=now, object_kind=PACK, object_id=act.pack_id, changes={"act": act.pk})


def _pack_to_choose(goal_id: int, *, sight: HelpSight, actor: Actor, now: datetime) -> HelpPack:
    """The live pack of the goal under its lock, opened when there is none, for somebody who chooses."""
    newest = HelpPack.objects.filter(goal_id=goal_id).order_by("-trouble_on", "-id").values_list("id", "keeper_id")
    pack_id, keeper_id = newest.first() or (None, None)
    if pack_id is not None and keeper_id == actor.person_id and actor.person_id is not None:
        goal = Goal.objects.select_related("metric", "owner_person", "owner_unit", "cycle").get(id=goal_id)
    else:
        goal, side = sight.access_goal(goal_id)
        if side is not HelpSide.CHOOSES:
            raise AccessDenied("help")
    live = HelpPack.objects.select_for_update().filter(goal_id=goal_id).exclude(state=PackState.CLOSED)
    pack = live.order_by("-trouble_on", "-id").first()
    if pack is None:
        known = weeks_of([goal]).get(goal_id)
        if known is None:
            raise HelpRefused(Problem("help.not_in_trouble"))
        keeper_id = keepers_of([goal], on=sight.on).get(goal_id, actor.person_id)
        pack = open_pack(goal, known, keeper_id=keeper_id, actor=actor, now=now)
        if pack.state == PackState.CLOSED:
            raise HelpRefused(Problem("help.closed"))
    pack.goal = goal
    return pack


def _check_source(choice: Choice, *, sight: HelpSight) -> None:
    if choice.kind is ActKind.SCRIPT and not Script.objects.filter(id=choice.script_id or 0, retired_at=None).exists():
        raise HelpRefused(Problem("help.script_unknown"))
    if choice.kind is ActKind.CASE and not sight.sight.goals.filter(id=choice.case_goal_id or 0).exists():
        raise HelpRefused(Problem("help.case_unknown"))


def _who(choice: Choice, pack: HelpPack, *, on: date) -> int:
    """Who does it, or is asked: somebody who works here on the day."""
    person_id = choice.person_id
    if choice.unit_id is not None:
        units = list_units(on=on, ids=[choice.unit_id])
        person_id = units[0].head_id if units else None
        if person_id is None:
            raise HelpRefused(Problem("help.nobody_heads"))
    elif person_id is None and choice.kind is not ActKind.REQUEST:
        person_id = pack.person_id or pack.keeper_id
    if person_id is None:
        raise HelpRefused(Problem("help.person_missing"))
    rows = list_persons(on=on, ids=[person_id])
    if not rows or (rows[0].left_on is not None and rows[0].left_on <= on):
        raise HelpRefused(Problem("help.person_left"))
    if choice.kind is ActKind.REQUEST:
        if person_id == pack.person_id:
            raise HelpRefused(Problem("help.own_help"))
        waiting = pack.acts.filter(kind=ActKind.REQUEST, person_id=person_id)
        if waiting.filter(state__in=(ActState.ASKED, ActState.AGREED)).exists():
            raise HelpRefused(Problem("help.asked_already"))
    return person_id


def _begin_watch(pack: HelpPack, *, weeks: int | None, today: date, actor: Actor, now: datetime) -> date:
    """Begin the watch, or with `weeks` set its end anew; its last day."""
    if pack.watch_until is None or weeks is not None:
        pack.watch_until = watch_end(today, weeks=weeks or WATCH_WEEKS, goal_until_on=pack.goal.until_on)
        pack.state = PackState.WATCHED
        pack.save(update_fields=["watch_until", "state"])
        close_work(PACK_WORK, subject=(PACK, pack.pk), now=now, by_person_id=actor.person_id)
    return pack.watch_until


def _ask(act: HelpAct, goal: Goal, *, now: datetime) -> None:
    """Put it before whoever has to do something. A helper reads what is asked of them, never whose figures are how."""
    if act.kind != ActKind.REQUEST:
        _open_act_work(act, goal, now=now)
        return
    by = act.chosen_by.name if act.chosen_by is not None else ""
    told = {"by": by, "text": act.text, "metric": goal.metric.name if goal.metric else ""}
    path = reverse("tracking:help_act", args=[act.pk])
    due_at = end_of(act.due_on)
    ids = [act.person_id]
    open_work(REQUEST_WORK, person_ids=ids, subject=(ACT, act.pk), params=told, path=path, due_at=due_at, now=now)
    send_notice(HELP_ASKED, person_ids=ids, params=told, path=path, key=str(act.pk), now=now)


def _open_act_work(act: HelpAct, goal: Goal, *, now: datetime) -> None:
    open_work(
        ACT_WORK,
        person_ids=[act.person_id],
        subject=(ACT, act.pk),
        params={"text": act.text, "metric": goal.metric.name if goal.metric else ""},
        path=reverse("tracking:help_act", args=[act.pk]),
        due_at=end_of(act.due_on),
        now=now,
    )


def _tell_asker(act: HelpAct, *, now: datetime) -> None:
    if act.chosen_by_id is None:
        return
    told = {"who": act.person.name, "answer": ANSWERS[ActState(act.state)], "text": act.text}
    path = reverse("tracking:help_pack", args=[act.pack_id])
    send_notice(HELP_ANSWERED, person_ids=[act.chosen_by_id], params=told, path=path, key=str(act.pk), now=now)


def _own_act(act_id: int, *, actor: Actor, now: datetime) -> HelpAct:
    """The act of this actor, its pack locked before it."""
    sight = help_sight(actor, on=company_day(now, settings.SEXTANT_ZONE))
    found = sight.access_act(act_id)
    HelpPack.objects.select_for_update().get(id=found.pack_id)
    return sight.access_act(act_id)


def _act_of_either(act_id: int, *, actor: Actor, now: datetime, is_chooser: bool = False) -> HelpAct:
    """The act for whoever was to do it, or chooses in its pack; with `is_chooser` for these alone."""
    pack_id = HelpAct.objects.filter(id=act_id).values_list("pack_id", flat=True).first()
    if pack_id is None:
        raise AccessDenied("help")
    sight = help_sight(actor, on=company_day(now, settings.SEXTANT_ZONE))
    HelpPack.objects.select_for_update().get(id=pack_id)
    act = HelpAct.objects.select_related("pack__goal__metric", "person", "chosen_by").get(id=act_id)
    if not is_chooser and act.person_id == actor.person_id:
        return act
    _, side = sight.access_pack(pack_id)
    if side is not HelpSide.CHOOSES:
        raise AccessDenied("help")
    return act
