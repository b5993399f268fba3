"""Windows, elasticity and cards written down as HR would."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sextant.engines.adjustment import Code, Facts, Target, list_windows, make_card, use_of, window_from
from sextant.engines.evaluation import Direction
from sextant.engines.values import Period

CASES = tomllib.loads((Path(__file__).parent / "cases" / "adjustment.toml").read_text(encoding="utf-8"))


def day(text: str) -> date:
    return date.fromisoformat(text)


def named(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", CASES["window"], ids=named)
def test_window(case: dict[str, Any]) -> None:
    windows = list_windows(Period(*map(day, case["cycle"])), week=case["week"], days=case["days"])
    assert [[str(one.from_on), str(one.until_on)] for one in windows] == case["found"]
    coming = window_from(windows, day(case["today"]))
    assert (str(coming.from_on) if coming else "") == case["next"]


def target_of(told: dict[str, str]) -> Target:
    until_on = day(told.pop("until_on", "2027-01-01"))
    return Target(day("2026-10-01"), until_on, **{name: Decimal(value) for name, value in told.items()})


@pytest.mark.parametrize("case", CASES["use"], ids=named)
def test_use(case: dict[str, Any]) -> None:
    signed, before, after = (target_of(dict(case[name])) for name in ("signed", "before", "after"))
    assert str(use_of(before, after, signed=signed)) == case["use"]


def facts_of(case: dict[str, Any]) -> Facts:
    forecast, low, high = map(Decimal, case["forecast"]) if "forecast" in case else (None, None, None)
    return Facts(
        base=Decimal(case["base"]),
        past=tuple(map(Decimal, case.get("past", []))),
        forecast=forecast,
        low=low,
        high=high,
        peers=tuple((Decimal(one) if one else None, Decimal(other)) for one, other in case.get("peers", [])),
        growth=Decimal(case["growth"]) if "growth" in case else None,
        direction=Direction(case.get("direction", "higher")),
        is_amount=case.get("is_amount", True),
    )


@pytest.mark.parametrize("case", CASES["card"], ids=named)
def test_card(case: dict[str, Any]) -> None:
    outcome = make_card(facts_of(case))
    assert [one.code for one in outcome.problems] == case["codes"]
    if not case["ways"]:
        assert outcome.value is None
        return
    assert outcome.value is not None
    assert {one.way.value: str(one.value) for one in outcome.value.ways} == case["ways"]
    assert str(outcome.value.base) == case["median"]
    found = [outcome.value.low, outcome.value.high]
    assert [str(one) for one in found if one is not None] == case.get("interval", [])
    assert outcome.trace[-1].result == outcome.value.base


def test_every_code_is_met_in_a_case() -> None:
    assert {code for case in CASES["card"] for code in case["codes"]} == set(Code)
