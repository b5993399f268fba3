"""共识调查: who is asked with whom, until when, what an answer may be, and when a mean is low (requirement G10)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sextant.engines.values import Problem, round_half_up

OPEN_FOR = timedelta(hours=72)
LEAST_ANSWERS = 5
LEAST_FOR_SPREAD = 10
"""Below this many the counts of single marks would point at people: a lone 1 among five has a face."""
LOW_MEAN = Decimal("4.2")
MARKS = (1, 2, 3, 4, 5)
COMMENT_LENGTH = 500


def group_unit(unit_id: int, *, is_head: bool, parents: Mapping[int, int | None], within: Collection[int]) -> int:
    """The unit among whose answers somebody's are counted. A head answers with the unit above, as one of the team that
    reports there: the people of a unit speak of their goals without the one who set them. At the top of the survey
    (`within` holds its units) a head stays where they are.

    >>> group_unit(3, is_head=True, parents={3: 1, 1: None}, within={1, 3})
    1
    >>> group_unit(3, is_head=True, parents={3: 1, 1: None}, within={3})
    3
    """
    above = parents.get(unit_id)
    return above if is_head and above is not None and above in within else unit_id


def decide_opening(*, asked: int, is_cycle_over: bool) -> tuple[Problem, ...]:
    """What forbids asking; () = nothing. Codes: survey.cycle_over, survey.nobody, survey.too_few (nothing could ever be
    shown of fewer than five).

    >>> decide_opening(asked=4, is_cycle_over=False)[0].code
    'survey.too_few'
    """
    if is_cycle_over:
        return (Problem("survey.cycle_over"),)
    if asked == 0:
        return (Problem("survey.nobody"),)
    if asked < LEAST_ANSWERS:
        return (Problem("survey.too_few", {"n": asked, "least": LEAST_ANSWERS}),)
    return ()


def decide_answer(
    *, score: int | None, comment: str, is_closed: bool, closes_at: datetime, has_answered: bool, now: datetime
) -> tuple[Problem, ...]:
    """What forbids taking an answer; () = nothing. An answer cannot be changed: nobody could find which one it was.

    Codes: survey.over, survey.answered, survey.score, survey.comment_long.
    """
    if is_closed or now >= closes_at:
        return (Problem("survey.over"),)
    if has_answered:
        return (Problem("survey.answered"),)
    problems = []
    if score not in MARKS:
        problems.append(Problem("survey.score", {"field": "score"}))
    if len(comment.strip()) > COMMENT_LENGTH:
        problems.append(Problem("survey.comment_long", {"field": "comment", "most": COMMENT_LENGTH}))
    return tuple(problems)


def mean_of(counts: Sequence[int]) -> Decimal | None:
    """The mean mark to two places, half-up; None without answers. `counts[0]` counts the ones.

    >>> mean_of((0, 0, 1, 1, 3))
    Decimal('4.40')
    >>> mean_of((0, 0, 0, 0, 0)) is None
    True
    """
    answers = sum(counts)
    if not answers:
        return None
    total = sum(mark * count for mark, count in enumerate(counts, start=1))
    return round_half_up(Decimal(total) / answers, 2)


def is_low(mean: Decimal) -> bool:
    """Whether the unit's head is told. The mean as it is shown decides, so that nobody is told of a 4.20.

    >>> is_low(Decimal("4.19")), is_low(Decimal("4.20"))
    (True, False)
    """
    return mean < LOW_MEAN


def spread_of(counts: Sequence[int], *, depth: int) -> tuple[int, ...] | None:
    """How many gave each mark; None where it would point at people: for fewer than ten, and for every unit below the
    survey's own. Two such counts could be subtracted down to a group of five, of which ten was the promise.

    >>> spread_of((0, 1, 2, 4, 3), depth=0)
    (0, 1, 2, 4, 3)
    >>> spread_of((0, 1, 2, 4, 3), depth=1) is None
    True
    """
    return tuple(counts) if depth == 0 and sum(counts) >= LEAST_FOR_SPREAD else None
