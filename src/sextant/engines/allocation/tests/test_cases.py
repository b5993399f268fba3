"""Splits and refusals written down as a manager would check them."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sextant.engines.allocation import Factor, Order, Recipient, allocate
from sextant.engines.allocation.codes import FIELDS, Code

CASES = Path(__file__).parent / "cases"
OWN = {"key", "floor", "cap", "fixed"}


def cases(file: str) -> list[Any]:
    listed = tomllib.loads((CASES / file).read_text(encoding="utf-8"))["case"]
    return [pytest.param(case, id=case["name"]) for case in listed]


def order_of(case: dict[str, Any]) -> Order:
    recipients = tuple(
        Recipient(
            key=row["key"],
            factors={name: Decimal(value) for name, value in row.items() if name not in OWN},
            **{name: Decimal(row[name]) for name in ("floor", "cap", "fixed") if name in row},
        )
        for row in case["recipients"]
    )
    factors = tuple(Factor(key, Decimal(weight)) for key, weight in case.get("factors", {"x": "1"}).items())
    return Order(Decimal(case["total"]), recipients, factors, Decimal(case.get("unit", "1")))


@pytest.mark.parametrize("case", cases("splits.toml"))
def test_split(case: dict[str, Any]) -> None:
    outcome = allocate(order_of(case))
    assert outcome.value is not None, outcome.problems
    shares = outcome.value.shares
    assert [str(share.amount) for share in shares] == case["shares"]
    assert [share.bound or "" for share in shares] == case.get("bounds", [""] * len(shares))
    assert [problem.code for problem in outcome.problems] == case.get("warnings", [])
    if "flat" in case:
        assert [str(share.flat) for share in shares] == case["flat"]


@pytest.mark.parametrize("case", cases("refusals.toml"))
def test_refusal_names_its_numbers(case: dict[str, Any]) -> None:
    outcome = allocate(order_of(case))
    assert outcome.value is None and outcome.is_error
    found, expected = outcome.problems[-1], dict(case["problem"])
    assert found.code == expected.pop("code")
    told = {name: list(value) if isinstance(value, tuple) else str(value) for name, value in found.params.items()}
    assert {name: told[name] for name in expected} == expected


def test_every_code_is_met_in_a_case() -> None:
    met = {param.values[0]["problem"]["code"] for param in cases("refusals.toml")}
    assert set(Code) - met == {Code.FACTOR_REPEATED}
    assert set(FIELDS) == set(Code)


def test_a_factor_named_twice_is_refused() -> None:
    twice = Order(Decimal(1), (Recipient("a", {"x": Decimal(1)}),), (Factor("x"), Factor("x")))
    assert [problem.code for problem in allocate(twice).problems] == [Code.FACTOR_REPEATED]
