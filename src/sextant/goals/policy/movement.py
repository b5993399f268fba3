"""May these decisions about somebody's goals be carried out? And what sort of thing is each goal to a successor?"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sextant.engines.movement import Cause, Decision, Nature
from sextant.engines.values import Problem
from sextant.goals.contracts import GoalKind, GoalState
from sextant.goals.contracts.movement import GoalChoice, MoveCase, MoveOrder, MovingGoal

NOTE_LENGTH = 500
MOST_LEAVE = timedelta(days=366)
_AHEAD, _BACK = timedelta(days=92), timedelta(days=366)

_TASKS = frozenset({GoalKind.OBJECTIVE, GoalKind.KEY_RESULT, GoalKind.MILESTONE, GoalKind.ACTION})


def nature_of(kind: GoalKind, *, is_measured: bool) -> Nature:
    """What the goal is to somebody who might take it over.

    >>> nature_of(GoalKind.KEY_RESULT, is_measured=False), nature_of(GoalKind.BEHAVIOUR, is_measured=False)
    (<Nature.TASK: 'task'>, <Nature.PERSONAL: 'personal'>)
    """
    if is_measured:
        return Nature.FIGURE
    return Nature.TASK if kind in _TASKS else Nature.PERSONAL


def list_choices(
    cause: Cause, *, state: GoalState, on: date, from_on: date, until_on: date, is_splittable: bool
) -> tuple[Decision, ...]:
    """The decisions that make sense for a goal, in the order a page offers them.

    >>> told = {"on": date(2026, 11, 2), "from_on": date(2026, 10, 1), "until_on": date(2027, 1, 1)}
    >>> offered = list_choices(Cause.LEAVE, state=GoalState.RUNNING, is_splittable=True, **told)
    >>> [one.value for one in offered]
    ['keep', 'pause', 'split', 'hand_over', 'close']
    """
    if on >= until_on:
        return (Decision.KEEP,)
    found = [] if cause is Cause.LEFT else [Decision.KEEP]
    if state is GoalState.RUNNING and cause is Cause.LEAVE and from_on <= on:
        found.append(Decision.PAUSE)
    if is_splittable and state is not GoalState.DRAFT:
        found.append(Decision.SPLIT)
    return (*found, Decision.HAND_OVER, Decision.CLOSE)


def decide_move(
    order: MoveOrder, case: MoveCase, *, today: date, able: Collection[int], done_by: str | None
) -> tuple[Problem, ...]:
    """What forbids the step; () = nothing. `able` are those of the named successors who may take goals over; `done_by`
    says who made a later movement of the person, None: nobody.

    Codes: movement.done (`by`), movement.changed, movement.day, movement.leave_days, movement.leave_ahead,
    movement.note_long, movement.undecided (`title`), movement.not_offered, movement.successor_missing,
    movement.successor_own, movement.successor_unable.
    """
    if done_by is not None and order.last_id != case.last_id:
        return (Problem("movement.done", {"by": done_by}),)
    if order.fingerprint != case.fingerprint:
        return (Problem("movement.changed"),)
    problems = list(_days(order, today=today))
    if len(order.note) > NOTE_LENGTH:
        problems.append(Problem("movement.note_long", {"field": "note", "most": NOTE_LENGTH}))
    for goal in case.goals:
        problems += _choice(goal, order.choices, person_id=order.person_id, able=able)
    return tuple(problems)


def _days(order: MoveOrder, *, today: date) -> list[Problem]:
    found = []
    if not today - _BACK <= order.on <= today + _AHEAD:
        found.append(Problem("movement.day", {"field": "on", "on": order.on}))
    if order.cause is Cause.LEAVE:
        if order.until_on is None or not order.on < order.until_on <= order.on + MOST_LEAVE:
            found.append(Problem("movement.leave_days", {"field": "until_on"}))
        if order.on > today:  # a goal is suspended from the moment somebody says so
            found.append(Problem("movement.leave_ahead", {"field": "on", "on": order.on}))
    return found


def _choice(
    goal: MovingGoal, choices: Mapping[int, GoalChoice], *, person_id: int, able: Collection[int]
) -> list[Problem]:
    chosen, params = choices.get(goal.id), {"title": goal.title, "goal": goal.id}
    if chosen is None:
        return [Problem("movement.undecided", params)]
    if chosen.decision not in goal.choices:
        return [Problem("movement.not_offered", params)]
    if not chosen.decision.needs_successor:
        return []
    if chosen.successor_id is None:
        return [Problem("movement.successor_missing", params)]
    if chosen.successor_id == person_id:
        return [Problem("movement.successor_own", params)]
    return [] if chosen.successor_id in able else [Problem("movement.successor_unable", params)]
