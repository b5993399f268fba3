"""校调: one side asks for another target, the other accepts, counters or refuses; who asked may withdraw.

Accepting is signing: `actions.adjustment_signing`.
"""

from datetime import datetime

from django.db import transaction

from sextant.engines.agreement import plain, read_terms
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.goals.actions.adjustment_news import tell
from sextant.goals.actions.adjustment_offers import (
    check_exception_reason,
    exceptions_in,
    offer_problems,
    put_offer,
    wished,
)
from sextant.goals.actions.adjustment_table import AnswerTable, add_step, close_request, come_to_adjust, come_to_answer
from sextant.goals.actions.create import GoalRefused
from sextant.goals.contracts import AdjustmentAct, AdjustmentException, AdjustmentState
from sextant.goals.models import AdjustmentRequest
from sextant.goals.plan_terms import terms_of
from sextant.goals.policy.adjustment import Wish, decide_ground, decide_reason, expiry_of
from sextant.goals.queries.adjustment_card import Stated, make_snapshot
from sextant.goals.queries.elasticity import adjustment_terms


def ask_adjustment(
    goal_id: int,
    *,
    wish: Wish,
    exception_reason: str = "",
    stated: Stated | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Ask, for the side the actor speaks for, that the goal be measured against something else; the request's id.
    `wish.note` is the reason. What the data say to it is computed now and kept with the request; `stated` is the growth
    of the industry, if somebody knows it.

    Raises AccessDenied, GoalRefused (codes of `decide_ground`, `decide_reason`, `offer_problems`,
    adjust.exception_reason).
    """
    stated = stated or Stated()
    with transaction.atomic():
        table = come_to_adjust(goal_id, actor=actor, now=now)
        before = terms_of(table.goal)
        after = wished(before, wish)
        problems = [*decide_ground(table.ground(), today=table.today), *decide_reason(wish.note)]
        if problems := problems or offer_problems(table, wish, before=before, after=after):
            raise GoalRefused(problems)
        terms = adjustment_terms(table.goal.cycle, table.plan)
        is_in_window = terms.window_at(table.today) is not None
        request = AdjustmentRequest(
            goal=table.goal,
            plan=table.plan,
            counterpart_id=table.counterpart_id,
            side=table.speaks_for.value,
            asked_by_id=table.speaker,
            asked_at=now,
            state=AdjustmentState.ASKED.value,
            reason=wish.note.strip(),
            before=plain(before),
            growth=stated.growth,
            growth_source=stated.source.strip()[:200],
            exceptions=exceptions_in(table, after, wish, is_in_window=is_in_window),
            exception_reason=exception_reason.strip(),
            expires_on=expiry_of(terms.windows, asked_on=table.today, period=table.period),
        )
        check_exception_reason(request)
        request.suggestion = make_snapshot(table.goal, stated=stated, on=table.today)
        request.save()
        put_offer(table, request, AdjustmentAct.ASK, wish=wish, texts=(before, after))
    return request.pk


def counter_adjustment(
    request_id: int, *, wish: Wish, read: int, exception_reason: str = "", actor: Actor, now: datetime
) -> None:
    """Answer the other side's offer with another one; signatures under the former are void then. `read` is the number
    of the last step the actor had read.

    Raises AccessDenied, AdjustmentMoved, GoalRefused (codes of `decide_step`, `offer_problems`, adjust.same_offer,
    adjust.goal_changed, adjust.exception_reason).
    """
    with transaction.atomic():
        answer = come_to_answer(request_id, act=AdjustmentAct.COUNTER, read=read, actor=actor, now=now)
        table, request, offer = answer.base, answer.request, answer.row.offer
        before = read_terms(request.before)
        after = wished(before, wish)
        problems = offer_problems(table, wish, before=before, after=after) + goal_changed(answer)
        if plain(after) == offer.terms and wish.effective_on == offer.effective_on:
            problems.append(Problem("adjust.same_offer"))
        if problems:
            raise GoalRefused(problems)
        is_in_window = AdjustmentException.WINDOW not in answer.row.exceptions
        request.exceptions = exceptions_in(table, after, wish, is_in_window=is_in_window)
        request.exception_reason = request.exception_reason or exception_reason.strip()
        request.state = AdjustmentState.COUNTERED.value
        check_exception_reason(request)
        request.save(update_fields=["exceptions", "exception_reason", "state"])
        put_offer(table, request, AdjustmentAct.COUNTER, wish=wish, texts=(before, after))


def refuse_adjustment(request_id: int, *, reason: str, read: int, actor: Actor, now: datetime) -> None:
    """Say no to the other side's offer, and why: the target stays. Raises AccessDenied, AdjustmentMoved, GoalRefused
    (codes of `decide_step` and `decide_reason`)."""
    with transaction.atomic():
        answer = come_to_answer(request_id, act=AdjustmentAct.REFUSE, read=read, actor=actor, now=now)
        if problems := decide_reason(reason):
            raise GoalRefused(problems)
        _close(answer, AdjustmentAct.REFUSE, AdjustmentState.REFUSED, note=reason)


def withdraw_adjustment(request_id: int, *, read: int, reason: str = "", actor: Actor, now: datetime) -> None:
    """Take back what one's own side asked for; the reason may be left out. Raises as `refuse_adjustment`."""
    with transaction.atomic():
        answer = come_to_answer(request_id, act=AdjustmentAct.WITHDRAW, read=read, actor=actor, now=now)
        if reason.strip() and (problems := decide_reason(reason)):
            raise GoalRefused(problems)
        _close(answer, AdjustmentAct.WITHDRAW, AdjustmentState.WITHDRAWN, note=reason)


def goal_changed(answer: AnswerTable) -> list[Problem]:
    """adjust.goal_changed where the goal no longer says what it said when the request was made."""
    return [] if plain(terms_of(answer.base.goal)) == answer.request.before else [Problem("adjust.goal_changed")]


def _close(answer: AnswerTable, act: AdjustmentAct, state: AdjustmentState, *, note: str) -> None:
    table = answer.base
    close_request(answer.request, state, now=table.now)
    add_step(answer.request, act, actor=table.actor, now=table.now, side=table.side, note=note)
    tell(table, answer.request)
