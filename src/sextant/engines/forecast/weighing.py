"""From the history's own number to the base: peers, then the industry's growth."""

from sextant.engines.forecast.codes import step
from sextant.engines.forecast.estimate import Estimate
from sextant.engines.forecast.period import Amounts, rounded
from sextant.engines.forecast.question import Combine, Peers, Question
from sextant.engines.forecast.series import known_of
from sextant.engines.forecast.suggestion import Method
from sextant.engines.values import Step

PEER_STEPS = 2
"""Peers count as much as two steps of one's own: a third of six steps, a twenty-seventh of a year (decision 80)."""


def weigh(found: Estimate, question: Question, amounts: Amounts) -> tuple[float, list[Step]]:
    """The base of the period, unrounded, with a step for each thing that moved it."""
    base, steps = amounts.whole(found.per_step), []
    if question.length != 1 and question.combine is Combine.SUM:
        steps.append(step("forecast.length", amounts.shown(base), factor=rounded(float(question.length), 6)))
    if question.peers is not None and question.peers.count:
        share = PEER_STEPS / (known_of(found.series.values).size + PEER_STEPS)
        base += share * (float(question.peers.mean) - base)
        steps.append(peers_step(question.peers, share, amounts.shown(base)))
    if question.growth is not None:
        grown, told = grow(base, question, amounts, applied=found.method not in {Method.TREND, Method.SEASON})
        base = grown
        steps.append(told)
    return base, steps


def grow(base: float, question: Question, amounts: Amounts, *, applied: bool) -> tuple[float, Step]:
    """The base with the industry's growth, away from zero; unless a trend of its own already holds growth."""
    assert question.growth is not None
    grown = base + abs(base) * float(question.growth) if applied else base
    return grown, step("forecast.growth", amounts.shown(grown), growth=question.growth, applied=applied)


def peers_step(peers: Peers, share: float, result: object) -> Step:
    """What peers reach, and how much that weighed."""
    return step("forecast.peers", result, mean=peers.mean, count=peers.count, share=rounded(share, 6))
