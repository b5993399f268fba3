"""Judging a target somebody proposes: was it ever reached, can it be reached, is it far from what is likely?"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sextant.engines.evaluation import Direction
from sextant.engines.forecast.codes import Code, problem
from sextant.engines.forecast.suggestion import Suggestion
from sextant.engines.values import Problem


@dataclass(frozen=True, slots=True)
class Reached:
    """The best values any stretch of the period's length ever had: one's `own`, the `best` of everyone (oneself
    included) and how many `peers` that looked at. None where nothing of that length was measured."""

    own: Decimal | None = None
    best: Decimal | None = None
    peers: int = 0


def judge_target(
    target: Decimal,
    *,
    direction: Direction,
    suggestion: Suggestion | None = None,
    reached: Reached | None = None,
    limit: Decimal | None = None,
) -> tuple[Problem, ...]:
    """Warnings about `target`, each with its numbers; none is a veto.

    `target.beyond_limit`: better than the stated limit allows. `target.never_reached`: nobody ever did it.
    `target.far_harder`, `target.far_easier`: more than one width of the interval beyond its better or its worse
    end, which is far: a dream or a gift. A metric for which a range is best gets no such warnings. Source: requirement
    G5; case: a yield of 99.95 % demanded where the tester resolves 99.92 %.

    >>> judge_target(Decimal("99.95"), direction=Direction.HIGHER, limit=Decimal("99.92"))[0].code
    'target.beyond_limit'
    """
    if direction is Direction.RANGE:
        return ()
    sign = 1 if direction is Direction.HIGHER else -1
    found: list[Problem] = []
    if limit is not None and sign * target > sign * limit:
        found.append(problem(Code.BEYOND_LIMIT, target=target, limit=limit))
    if reached is not None and reached.best is not None and sign * target > sign * reached.best:
        params = {"best": reached.best, "own_best": reached.own, "peers": reached.peers}
        found.append(problem(Code.NEVER_REACHED, target=target, **params))
    return (*found, *(_distance(target, suggestion, sign) if suggestion else ()))


def _distance(target: Decimal, suggestion: Suggestion, sign: int) -> Iterator[Problem]:
    low, high = suggestion.low, suggestion.high
    if low is None or high is None or low == high:
        return
    params = {"target": target, "low": low, "high": high, "coverage": suggestion.coverage}
    if target > high + (high - low):
        yield problem(Code.FAR_HARDER if sign > 0 else Code.FAR_EASIER, **params)
    if target < low - (high - low):
        yield problem(Code.FAR_EASIER if sign > 0 else Code.FAR_HARDER, **params)
