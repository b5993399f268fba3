"""Goals written as people write them, and what is to be said about each."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sextant.engines.evaluation import Direction
from sextant.engines.goal_quality import (
    DEDUCTIONS,
    FIELDS,
    HINTS,
    Code,
    Draft,
    Reach,
    Rewrite,
    Shape,
    check_goal,
    check_plan,
    score_unit,
)

CASES = tomllib.loads((Path(__file__).parent / "cases" / "goals.toml").read_text(encoding="utf-8"))["case"]
NUMBERS = ("base", "start", "range_low", "range_high")
WORDS = ("title", "description", "metric", "unit", "deliverable", "results", "steps")


def draft_of(case: dict[str, Any]) -> Draft:
    days = {"last_on": "2026-12-31", **{name: case[name] for name in ("due_on", "last_on") if name in case}}
    reach = case.get("reach")
    return Draft(
        key=1,
        shape=Shape(case.get("shape", "measured")),
        owner=case.get("owner", "林清越"),
        direction=Direction(case.get("direction", "higher")),
        reach=Reach(**{name: Decimal(value) for name, value in reach.items()}) if reach else None,
        **{name: case[name] for name in WORDS if name in case},
        **{name: Decimal(case[name]) for name in NUMBERS if name in case},
        **{name: date.fromisoformat(day) for name, day in days.items() if day},
    )


def told(rewrite: Rewrite) -> dict[str, str]:
    """Slots as the cases write them: own and example values plain, keys of hints with a question mark."""
    slots = {name: f"?{slot.hint}" if slot.value is None else str(slot.value) for name, slot in rewrite.slots.items()}
    return {"pattern": rewrite.pattern.value, **slots}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_goal(case: dict[str, Any]) -> None:
    found = check_goal(draft_of(case))
    assert [one.code.removeprefix("quality.") for one in found.findings] == case["found"]
    vague = [[one.params["word"], one.at] for one in found.findings if one.code == Code.VAGUE_VERB]
    assert vague == case.get("words", [])
    assert (found.rewrite is None) == (not found.findings)
    if "score" in case:
        assert str(found.score) == case["score"]
    if "rewrite" in case:
        assert found.rewrite is not None
        assert {name: told(found.rewrite)[name] for name in case["rewrite"]} == case["rewrite"]


def test_every_code_is_met_and_has_its_fields_and_deduction() -> None:
    met = {f"quality.{code}" for case in CASES for code in case["found"]}
    assert met | {Code.DUPLICATE_METRIC, Code.DUPLICATE_TITLE} == set(Code) == set(FIELDS) == set(DEDUCTIONS)


def test_what_a_goal_took_from_somewhere_else_is_not_its_own() -> None:
    rewrite = check_goal(Draft(1, Shape.MEASURED, "提升部门协同", owner="林清越")).rewrite
    assert rewrite is not None
    assert {name for name, slot in rewrite.slots.items() if slot.is_own} == {"owner"}


def test_the_second_of_two_goals_that_say_the_same_is_marked_with_the_first() -> None:
    drafts = [
        Draft(
            1,
            Shape.MEASURED,
            "回款",
            owner="甲",
            metric="回款",
            unit="万元",
            base=Decimal(1),
            last_on=date(2026, 3, 31),
            weight=Decimal(60),
        ),
        Draft(
            2,
            Shape.MEASURED,
            "再谈回款",
            owner="甲",
            metric="回款",
            unit="万元",
            base=Decimal(2),
            last_on=date(2026, 3, 31),
            weight=Decimal(40),
        ),
        Draft(3, Shape.DIRECTION, "再谈 回款！", owner="甲", results=1),
    ]
    plan = check_plan(drafts)
    assert [[one.code for one in goal.findings] for goal in plan.goals] == [
        [],
        [Code.DUPLICATE_METRIC],
        [Code.DUPLICATE_TITLE],
    ]
    assert [goal.findings[0].params["other"] for goal in plan.goals[1:]] == [1, 2]
    # 100 × 60 % + 80 × 40 %: the third goal has no weight
    assert plan.score == Decimal("92.0")


def test_a_plan_without_goals_has_no_score_and_leaves_its_unit_alone() -> None:
    assert check_plan([]).score is None
    assert score_unit([None]) is None
    assert score_unit([Decimal(90), None, Decimal(80)]) == Decimal("85.0")


def test_hints_are_found_by_their_key() -> None:
    assert all(key == hint.measure for key, hint in HINTS.items())
