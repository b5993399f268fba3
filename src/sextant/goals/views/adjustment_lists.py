"""Lists of adjustments: what waits for me, windows of all cycles, exceptions; and the targets a goal had."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from sextant.engines.adjustment import Part
from sextant.engines.agreement import read_terms
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import company_day, now
from sextant.goals.access import visible_adjustments
from sextant.goals.contracts import (
    OPEN_ADJUSTMENTS,
    AdjustmentAct,
    AdjustmentRow,
    AdjustmentState,
    Side,
    TargetRow,
)
from sextant.goals.messages.adjustment import EXCEPTIONS, STATES, TONES, say_change
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.models import AdjustmentRequest
from sextant.goals.queries.adjustment_effect import Stretches, find_stretches
from sextant.goals.queries.adjustments import list_adjustments
from sextant.goals.queries.targets import list_targets, targets_of
from sextant.goals.queries.windows import CycleWindows, list_cycle_windows
from sextant.goals.views.adjustment_asking import hindrances
from sextant.goals.views.adjustment_parts import ask_goal_to_adjust, moves_of

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A request as lists show it. `is_mine`: it waits for the reader."""

    row: AdjustmentRow
    state: str | Promise
    tone: str
    change: str
    exceptions: tuple[str | Promise, ...]
    is_mine: bool


@needs(Permission.GOAL_ADJUST)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Requests the reader has a part in: those that wait for them first, then others under way, then what is over."""
    actor, today = _reader(request)
    part = Q(asked_by_id=actor.person_id) | _sides(actor)
    lines = [_line(one, actor) for one in _listed(visible_adjustments(actor, on=today).filter(part))]
    context = {
        "waiting": [one for one in lines if one.is_mine],
        "under_way": [one for one in lines if not one.is_mine and one.row.state in OPEN_ADJUSTMENTS],
        "over": [one for one in lines if one.row.state not in OPEN_ADJUSTMENTS],
        **_tabs(actor, "mine"),
    }
    return render(request, "goals/adjustment/mine.html", context)


@needs(Permission.GOAL_ADJUST)
@require_safe
def windows(request: HttpRequest) -> HttpResponse:
    """When targets may be negotiated anew: every cycle that runs or comes, by template; and what is under way."""
    actor, today = _reader(request)
    open_now = visible_adjustments(actor, on=today).filter(state__in=OPEN_ADJUSTMENTS)
    lines = [_line(one, actor) for one in _listed(open_now)]
    context = {
        "cycles": [_named(one) for one in list_cycle_windows(on=today)],
        "lines": lines,
        "today": today,
        **_tabs(actor, "windows"),
    }
    return render(request, "goals/adjustment/windows.html", context)


@needs(Permission.ADJUSTMENT_READ_ALL)
@require_safe
def exceptions(request: HttpRequest) -> HttpResponse:
    """Every change asked for outside its window or beyond its elasticity: why, who signed, who let it pass."""
    actor, _today = _reader(request)
    found = _listed(AdjustmentRequest.objects.exclude(exceptions=[]))
    lines = [(_line(one, actor), _decided(one)) for one in found]
    return render(request, "goals/adjustment/exceptions.html", {"lines": lines, **_tabs(actor, "exceptions")})


@needs(Permission.GOAL_READ)
@require_safe
def targets(request: HttpRequest, goal_id: int) -> HttpResponse:
    """What a goal was measured against, from when, and how each stretch went; and the way to ask for another target. A
    part of the goal's page."""
    asked = ask_goal_to_adjust(request, goal_id)
    rows = list_targets([goal_id]).get(goal_id, [])
    stretches = None
    if rows and asked.metric is not None:
        stretches = find_stretches(asked.goal, targets_of(asked.goal, rows), asked.metric, on=asked.today)
    under_way = visible_adjustments(asked.actor, on=asked.today).filter(goal_id=goal_id, state__in=OPEN_ADJUSTMENTS)
    context = {
        "goal": asked.goal,
        "metric": asked.metric,
        "history": _history(rows, stretches),
        "by_days": stretches.by_days if stretches else None,
        "under_way": [_line(one, asked.actor) for one in _listed(under_way)],
        "may_ask": asked.side is not None and not hindrances(asked),
        "window": asked.terms.window_from(asked.today),
        "is_open": asked.terms.window_at(asked.today) is not None,
    }
    return render(request, "goals/adjustment/_targets.html", context)


def _reader(request: HttpRequest) -> tuple[Actor, date]:
    return actor_of(request), company_day(now(), settings.SEXTANT_ZONE)


def _sides(actor: Actor) -> Q:
    """Requests in which the reader speaks for a side: as owner, as head, or for the company."""
    return (
        Q(goal__owner_person_id=actor.person_id)
        | Q(goal__owner_unit__posts__person_id=actor.person_id, goal__owner_unit__posts__is_head=True)
        | Q(plan__counterpart_id=actor.person_id)
        | Q(plan=None, counterpart_id=actor.person_id)
    )


def _listed(requests: QuerySet[AdjustmentRequest]) -> list[AdjustmentRow]:
    return list_adjustments(requests, limit=SHOWN)


def _line(row: AdjustmentRow, actor: Actor) -> Line:
    base = next(iter(moves_of(read_terms(row.before), read_terms(row.offer.terms or {}))), None)
    return Line(
        row=row,
        state=STATES[row.state],
        tone=TONES.get(row.state, ""),
        change=say_change(base.old, base.new) if base else "",
        exceptions=tuple(EXCEPTIONS[one] for one in row.exceptions),
        is_mine=_waits_for(row, actor),
    )


def _waits_for(row: AdjustmentRow, actor: Actor) -> bool:
    """Whether the reader has to answer, sign or approve."""
    sides = {Side.OWNER: row.owner_ids, Side.COUNTERPART: row.counterpart_ids}
    if row.state is AdjustmentState.WAITING:
        return may(actor, Permission.ADJUSTMENT_APPROVE) and actor.person_id not in row.owner_ids | row.counterpart_ids
    if row.state not in OPEN_ADJUSTMENTS or row.offer.side is None:
        return False
    signed = {one.side for one in row.steps if one.act is AdjustmentAct.SIGN and one.number > row.offer.number}
    wanted = row.offer.side if row.offer.side.other in signed else row.offer.side.other
    return actor.person_id in sides[wanted]


def _decided(row: AdjustmentRow) -> tuple[str, str]:
    """Who let the exception pass or did not, and what they wrote."""
    last = next((one for one in row.steps if one.act in (AdjustmentAct.APPROVE, AdjustmentAct.DECLINE)), None)
    return (last.by_name, last.note) if last else ("", "")


@dataclass(frozen=True, slots=True)
class Held:
    """A target while it held: `last_on` None while it is the last one."""

    row: TargetRow
    last_on: date | None
    part: Part | None


def _history(rows: list[TargetRow], stretches: Stretches | None) -> list[Held]:
    """The targets, the latest first."""
    parts = {part.target.from_on: part for part in stretches.parts} if stretches else {}
    ends = [*(one.from_on - timedelta(days=1) for one in rows[1:]), None]
    # the end of the last one is left over where there is none at all
    return [Held(row, end, parts.get(row.from_on)) for row, end in zip(rows, ends, strict=False)][::-1]


def _named(one: CycleWindows) -> tuple[str, CycleWindows]:
    return name_of_cycle(one.cycle.code, one.cycle.name), one


def _tabs(actor: Actor, here: str) -> dict[str, object]:
    return {"here": here, "may_see_exceptions": may(actor, Permission.ADJUSTMENT_READ_ALL)}
