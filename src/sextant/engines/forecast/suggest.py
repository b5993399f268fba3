"""Arguing a base target from a history: prepare, try the methods on the past, weigh in peers and growth, round."""

import numpy as np

from sextant.engines.forecast.backtest import margin
from sextant.engines.forecast.codes import Code, problem, step
from sextant.engines.forecast.estimate import Estimate, estimate, steps_needed
from sextant.engines.forecast.period import Amounts
from sextant.engines.forecast.question import History, Peers, Question
from sextant.engines.forecast.series import as_floats, known_of
from sextant.engines.forecast.suggestion import Method, Suggestion
from sextant.engines.forecast.telling import find_doubts, tell_answer, tell_history
from sextant.engines.forecast.weighing import grow, peers_step, weigh
from sextant.engines.values import Outcome, Problem


def suggest(history: History, question: Question) -> Outcome[Suggestion]:
    """A base target for the `question.horizon` steps after `history`, with an interval and the reasons.

    Of six ways to continue the history the simplest is taken that no other clearly beat in back-tests on the history
    itself; the interval is as wide as the errors of those back-tests, not as a model believes. Peers weigh as two
    steps. The industry's growth is added unless the method already follows a trend or a season of its own. Nothing
    below zero is suggested where nothing below zero was ever measured, nothing beyond the stated limit. Same input,
    same answer.

    Codes: `codes.Code`; without a measured step and without peers there is no value (`forecast.no_history`).
    Source: requirement G5; methods and figures in docs/forecast.md.

    >>> from decimal import Decimal
    >>> sales = History(tuple(Decimal(value) for value in (100, 104, 96, 101, 99, 103, 97, 100)))
    >>> found = suggest(sales, Question(growth=Decimal("0.05"))).value
    >>> found.base, found.low, found.high, found.method
    (Decimal('105'), Decimal('102'), Decimal('109'), <Method.MEAN: 'mean'>)
    """
    values = as_floats(history.values)
    if known_of(values).size == 0:
        return _from_peers(question.peers, question)
    return _from_history(estimate(values, history.season, question), question)


def _from_history(found: Estimate, question: Question) -> Outcome[Suggestion]:
    amounts = Amounts(question, is_never_negative=bool((known_of(found.values) >= 0).all()))
    base, weighed = weigh(found, question, amounts)
    half = margin(np.array(list(found.chosen.errors.values())), float(question.coverage))
    half = None if half is None else amounts.whole(half)
    suggestion = Suggestion(
        base=amounts.inside(base),
        low=None if half is None else amounts.inside(base - half),
        high=None if half is None else amounts.inside(base + half),
        coverage=question.coverage,
        method=found.method,
        known=found.known,
        tests=len(found.chosen.errors),
        error=amounts.shown_whole(found.chosen.mean_error),
        error_of_last=amounts.shown_whole(found.error_of_last),
    )
    problems = (*find_doubts(found, question, suggestion), *_limited(base, amounts))
    trace = (*tell_history(found, amounts), *weighed, *tell_answer(suggestion, half, amounts))
    return Outcome(suggestion, problems, trace)


def _from_peers(peers: Peers | None, question: Question) -> Outcome[Suggestion]:
    """For somebody nobody measured yet: what peers reach, without an interval, and said so."""
    if peers is None or not peers.count:
        return Outcome(None, (problem(Code.NO_HISTORY),))
    amounts = Amounts(question, is_never_negative=peers.mean >= 0)
    base, steps = float(peers.mean), [peers_step(peers, 1.0, amounts.shown(float(peers.mean)))]
    if question.growth is not None:
        base, grown = grow(base, question, amounts, applied=True)
        steps.append(grown)
    found = amounts.inside(base)
    suggestion = Suggestion(found, None, None, question.coverage, Method.PEERS, 0, 0, None, None)
    problems = (
        problem(Code.PEERS_ONLY, peers=peers.count),
        problem(Code.NO_INTERVAL, known=0, needed=steps_needed(question), coverage=question.coverage),
        *_limited(base, amounts),
    )
    return Outcome(suggestion, problems, (*steps, step("forecast.base", found)))


def _limited(base: float, amounts: Amounts) -> tuple[Problem, ...]:
    if not amounts.is_limited(base):
        return ()
    return (problem(Code.LIMITED, suggested=amounts.shown(base), limit=amounts.question.limit),)
