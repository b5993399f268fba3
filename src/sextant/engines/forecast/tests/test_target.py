"""Warnings about a target that somebody proposes."""

from decimal import Decimal

import pytest

from sextant.engines.evaluation import Direction
from sextant.engines.forecast import Method, Reached, Suggestion, judge_target

HIGHER, LOWER, RANGE = Direction.HIGHER, Direction.LOWER, Direction.RANGE
ABOUT_100 = Suggestion(
    Decimal(100), Decimal(90), Decimal(110), Decimal("0.8"), Method.MEAN, 20, 16, Decimal(6), Decimal(7)
)


def codes(target: str, **facts) -> list[str]:
    return [problem.code for problem in judge_target(Decimal(target), **facts)]


def test_a_yield_beyond_what_the_tester_resolves() -> None:
    (found,) = judge_target(Decimal("99.95"), direction=HIGHER, limit=Decimal("99.92"))
    assert (found.code, dict(found.params)) == (
        "target.beyond_limit",
        {"target": Decimal("99.95"), "limit": Decimal("99.92")},
    )


@pytest.mark.parametrize("target", ["99.92", "99.90"])
def test_a_target_at_the_limit_or_before_it_passes(target: str) -> None:
    assert codes(target, direction=HIGHER, limit=Decimal("99.92")) == []


def test_a_target_nobody_ever_reached_names_the_best() -> None:
    reached = Reached(own=Decimal(120), best=Decimal(150), peers=12)
    (found,) = judge_target(Decimal(160), direction=HIGHER, reached=reached)
    assert found.code == "target.never_reached"
    assert dict(found.params) == {"target": Decimal(160), "best": Decimal(150), "own_best": Decimal(120), "peers": 12}
    assert codes("150", direction=HIGHER, reached=reached) == []


def test_where_lower_is_better_the_best_is_the_lowest() -> None:
    reached = Reached(own=Decimal(50), best=Decimal(40), peers=3)
    assert codes("39", direction=LOWER, reached=reached, limit=Decimal(39)) == ["target.never_reached"]
    assert codes("38", direction=LOWER, limit=Decimal(39)) == ["target.beyond_limit"]


@pytest.mark.parametrize(
    ("target", "direction", "expected"),
    [
        ("131", HIGHER, ["target.far_harder"]),
        ("130", HIGHER, []),
        ("70", HIGHER, []),
        ("69", HIGHER, ["target.far_easier"]),
        ("131", LOWER, ["target.far_easier"]),
        ("69", LOWER, ["target.far_harder"]),
        ("500", RANGE, []),
    ],
)
def test_far_outside_is_more_than_one_width_beyond(target: str, direction: Direction, expected: list[str]) -> None:
    assert codes(target, direction=direction, suggestion=ABOUT_100) == expected


def test_nothing_is_said_without_facts() -> None:
    assert codes("1000000", direction=HIGHER) == []
    assert codes("1000000", direction=HIGHER, reached=Reached()) == []
