"""Graphs written down as a planner would draw them."""

import tomllib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sextant.engines.alignment import FIELDS, Code, Edge, Graph, Node, analyse
from sextant.engines.values import Period

CASES = tomllib.loads((Path(__file__).parent / "cases" / "problems.toml").read_text(encoding="utf-8"))["case"]
METRICS: dict[str, int] = {}


def node_of(key: str, told: Sequence[str]) -> Node:
    path, metric, base, *days = told
    start, end = days or ("01-01", "12-31")
    return Node(
        key=int(key),
        owners=tuple(path.split("/")),
        period=Period(date.fromisoformat(f"2026-{start}"), date.fromisoformat(f"2026-{end}")),
        metric=METRICS.setdefault(metric, len(METRICS)),
        is_additive=not metric.startswith("%"),
        base=Decimal(base),
        is_company=path == "co",
        is_beside=metric == "beside",
    )


def graph_of(case: dict[str, Any]) -> Graph:
    edges = [
        Edge(child, parent, Decimal(contribution[0]) if contribution else None)
        for child, parent, *contribution in case["edges"]
    ]
    return Graph.of([node_of(key, told) for key, told in case["goals"].items()], edges)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_graph(case: dict[str, Any]) -> None:
    outcome = analyse(graph_of(case))
    expected = sorted(case["found"], key=lambda one: (one["code"], one["goal"]))
    found = sorted(outcome.problems, key=lambda one: (one.code, one.params["goal"]))
    assert [(one.code, one.params["goal"]) for one in found] == [
        (f"alignment.{one['code']}", one["goal"]) for one in expected
    ]
    for problem, wanted in zip(found, expected, strict=True):
        for name in wanted.keys() - {"code"}:
            value = problem.params[name]
            told = str(value) if isinstance(value, Decimal) else list(value) if isinstance(value, tuple) else value
            assert told == wanted[name], name
    if "rate" in case:
        assert outcome.value is not None
        assert [outcome.value.complete, outcome.value.goals] == case["rate"]


def test_every_code_is_met_in_a_case() -> None:
    assert {f"alignment.{one['code']}" for case in CASES for one in case["found"]} == set(Code)
    assert set(FIELDS) == set(Code)


def test_a_chain_is_explained_only_where_every_step_says_how() -> None:
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    nodes = [Node(1, ("co",), year, is_company=True), *(Node(key, ("co", f"p{key}"), year) for key in (2, 3, 4))]
    edges = [Edge(2, 1, is_explained=True), Edge(3, 2, is_explained=True), Edge(4, 2)]
    rate = analyse(Graph.of(nodes, edges)).value
    assert rate is not None
    assert (rate.complete, rate.explained, rate.complete_keys) == (3, 2, frozenset({2, 3, 4}))


def test_without_goals_there_is_no_rate() -> None:
    rate = analyse(Graph.of([], [])).value
    assert rate is not None and rate.ratio is None
