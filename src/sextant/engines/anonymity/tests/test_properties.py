"""Whoever adds and subtracts everything shown never arrives at fewer people than the threshold."""

from fractions import Fraction
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.anonymity import Group, decide_publication

LEAST = 5


@st.composite
def trees(draw: st.DrawFn) -> list[Group]:
    """Up to nine units, each hanging from an earlier one, with up to nine answers of their own."""
    size = draw(st.integers(1, 9))
    found = []
    for key in range(size):
        parent = None if key == 0 else draw(st.integers(0, key - 1))
        counts = tuple(draw(st.lists(st.integers(0, 3), min_size=3, max_size=3)))
        found.append(Group(key, parent, counts))
    return found


def _shown_sets(groups: list[Group]) -> dict[int, frozenset[int]]:
    """For each unit that shows something, the groups whose answers are in its figure, found from the blocks alone."""
    found = decide_publication(groups, least=LEAST)
    parents = {group.key: group.parent for group in groups}

    def above(key: int | None) -> list[int]:
        return [] if key is None else [key, *above(parents[key])]

    return {
        unit: frozenset(key for key, block in found.block_of.items() if block is not None and unit in above(block))
        for unit in found.shown
    }


@given(trees())
def test_no_difference_or_union_of_what_is_shown_holds_fewer_than_the_threshold(groups: list[Group]) -> None:
    answers = {group.key: sum(group.counts) for group in groups}
    sets = set(_shown_sets(groups).values())
    # closing the sets under union, intersection and difference reaches every set somebody could compute
    reached = set(sets)
    while True:
        more = {made for one, other in combinations(reached, 2) for made in (one | other, one & other, one - other)}
        more |= {other - one for one, other in combinations(reached, 2)}
        if more <= reached:
            break
        reached |= more
    for one in reached:
        size = sum(answers[key] for key in one)
        assert size == 0 or size >= LEAST


@given(trees())
def test_no_weighted_sum_of_what_is_shown_gives_the_answers_of_a_few(groups: list[Group]) -> None:
    """The same by linear algebra: a set of fewer than five never lies in the span of what is shown."""
    answers = {group.key: sum(group.counts) for group in groups}
    rows = [[Fraction(key in one) for key in answers] for one in set(_shown_sets(groups).values())]
    rank = _rank(rows)
    small = [key for key, size in answers.items() if 0 < size < LEAST]
    for count in range(1, len(small) + 1):
        for chosen in combinations(small, count):
            if sum(answers[key] for key in chosen) < LEAST:
                wanted = [Fraction(key in chosen) for key in answers]
                assert _rank([*rows, wanted]) > rank


@given(trees())
def test_every_answer_is_in_one_block_or_counted_as_unshown(groups: list[Group]) -> None:
    found = decide_publication(groups, least=LEAST)
    answers = {group.key: sum(group.counts) for group in groups}
    lost = sum(answers[key] for key, block in found.block_of.items() if block is None)
    assert lost == found.unshown < LEAST
    top = found.shown.get(0)
    assert (top.answers if top else 0) + found.unshown == sum(answers.values())


@given(trees())
def test_shown_counts_are_those_of_the_groups_in_them(groups: list[Group]) -> None:
    found = decide_publication(groups, least=LEAST)
    by_key = {group.key: group.counts for group in groups}
    for unit, keys in _shown_sets(groups).items():
        summed = tuple(sum(column) for column in zip(*(by_key[key] for key in keys), strict=True))
        assert found.shown[unit].counts == summed
        assert found.shown[unit].own == 0 or found.shown[unit].own >= LEAST


@given(trees())
def test_a_unit_with_enough_answers_of_its_own_is_always_shown(groups: list[Group]) -> None:
    found = decide_publication(groups, least=LEAST)
    assert {group.key for group in groups if sum(group.counts) >= LEAST} <= set(found.shown)


def _rank(rows: list[list[Fraction]]) -> int:
    rows, rank = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in range(rank, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for row in range(rank + 1, len(rows)):
            share = rows[row][column] / rows[rank][column]
            rows[row] = [one - share * other for one, other in zip(rows[row], rows[rank], strict=True)]
        rank += 1
    return rank
