"""Formulas over metrics: what names mean, what a ratio is, what happens to one person's division by zero; the graph."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.derivation import CODES, KnownMetric, compute, explain, find_cycle, order_of, read_derivation

LIBRARY = (
    KnownMetric("sales.won", "赢单"),
    KnownMetric("sales.deals", "商机数"),
    KnownMetric("crm.visits", "拜访"),
    KnownMetric("erp.visits", "拜访"),
)


def read(text: str, **options):
    return read_derivation(text, metrics=LIBRARY, **options)


def test_codes_names_and_aliases_mean_the_same_metric() -> None:
    derivation = read("[sales.won] + [赢单] + [W]", aliases={"W": "sales.won"}).value
    assert dict(derivation.inputs) == {"sales.won": "sales.won", "赢单": "sales.won", "W": "sales.won"}
    assert derivation.codes == ("sales.won",)
    row = dict.fromkeys(derivation.inputs, Decimal(2))
    assert compute(derivation, row).value.value == Decimal("6.000000")


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("[拜访] * 2", {}, "derivation.ambiguous_name"),
        ("[赢单] * 2", {"aliases": {"A": "no.such"}}, "derivation.unknown_input"),
        ("1 + 1", {}, "derivation.no_input"),
        ("[赢单] + 1", {"is_ratio": True}, "derivation.ratio_needs_division"),
        ("单位合计([赢单])", {}, "derivation.group_function"),
        ("[赢单]", {"dimension": "商机数"}, "derivation.dimension_is_metric"),
        ("[赢但]", {}, "formula.unknown_name"),
        ("", {}, "formula.empty"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_its_code(text: str, options: dict, code: str) -> None:
    outcome = read(text, **options)
    assert outcome.value is None
    assert [problem.code for problem in outcome.problems] == [code]
    if code in CODES:
        assert set(outcome.problems[0].params) == set(CODES[code])


def test_an_ambiguous_name_has_its_place_and_the_codes_to_choose_from() -> None:
    (problem,) = read("1 + [拜访]").problems
    assert (problem.at, problem.params["codes"]) == (4, "crm.visits, erp.visits")


def test_a_ratio_keeps_both_sides_apart() -> None:
    derivation = read("[赢单] / ([赢单] + [商机数])", is_ratio=True).value
    found = compute(derivation, {"赢单": Decimal(3), "商机数": Decimal(5)}).value
    assert (found.value, found.denominator) == (Decimal(3), Decimal(8))


def test_a_missing_input_is_not_zero_unless_the_formula_says_so() -> None:
    row = {"赢单": Decimal(3), "商机数": None}
    outcome = compute(read("[赢单] + [商机数]").value, row)
    assert outcome.value is None and [problem.code for problem in outcome.problems] == ["formula.missing_value"]
    assert compute(read("[赢单] + COALESCE([商机数], 0)").value, row).value.value == 3


def test_a_division_by_zero_has_no_value_and_says_why() -> None:
    outcome = compute(read("[赢单] / [商机数] * 100").value, {"赢单": Decimal(3), "商机数": Decimal(0)})
    assert outcome.value is None and outcome.problems[0].code == "formula.division_by_zero"


def test_the_dimension_is_read_as_text_and_the_trace_names_what_was_read() -> None:
    derivation = read('SWITCH([客户类型], "三甲", [赢单] * 1.2, [赢单])', dimension="客户类型").value
    outcome = explain(derivation, {"赢单": Decimal(10), "客户类型": "三甲"})
    assert outcome.value.value == Decimal(12)
    assert any(step.params["text"] == "[赢单]" and step.result == 10 for step in outcome.trace)


@given(st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=4), max_size=9))
def test_either_there_is_a_circle_or_an_order_in_which_inputs_come_first(edges: dict[int, list[int]]) -> None:
    cycle = find_cycle(edges)
    if cycle is None:
        order = order_of(edges)
        place = {node: index for index, node in enumerate(order)}
        assert sorted(order) == sorted(edges)
        assert all(place[below] < place[node] for node, inputs in edges.items() for below in inputs if below in place)
    else:
        assert cycle[0] == cycle[-1]
        assert all(below in edges[node] for node, below in pairwise(cycle))
        with pytest.raises(ValueError, match="circle"):
            order_of(edges)


def test_a_long_chain_does_not_reach_the_end_of_the_stack() -> None:
    chain = {node: [node + 1] for node in range(5_000)}
    assert find_cycle(chain) is None
    assert find_cycle({**chain, 5_000: [0]}) is not None
