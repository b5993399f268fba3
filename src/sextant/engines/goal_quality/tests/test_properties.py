"""What holds for every goal."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.goal_quality import Code, Draft, Shape, check_goal, check_plan
from sextant.engines.goal_quality.rewrite import SLOTS
from sextant.engines.goal_quality.vague import CHINESE, ENGLISH
from sextant.engines.goal_quality.written import find_numbers

PIECES = [
    *CHINESE,
    *ENGLISH,
    "部门协同",
    "客户",
    "回款",
    " ",
    "，",
    "2026 年",
    "Q4",
    "90%",
    "３家",
    "三家",
    "第一",
    "ISO 9001",
    "a",
]
TITLES = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
SOME = st.sampled_from(["", "有"])
AMOUNTS = st.none() | st.decimals(min_value=1, max_value=1000, places=2)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    return Draft(
        key=draw(st.integers(1, 5)),
        shape=draw(st.sampled_from(Shape)),
        title=draw(TITLES),
        description=draw(SOME),
        owner=draw(SOME),
        metric=draw(SOME),
        unit=draw(SOME),
        base=draw(AMOUNTS),
        deliverable=draw(SOME),
        due_on=draw(st.sampled_from([None, date(2026, 12, 1)])),
        results=draw(st.integers(0, 1)),
        steps=draw(st.integers(0, 1)),
        weight=Decimal(draw(st.integers(0, 100))),
    )


@given(drafts())
def test_a_score_is_between_0_and_100_and_full_exactly_without_findings(draft: Draft) -> None:
    found = check_goal(draft)
    assert 0 <= found.score <= 100
    assert (found.score == 100) == (not found.findings) == (found.rewrite is None)


@given(drafts())
def test_vague_words_stand_where_the_finding_says(draft: Draft) -> None:
    for one in check_goal(draft).findings:
        if one.code == Code.VAGUE_VERB:
            assert one.at is not None
            assert draft.title[one.at :].startswith(str(one.params["word"]))


@given(drafts())
def test_filling_everything_in_leaves_nothing_to_say(draft: Draft) -> None:
    full = replace(
        draft,
        description="有记录",
        owner="林",
        metric="指标",
        unit="%",
        base=Decimal(5),
        deliverable="报告",
        due_on=date(2026, 12, 1),
        results=1,
        steps=1,
    )
    assert check_goal(full).findings == ()


@given(drafts(), st.sampled_from(["owner", "unit", "deliverable", "description"]))
def test_filling_one_field_in_never_costs_points(draft: Draft, field: str) -> None:
    filled = replace(draft, **{field: getattr(draft, field) or "有"})
    assert check_goal(filled).score >= check_goal(draft).score


@given(drafts())
def test_a_proposal_has_every_slot_of_its_pattern_filled_or_named(draft: Draft) -> None:
    rewrite = check_goal(draft).rewrite
    if rewrite is not None:
        assert tuple(rewrite.slots) == SLOTS[rewrite.pattern]
        for slot in rewrite.slots.values():
            assert slot.is_own or slot.hint or isinstance(slot.value, Decimal)


@given(st.lists(drafts(), max_size=5))
def test_a_plan_scores_between_its_worst_and_its_best_goal(goals: list[Draft]) -> None:
    plan = check_plan(goals)
    assert (plan.score is None) == (not goals)
    if plan.score is not None:
        scores = [goal.score for goal in plan.goals]
        assert min(scores) <= plan.score <= max(scores)


@given(st.integers(0, 10**9), st.sampled_from(["%", "万元", "家", " 天", " days"]))
def test_a_number_with_a_unit_is_read_as_it_was_written(number: int, unit: str) -> None:
    assert [(one.value, one.has_unit) for one in find_numbers(f"做到 {number:,}{unit}")] == [(number, True)]
