"""Troubles as managers tell them, and what holds for any of them."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.similar import Likeness, Situation, WeekMark, compare, list_episodes, rank, situation_of
from sextant.engines.values import Light

TOLD = tomllib.loads((Path(__file__).parent / "cases" / "troubles.toml").read_text(encoding="utf-8"))
LIGHTS = {"g": Light.GREEN, "y": Light.YELLOW, "r": Light.RED, "n": Light.NONE}
FIRST = date(2026, 1, 11)


def marks_of(letters: str) -> list[WeekMark]:
    return [
        WeekMark(FIRST + timedelta(days=7 * place), Decimal("0.6"), LIGHTS[one]) for place, one in enumerate(letters)
    ]


def situation(told: list[str]) -> Situation:
    gap, pace, position, season = ((Decimal(one) if one else None) for one in told)
    return Situation(gap, pace, position, None if season is None else int(season))


shares = st.none() | st.decimals(Decimal(-1), Decimal(2), places=3)
situations = st.builds(
    Situation, shares, shares, st.none() | st.decimals(Decimal(0), Decimal(1), places=3), st.none() | st.integers(1, 53)
)


@pytest.mark.parametrize("case", TOLD["episode"], ids=lambda one: one["name"])
def test_stretches_of_weeks(case: dict[str, Any]) -> None:
    found = list_episodes(marks_of(case["weeks"]), goal_is_over=case.get("goal_is_over", False))
    told = [[one.first, one.length, -1 if one.recovered_at is None else one.recovered_at, one.is_over] for one in found]
    assert told == case["expected"]


@pytest.mark.parametrize("case", TOLD["likeness"], ids=lambda one: one["name"])
def test_how_alike_they_are(case: dict[str, Any]) -> None:
    found = compare(situation(case["mine"]), situation(case["theirs"]), kinship=Decimal(case.get("kinship", "1")))
    assert (str(found.share) if found else "none") == case["expected"]


@given(st.text("gyrn", max_size=26), st.booleans())
def test_stretches_do_not_overlap_and_begin_in_trouble(letters: str, is_over: bool) -> None:
    found = list_episodes(marks_of(letters), goal_is_over=is_over)
    ends = [len(letters) if one.recovered_at is None else one.recovered_at for one in found]
    assert all(letters[one.first] in "yr" for one in found)
    assert all(end <= later.first for end, later in zip(ends, found[1:], strict=False))
    for one, end in zip(found, ends, strict=True):
        assert one.length == sum(letter in "yr" for letter in letters[one.first : end]) >= 2
        assert one.has_recovered <= one.is_over
    assert all(one.is_over for one in found[:-1])


@given(st.text("gyr", min_size=2, max_size=24), st.booleans())
def test_what_has_recovered_stays_so_whatever_follows(letters: str, is_over: bool) -> None:
    before = [one for one in list_episodes(marks_of(letters), goal_is_over=False) if one.has_recovered]
    after = list_episodes(marks_of(letters + "yy"), goal_is_over=is_over)
    assert list(after[: len(before)]) == before


@given(situations, situations)
def test_likeness_goes_both_ways_and_stays_between_nothing_and_all(one: Situation, other: Situation) -> None:
    found = compare(one, other)
    assert found == _turned(compare(other, one))
    if found is not None:
        assert 0 <= found.share <= 1


@given(situations, situations, st.decimals(Decimal("0.01"), Decimal("0.2"), places=3))
def test_a_gap_further_away_is_never_more_alike(one: Situation, other: Situation, more: Decimal) -> None:
    if one.gap is None or other.gap is None:
        return
    step = more if other.gap >= one.gap else -more
    near, far = compare(one, other), compare(one, Situation(other.gap + step, other.pace, other.position, other.season))
    assert near is not None and far is not None and far.share <= near.share


@given(st.lists(st.decimals(Decimal(0), Decimal(1), places=2), max_size=12), st.integers(0, 5))
def test_the_most_alike_come_first_and_not_more_than_asked(values: list[Decimal], most: int) -> None:
    found = rank([(place, Likeness(one)) for place, one in enumerate(values)], least=Decimal("0.5"), most=most)
    told = [likeness.share for _, likeness in found]
    assert told == sorted((one for one in values if one >= Decimal("0.5")), reverse=True)[:most]


@given(st.lists(st.none() | st.decimals(Decimal(0), Decimal(2), places=3), min_size=1, max_size=26), st.data())
def test_a_situation_never_looks_ahead(completions: list[Decimal | None], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(completions) - 1))
    marks = [WeekMark(FIRST + timedelta(days=7 * at), one, Light.YELLOW) for at, one in enumerate(completions)]
    days = {"from_on": FIRST - timedelta(days=6), "until_on": FIRST + timedelta(days=200)}
    assert situation_of(marks, place, **days) == situation_of(marks[: place + 1], place, **days)


def _turned(found: Likeness | None) -> Likeness | None:
    if found is None:
        return None
    parts = tuple(type(one)(one.feature, one.theirs, one.mine, one.agreement) for one in found.parts)
    return Likeness(found.share, parts)
