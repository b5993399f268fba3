"""Small groups are counted with the unit above, and nothing shown can be subtracted to fewer than the threshold.

The answers of a tree of units are cut into *blocks*: a unit's own answers make a block together with what came up from
the units right below it; fewer than `least` make none and go up in their turn. What is shown of a unit is the sum of
the blocks at it and below it. Blocks have no answer in common and hold at least `least` each, and every shown figure is
a sum of whole blocks: whatever is added or subtracted, the result is again a sum of whole blocks (property test).

Suppressing the difference instead (a cell for a cell, as statistical offices do) would hide a team of twenty because
one head answered beside it; here the head's answer moves up, and the team keeps its figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """A unit, the unit above it (None: the topmost), and how many of its own people gave which answer.

    `counts` has one place an answer: with marks from 1 to 5 `counts[0]` counts the ones. All groups of a tree have
    equally many places.
    """

    key: int
    parent: int | None
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a unit: `counts` of it and everything below that is shown; `own` how many of these answers are
    in the unit's own block (0: it has none, all come from below)."""

    counts: tuple[int, ...]
    own: int

    @property
    def answers(self) -> int:
        """How many answers these are."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Publication:
    """Which units show what. `block_of` says for each group with whose block its answers are counted; None: in none,
    since even at the top there were too few. Units that are in `shown` under no key show nothing."""

    shown: Mapping[int, Shown]
    block_of: Mapping[int, int | None]
    unshown: int


def decide_publication(groups: Sequence[Group], *, least: int) -> Publication:
    """What may be shown of a tree in which no answer may be seen among fewer than `least`.

    Source: requirement G10 and bar line 5 (threshold, small groups rolled up, differencing defeated); decision 134.
    ValueError for a group whose parent is not among the groups, for a circle, and for `least` below 1.

    Five of the team, three of the other: the three count with the unit above and its head, who is alone there.

    >>> tree = [Group(1, None, (0, 1)), Group(2, 1, (2, 3)), Group(3, 1, (1, 2))]
    >>> found = decide_publication(tree, least=4)
    >>> found.block_of, found.unshown
    ({1: 1, 2: 2, 3: 1}, 0)
    >>> found.shown[2].counts, found.shown[1].counts, found.shown[1].own
    ((2, 3), (3, 6), 4)
    """
    if least < 1:
        raise ValueError(least)
    order = _bottom_up(groups)
    by_key = {group.key: group for group in groups}
    places = len(groups[0].counts) if groups else 0
    pools = {group.key: list(group.counts) for group in groups}
    members = {group.key: [group.key] for group in groups}
    totals = {group.key: [0] * places for group in groups}
    shown: dict[int, Shown] = {}
    block_of: dict[int, int | None] = {group.key: None for group in groups}
    unshown = 0
    for key in order:
        parent = by_key[key].parent
        size = sum(pools[key])
        if size >= least:
            block_of |= dict.fromkeys(members[key], key)
            _add(totals[key], pools[key])
        elif parent is not None:
            _add(pools[parent], pools[key])
            members[parent] += members[key]
        else:
            unshown = size
        if sum(totals[key]):
            shown[key] = Shown(tuple(totals[key]), size if size >= least else 0)
        if parent is not None:
            _add(totals[parent], totals[key])
    return Publication(shown, block_of, unshown)


def _bottom_up(groups: Sequence[Group]) -> list[int]:
    """Keys with everything below a unit before the unit."""
    below: dict[int | None, list[int]] = {}
    for group in groups:
        below.setdefault(group.parent, []).append(group.key)
    order: list[int] = []
    waiting = list(below.get(None, ()))
    while waiting:
        key = waiting.pop()
        order.append(key)
        waiting += below.get(key, ())
    if len(order) != len(groups):
        raise ValueError("a group hangs from no topmost one, or is there twice")
    return order[::-1]


def _add(total: list[int], more: Sequence[int]) -> None:
    for place, count in enumerate(more):
        total[place] += count
