"""Judgements as a manager could read them; what holds for every condition; how often a rule acts."""

import tomllib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.formula import FormulaType
from sextant.engines.rules import Previous, Repeat, RepeatKind, decide_firing, judge, read_condition
from sextant.engines.rules.condition import DEEPEST, MOST_CHECKS

CASES = tomllib.loads((Path(__file__).parent / "cases" / "judgements.toml").read_text(encoding="utf-8"))["case"]
NAMES = dict.fromkeys(("红灯数", "完成率", "目标数", "司龄"), FormulaType.NUMBER) | {"休假": FormulaType.BOOLEAN}
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_condition_is_judged_as_in_the_case(case):
    row = {name: value if isinstance(value, bool) else Decimal(str(value)) for name, value in case["row"].items()}
    judgement = judge(read_condition(case["condition"], names=NAMES).value, row)
    assert {True: True, False: False, None: "?"}[judgement.holds] == case["holds"]
    assert [line.text for line in judgement.lines if line.is_decisive] == case["decided_by"]
    assert all(line.problems for line in judgement.lines if line.holds is None), "what is unknown says why"


def flags(count):
    return {f"n{place}": FormulaType.BOOLEAN for place in range(count)}


@st.composite
def conditions(draw):
    """A tree in which every name stands once, and the answer of each: true, false or missing."""
    places = iter(range(100))

    def tree(depth):
        if depth == 0 or draw(st.booleans()):
            return f"[n{next(places)}]"
        kind = draw(st.sampled_from(["all", "any", "none"]))
        return {kind: [tree(depth - 1) for _ in range(draw(st.integers(1, 3)))]}

    document = tree(3)
    count = next(places)
    answers = draw(st.lists(st.sampled_from([True, False, None]), min_size=count, max_size=count))
    return document, {f"n{place}": answer for place, answer in enumerate(answers)}


@given(conditions())
def test_unknown_exactly_when_what_is_missing_could_change_the_answer(drawn):
    document, row = drawn
    condition = read_condition(document, names=flags(len(row))).value
    missing = [name for name, value in row.items() if value is None][:6]
    if sum(value is None for value in row.values()) > len(missing):
        return
    could_be = {
        judge(condition, {**row, **dict(zip(missing, filled, strict=True))}).holds
        for filled in product([True, False], repeat=len(missing))
    }
    assert judge(condition, row).holds == (could_be.pop() if len(could_be) == 1 else None)


@given(conditions())
def test_what_did_not_decide_could_have_been_otherwise(drawn):
    document, row = drawn
    condition = read_condition(document, names=flags(len(row))).value
    judgement = judge(condition, row)
    free = [line.text[1:-1] for line in judgement.lines if not line.is_decisive]
    for value in (True, False, None):
        changed = judge(condition, {**row, **dict.fromkeys(free, value)})
        assert changed.holds == judgement.holds or (value is not None and judgement.holds is None)
    assert any(line.is_decisive for line in judgement.lines)


@given(conditions())
def test_the_order_of_parts_does_not_matter(drawn):
    document, row = drawn

    def turned(part):
        return (
            part
            if isinstance(part, str)
            else {kind: [turned(one) for one in reversed(parts)] for kind, parts in part.items()}
        )

    names = flags(len(row))
    assert judge(read_condition(document, names=names).value, row).holds == (
        judge(read_condition(turned(document), names=names).value, row).holds
    )


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        ({"all": []}, [("rules.empty_group", "")]),
        ({"some": ["真"]}, [("rules.bad_group", "")]),
        ({"all": ["真"], "any": ["真"]}, [("rules.bad_group", "")]),
        (
            {"all": ["真", 7, {"any": ["[没有]"]}]},
            [("rules.bad_group", "all[2]"), ("formula.unknown_name", "all[3].any[1]")],
        ),
        ({"all": ["1 + 1"]}, [("formula.wrong_result", "all[1]")]),
        ({"all": ["真"] * (MOST_CHECKS + 1)}, [("rules.too_many", "")]),
        (None, [("rules.bad_group", "")]),
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(document, codes):
    outcome = read_condition(document, names=NAMES)
    assert outcome.value is None
    assert [(one.code, one.params["path"]) for one in outcome.problems] == codes


def test_groups_in_groups_end_somewhere():
    deep = "真"
    for _ in range(10_000):
        deep = {"all": [deep]}
    (problem,) = read_condition(deep, names=NAMES).problems
    assert (problem.code, problem.params["limit"]) == ("rules.too_deep", DEEPEST)
    while isinstance(deep, dict):
        deep = deep.popitem()[1][0]


@pytest.mark.parametrize(
    ("holds", "repeat", "previous", "reason"),
    [
        (True, Repeat(), Previous(), "rules.fired"),
        (False, Repeat(), Previous(), "rules.not_met"),
        (None, Repeat(RepeatKind.ALWAYS), Previous(), "rules.unknown"),
        (True, Repeat(), Previous(NOW, True), "rules.still_met"),
        (True, Repeat(), Previous(NOW, False), "rules.fired"),
        (True, Repeat(), Previous(None, True), "rules.fired"),  # it held before the rule was published: told once
        (True, Repeat(RepeatKind.WINDOW, 14), Previous(NOW - timedelta(days=13), False), "rules.quiet"),
        (True, Repeat(RepeatKind.WINDOW, 14), Previous(NOW - timedelta(days=14), True), "rules.fired"),
        (True, Repeat(RepeatKind.ALWAYS), Previous(NOW, True), "rules.fired"),
    ],
)
def test_a_rule_acts_once_per_subject_and_window(holds, repeat, previous, reason):
    firing = decide_firing(holds, repeat=repeat, previous=previous, at=NOW)
    assert firing.reason.code == reason
    assert firing.fires == (reason == "rules.fired")


@given(st.lists(st.tuples(st.integers(1, 200), st.sampled_from([True, False, None])), max_size=40), st.integers(1, 20))
def test_two_firings_are_never_nearer_than_the_window(asked, days):
    previous, at, fired = Previous(), NOW, []
    for hours, holds in asked:
        at += timedelta(hours=hours)
        firing = decide_firing(holds, repeat=Repeat(RepeatKind.WINDOW, days), previous=previous, at=at)
        if firing.fires:
            fired.append(at)
            previous = Previous(at, True)
    assert all(later - earlier >= timedelta(days=days) for earlier, later in pairwise(fired))
