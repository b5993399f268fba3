"""Every code has a sentence, and every sentence finds its parameters."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import sextant.goals
from sextant.engines.evaluation import case
from sextant.engines.values import Problem
from sextant.goals.actions import light_news
from sextant.goals.messages.goals import name_of_cycle, say

PARAMS = {
    "value": Decimal("1200.000000"),
    "field": "base",
    "base": Decimal(100),
    "start": Decimal(1),
    "stretch": Decimal(90),
    "low": Decimal(1),
    "high": Decimal(2),
    "tolerance": Decimal(-1),
    "total": Decimal(90),
    "most": 92,
    "known": "parallel, ladder",
    "first": 2,
    "accepted": "period",
    "from_on": date(2026, 1, 1),
    "until_on": date(2026, 1, 1),
    "on": date(2026, 1, 1),
    "owner": "沈亦舟",
}


_WORK = ("adjust_answer", "adjust_approve", "adjust_sign", "adjustment", "red_mark", "survey")
_OF_WORK = {f"goals.{one}" for one in _WORK}
"""Kinds of work, and what work is about: no problems."""
_EVENTS = {light_news.EVALUATED}


def _codes_raised() -> list[str]:
    """Every code of a problem that the sources of goals, and the engine's check of a goal, name: what the catalogue
    registers (events, notices, work) has its words there."""
    root = Path(sextant.goals.__file__).parent
    sources = [Path(case.__file__), *root.glob("policy/*.py"), *root.glob("actions/*.py")]
    registered = _codes_in(root.glob("catalog/*.py"))
    return sorted(_codes_in(sources) - registered - _OF_WORK - _EVENTS)


def _codes_in(sources: Iterable[Path]) -> set[str]:
    return set(re.findall(r'"(goals?\.[a-z_]+)"', "\n".join(map(Path.read_text, sources))))


def test_the_walk_over_the_sources_finds_codes() -> None:
    assert {"goal.base_zero", "goals.owner_ambiguous", "goals.column_unknown"} <= set(_codes_raised())


@pytest.mark.parametrize("code", _codes_raised())
def test_every_code_has_a_sentence(code: str) -> None:
    variants = [{"direction": "lower"}, {"direction": "higher"}, {"suggestion": "won_value", "direction": "lower"}]
    for variant in variants:
        assert "%(" not in say(Problem(code, {**PARAMS, **variant}))


def test_numbers_are_said_without_empty_decimals() -> None:
    assert "权重 1200 不在" in say(Problem("goals.weight_range", PARAMS))


@pytest.mark.parametrize(
    ("code", "name", "shown"),
    [
        ("2017Q2", "2017Q2", "2017 第二季度"),
        ("2017H1", "2017H1", "2017 上半年"),
        ("2017-04", "2017-04", "2017 年 4 月"),
        ("2017", "2017", "2017 全年"),
        ("2017Q2", "冲刺季", "冲刺季"),
        ("2017-04-03..2017-06-12", "2017-04-03..2017-06-12", "2017-04-03..2017-06-12"),
    ],
)
def test_a_cycle_reads_by_its_name_or_by_its_code(code: str, name: str, shown: str) -> None:
    assert name_of_cycle(code, name) == shown
