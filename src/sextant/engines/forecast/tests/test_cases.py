"""Suggestions written down as a manager would judge them."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sextant.engines.forecast import Combine, History, Peers, Question, suggest
from sextant.engines.forecast.codes import FIELDS, SEVERITY, STEPS, Code
from sextant.engines.values import Outcome

CASES = tomllib.loads((Path(__file__).parent / "cases/suggestions.toml").read_text(encoding="utf-8"))["case"]


def answer(case: dict[str, Any]) -> Outcome:
    history = History(tuple(Decimal(value) if value else None for value in case["values"]), case.get("season"))
    peers = case.get("peers")
    question = Question(
        horizon=case.get("horizon", 1),
        combine=Combine(case.get("combine", "sum")),
        decimals=case.get("decimals", 0),
        length=Decimal(case.get("length", "1")),
        peers=Peers(Decimal(peers["mean"]), peers["count"]) if peers else None,
        growth=Decimal(case["growth"]) if "growth" in case else None,
        limit=Decimal(case["limit"]) if "limit" in case else None,
    )
    return suggest(history, question)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_suggestion(case: dict[str, Any]) -> None:
    outcome = answer(case)
    codes = {problem.code for problem in outcome.problems}
    assert set(case.get("codes", ())) <= codes
    assert outcome.is_error == (outcome.value is None) == ("base" not in case and "steps" not in case)
    if outcome.value is None:
        return
    found = outcome.value
    if "base" in case:
        low, high = map(Decimal, case["base"])
        assert low <= found.base <= high, found
    assert found.method == case.get("method", found.method)
    assert (found.low is not None) == case.get("has_interval", found.low is not None)
    assert str(found.low) == case.get("low", str(found.low))
    assert str(found.high) == case.get("high", str(found.high))
    assert set(case.get("steps", ())) <= {step.code for step in outcome.trace}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_problems_and_steps_carry_what_their_codes_promise(case: dict[str, Any]) -> None:
    outcome = answer(case)
    assert all(set(problem.params) == set(FIELDS[Code(problem.code)]) for problem in outcome.problems)
    assert all(set(step.params) == set(STEPS[step.code]) for step in outcome.trace)


def test_every_code_has_its_parameters_and_every_doubt_occurs() -> None:
    assert set(FIELDS) == set(Code) >= set(SEVERITY)
    met = {problem.code for case in CASES for problem in answer(case).problems}
    doubts = {code for code in Code if code.startswith("forecast.")}
    assert doubts - met == {Code.BASELINE_UNBEATEN}
    assert set(STEPS) == {step.code for case in CASES for step in answer(case).trace}


def test_a_method_that_did_worse_than_last_time_says_so() -> None:
    # jumps between plateaus: the average lags, and nothing beats it clearly often enough in so few tests
    values = [Decimal(value) for value in (10, 10, 10, 14, 14, 9, 9, 9)]
    outcome = suggest(History(tuple(values)), Question())
    found = outcome.value
    assert found is not None and found.error is not None and found.error_of_last is not None
    said = any(problem.code == Code.BASELINE_UNBEATEN for problem in outcome.problems)
    assert said == (found.error > found.error_of_last)
