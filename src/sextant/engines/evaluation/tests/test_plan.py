"""Plan scores and the riskiest child."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.evaluation import Child, ExtraKind, PlanExtra, PlanItem, find_riskiest, score_plan
from sextant.engines.values import Light

SCORES = st.decimals(0, 120, places=6)
ITEMS = st.lists(
    st.builds(PlanItem, st.just(1), st.decimals(1, 100, places=2), st.none() | SCORES, st.booleans()), max_size=6
)


def item(weight: int, score: int | None, **changes) -> PlanItem:
    return PlanItem(1, Decimal(weight), None if score is None else Decimal(score), **changes)


def points(*items: PlanItem, extras: tuple[PlanExtra, ...] = ()) -> Decimal | None:
    return score_plan(items, extras).value.points


def test_missing_is_not_zero_and_lowers_the_coverage():
    outcome = score_plan([item(50, 80), item(30, 60), item(20, None)])
    assert outcome.value.points == Decimal("72.5")
    assert outcome.value.coverage == Decimal("0.8")


def test_a_suspended_goal_leaves_both_sums():
    outcome = score_plan([item(50, 80), item(50, None, is_suspended=True)])
    assert (outcome.value.points, outcome.value.coverage) == (Decimal(80), Decimal(1))


def test_a_goal_of_part_of_the_cycle_counts_with_its_share_of_days():
    assert points(item(50, 90), item(50, 60, days=45, cycle_days=90)) == Decimal(80)


def test_at_half_the_weight_there_is_a_score_and_below_there_is_none_with_the_reason():
    assert points(item(50, 80), item(50, None)) == Decimal(80)
    outcome = score_plan([item(49, 80), item(51, None)])
    assert outcome.value.points is None
    assert outcome.value.coverage == Decimal("0.49")
    assert [problem.code for problem in outcome.problems] == ["plan.coverage_low"]


def test_a_plan_of_nothing_has_no_score():
    assert [problem.code for problem in score_plan([]).problems] == ["plan.no_weight"]
    assert points(item(0, 80)) is None


def test_bonus_and_penalty_come_after_the_mean_and_a_veto_last():
    bonus, penalty = PlanExtra(ExtraKind.BONUS, Decimal(5)), PlanExtra(ExtraKind.PENALTY, Decimal(2))
    veto = PlanExtra(ExtraKind.VETO, Decimal(60))
    assert points(item(100, 80), extras=(bonus, penalty)) == Decimal(83)
    assert points(item(100, 80), extras=(bonus, veto)) == Decimal(60)
    assert points(item(100, 50), extras=(bonus, veto)) == Decimal(55)


@given(ITEMS)
def test_a_plan_score_lies_between_its_lowest_and_highest_goal(items):
    result = score_plan(items).value.points
    scores = [one.score for one in items if one.score is not None and not one.is_suspended]
    if result is not None:
        assert min(scores) - Decimal("0.000001") <= result <= max(scores) + Decimal("0.000001")


def test_the_riskiest_child_is_the_worst_light_then_the_lowest_completion():
    red = Child(3, Light.RED, Decimal("0.45"))
    assert find_riskiest([Child(1, Light.GREEN, None), red, Child(2, Light.RED, Decimal("0.48"))]) is red
    assert find_riskiest([Child(9, Light.NONE, None), Child(4, Light.GREEN, Decimal(1))]).goal_id == 4
    assert find_riskiest([]) is None
