"""May a target be adjusted like this, and who may do what to a request? (requirement G8)"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sextant.engines.adjustment import Budget, Target, window_at
from sextant.engines.agreement import GoalTerms
from sextant.engines.values import Period, Problem
from sextant.goals.contracts import AdjustmentAct, AdjustmentException, AdjustmentState, GoalState, PlanState, Side

REASON_LENGTH = 2000
ANSWER_DAYS = 7
"""Days the other side has at least, also when the window closes earlier."""
ADJUSTABLE = ("base", "stretch", "range_low", "range_high", "tolerance", "until_on", "due_on")
"""Fields of a goal's text that may change while it runs. Weights, metrics and words are agreed for a cycle."""

_SPEAKS = {
    AdjustmentState.ASKED: frozenset({"counter", "sign", "refuse", "withdraw"}),
    AdjustmentState.COUNTERED: frozenset({"counter", "sign", "refuse", "withdraw"}),
    AdjustmentState.WAITING: frozenset({"approve", "decline", "withdraw", "sign"}),
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What a request stands on: the goal, its plan (None: it has none), whether somebody answers for the company, and
    whether another change of it is under way."""

    state: GoalState
    plan_state: PlanState | None
    period: Period
    cycle: Period
    has_counterpart: bool
    is_under_way: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What one side wants: `changes` of fields of the goal's text, None to take one away; from which day (None: from
    the day both have signed), and why."""

    changes: Mapping[str, Decimal | date | None]
    note: str = ""
    effective_on: date | None = None


def decide_ground(ground: Ground, *, today: date) -> tuple[Problem, ...]:
    """What forbids asking for an adjustment at all; () = nothing.

    Codes: adjust.goal_state, adjust.plan_state, adjust.period (not begun, or over), adjust.no_counterpart,
    adjust.under_way.
    """
    problems = []
    if ground.state is not GoalState.RUNNING:
        problems.append(Problem("adjust.goal_state"))
    if ground.plan_state not in (None, PlanState.SIGNED, PlanState.RUNNING):
        problems.append(Problem("adjust.plan_state"))
    if today not in ground.period:
        problems.append(Problem("adjust.period"))
    if not ground.has_counterpart:
        problems.append(Problem("adjust.no_counterpart"))
    if ground.is_under_way:
        problems.append(Problem("adjust.under_way"))
    return tuple(problems)


def decide_wish(wish: Wish, *, before: GoalTerms, after: GoalTerms, ground: Ground, today: date) -> tuple[Problem, ...]:
    """What forbids this offer; () = nothing. Whether the new targets can be judged, `policy.targets` says.

    Codes: adjust.nothing_changed, adjust.field, adjust.effective (before today, or not within the goal), adjust.until
    (not after today, or beyond the cycle).
    """
    return tuple(_wish_problems(wish, before=before, after=after, ground=ground, today=today))


def decide_reason(text: str, *, code: str = "adjust.reason", field: str = "reason") -> tuple[Problem, ...]:
    """adjust.reason (or `code`) where nothing was written, adjust.reason_long beyond what is kept."""
    if not text.strip():
        return (Problem(code, {"field": field}),)
    if len(text.strip()) > REASON_LENGTH:
        return (Problem("adjust.reason_long", {"field": field, "most": REASON_LENGTH}),)
    return ()


def exceptions_of(budget: Budget, *, is_in_window: bool) -> tuple[AdjustmentException, ...]:
    """What a change goes beyond. The window is that of the day it was asked for, so that an answer on the day after
    still answers within it; the elasticity that of the offer that stands.

    >>> exceptions_of(Budget(Decimal("0.1"), Decimal(0), Decimal("0.05")), is_in_window=False)
    (<AdjustmentException.WINDOW: 'window'>,)
    """
    found = () if is_in_window else (AdjustmentException.WINDOW,)
    return (*found, AdjustmentException.BUDGET) if budget.is_exceeded else found


def expiry_of(windows: Collection[Period], *, asked_on: date, period: Period) -> date:
    """The first day on which a request can no longer be answered: the end of its window, but a week at least, and
    never beyond the goal.

    >>> quarter = Period(date(2026, 10, 1), date(2027, 1, 1))
    >>> window = Period(date(2026, 11, 30), date(2026, 12, 14))
    >>> [str(expiry_of([window], asked_on=date(*day), period=quarter)) for day in ((2026, 12, 1), (2026, 12, 13))]
    ['2026-12-14', '2026-12-20']
    """
    open_now = window_at(windows, asked_on)
    least = asked_on + timedelta(days=ANSWER_DAYS)
    return min(max(open_now.until_on, least) if open_now else least, period.until_on)


def decide_step(
    act: AdjustmentAct,
    *,
    state: AdjustmentState,
    side: Side | None,
    asked_by: Side,
    offered_by: Side,
    is_over: bool,
) -> tuple[Problem, ...]:
    """What forbids `act` to who speaks for `side` (None: for neither); () = nothing. `is_over`: its days have passed.

    Codes: adjust.done (with `state`), adjust.expired, adjust.act (not now), adjust.own_offer (nobody answers
    themselves), adjust.not_asked_by_you (only who asked may withdraw), adjust.two_hats (who approves an exception is
    neither side).

    >>> told = {"asked_by": Side.OWNER, "offered_by": Side.OWNER, "is_over": False, "state": AdjustmentState.ASKED}
    >>> [one.code for one in decide_step(AdjustmentAct.REFUSE, side=Side.OWNER, **told)]
    ['adjust.own_offer']
    >>> decide_step(AdjustmentAct.SIGN, side=Side.COUNTERPART, **told)
    ()
    """
    if not state.is_open:
        return (Problem("adjust.done", {"state": state.value}),)
    if is_over:
        return (Problem("adjust.expired"),)
    if act.value not in _SPEAKS[state]:
        return (Problem("adjust.act", {"state": state.value}),)
    if act in (AdjustmentAct.COUNTER, AdjustmentAct.REFUSE) and side is offered_by:
        return (Problem("adjust.own_offer"),)
    if act is AdjustmentAct.WITHDRAW and side is not asked_by:
        return (Problem("adjust.not_asked_by_you"),)
    if act in (AdjustmentAct.APPROVE, AdjustmentAct.DECLINE) and side is not None:
        return (Problem("adjust.two_hats"),)
    return ()


def target_of(terms: GoalTerms, *, period: Period, from_on: date) -> Target:
    """The target a text promises from a day on; `period` is the goal's where the text leaves its end to the cycle."""
    return Target(
        from_on=from_on,
        until_on=terms.until_on or period.until_on,
        base=terms.base,
        stretch=terms.stretch,
        start=terms.start,
        range_low=terms.range_low,
        range_high=terms.range_high,
        tolerance=terms.tolerance,
    )


def _wish_problems(
    wish: Wish, *, before: GoalTerms, after: GoalTerms, ground: Ground, today: date
) -> Iterator[Problem]:
    if unknown := sorted(set(wish.changes) - set(ADJUSTABLE)):
        yield Problem("adjust.field", {"field": unknown[0]})
    if before == after:
        yield Problem("adjust.nothing_changed")
    until_on = after.until_on or ground.cycle.until_on
    if after.until_on is not None and not max(today, ground.period.from_on) < until_on <= ground.cycle.until_on:
        yield Problem("adjust.until", {"field": "until_on", "last_on": ground.cycle.last_on.isoformat()})
    elif wish.effective_on is not None and not today <= wish.effective_on < until_on:
        yield Problem("adjust.effective", {"field": "effective_on"})
