"""Pure decisions of red lights' conversations: days, stations, weeks, minutes, figures taken apart."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.evaluation import Case
from sextant.engines.schedule import WorkCalendar
from sextant.engines.values import Light
from sextant.tracking.policy.case_minutes import merge_texts
from sextant.tracking.policy.case_review import Verdict, WayOut, WeekMark, judge, watch_from
from sextant.tracking.policy.case_split import split_by_dimension
from sextant.tracking.policy.case_stations import (
    CaseFacts,
    Deadlines,
    deadlines_from,
    due_of,
    meeting_days,
    stage_of,
    stations_of,
)
from sextant.tracking.policy.case_weeks import Stood, StoodWeek, marks_of

BOOK = tomllib.loads((Path(__file__).parent / "cases" / "red_cases.toml").read_text(encoding="utf-8"))
WEEK = Deadlines(date(2026, 12, 2), date(2026, 12, 3), date(2026, 12, 7))
WAY = WayOut(date(2026, 12, 7), 4, 2, Decimal("0.7"))
FIRST_SUNDAY = date(2026, 12, 13)


def named(kind: str) -> Any:
    return pytest.mark.parametrize("case", BOOK[kind], ids=[one["name"] for one in BOOK[kind]])


@named("days")
def test_days_are_working_days_of_the_company(case: dict[str, Any]) -> None:
    calendar = WorkCalendar(days_off=frozenset(case.get("off", [])), days_on=frozenset(case.get("on", [])))
    found = deadlines_from(case["told_on"], calendar=calendar)
    assert found == Deadlines(case["owner_on"], case["manager_on"], case["meet_on"])
    days = meeting_days(case["told_on"], found.meet_on, calendar=calendar)
    assert days[-1] == found.meet_on and all(calendar.is_working(day) for day in days)


@named("stands")
def test_a_case_stands_where_its_facts_say(case: dict[str, Any]) -> None:
    told = case.get("told", [])
    facts = CaseFacts(
        WEEK,
        case.get("has_manager", True),
        "owner" in told,
        "manager" in told,
        case.get("is_settled", False),
        case.get("is_judged", False),
        case.get("is_closed", False),
        case.get("measures_open", 0),
        case.get("decide_on"),
    )
    assert stage_of(facts).value == case["stage"]
    assert due_of(facts) == case.get("due_on")
    states = [state.value for _, state in stations_of(facts, today=case.get("today", date(2026, 12, 1)))]
    assert states == case["stations"]


def mark(place: int, said: str) -> WeekMark:
    ends_on = FIRST_SUNDAY + timedelta(weeks=place)
    if said == "gap":
        return WeekMark(ends_on, None, Light.NONE)
    if said in {"green", "yellow", "red"}:
        return WeekMark(ends_on, None, Light(said))
    return WeekMark(ends_on, Decimal(said), Light.YELLOW)


@named("weeks")
def test_weeks_decide_as_the_cases_say(case: dict[str, Any]) -> None:
    marks = [mark(place, said) for place, said in enumerate(case["marks"])]
    found = judge(marks, WAY, on=FIRST_SUNDAY + timedelta(weeks=len(marks) - 1))
    assert (found.verdict.value, found.good) == (case["verdict"], case["good"])
    # a week nobody wrote down is a gap like one that was
    told = [one for one in marks if not one.is_gap]
    assert judge(told, WAY, on=marks[-1].ends_on).verdict is found.verdict


def test_weeks_before_the_observation_and_unfinished_ones_do_not_count() -> None:
    before = [WeekMark(date(2026, 12, 6), Decimal(1), Light.GREEN), mark(0, "0.9")]
    assert judge(before, WAY, on=date(2026, 12, 15)).good == 1
    assert judge([mark(0, "0.9"), mark(1, "0.9")], WAY, on=date(2026, 12, 19)).verdict is Verdict.GOING
    # a period that ends on a Thursday ends its last week that day
    last = WeekMark(date(2026, 12, 31), Decimal("0.9"), Light.GREEN)
    found = judge([mark(0, "0.2"), mark(1, "0.2"), mark(2, "0.9"), last], WAY, on=date(2027, 1, 3))
    assert (found.verdict, found.measured) == (Verdict.RECOVERED, 4)


@given(st.lists(st.sampled_from(["gap", "0.9", "0.1"]), max_size=12), st.integers(1, 3), st.integers(1, 6))
def test_a_verdict_stays_once_it_is_given(said: list[str], weeks: int, most: int) -> None:
    way = WayOut(date(2026, 12, 7), most, weeks, Decimal("0.7"))
    marks = [mark(place, one) for place, one in enumerate(said)]
    given_before = None
    for place in range(len(marks)):
        found = judge(marks[: place + 1], way, on=marks[place].ends_on).verdict
        if given_before in {Verdict.RECOVERED, Verdict.NOT_MET}:
            assert found is given_before
        given_before = found


@named("minutes")
def test_minutes_are_put_together_as_the_cases_say(case: dict[str, Any]) -> None:
    found = merge_texts(case["base"], mine=case["mine"], theirs=case["theirs"])
    assert found.text == case.get("text")


LINES = st.lists(st.sampled_from("甲乙丙丁"), max_size=5).map(lambda lines: "".join(f"{line}\n" for line in lines))


@given(LINES, LINES, LINES)
def test_no_line_somebody_added_is_lost(base: str, mine: str, theirs: str) -> None:
    found = merge_texts(base, mine=mine, theirs=theirs)
    if found.text is not None:
        assert (set(mine.split()) | set(theirs.split())) - set(base.split()) <= set(found.text.split())
    # whose turn it was changes the order of what was added, never whether somebody has to choose
    assert merge_texts(base, mine=theirs, theirs=mine).is_clash == found.is_clash


def test_past_weeks_are_computed_anew_and_the_week_of_the_day_is_exact() -> None:
    weeks = (
        StoodWeek(date(2026, 11, 22), Decimal(10), Decimal(20), Light.YELLOW),
        StoodWeek(date(2026, 11, 29), Decimal(21), Decimal(44), Light.RED),
        StoodWeek(date(2026, 12, 6), Decimal(30), Decimal(50), Light.YELLOW),
    )
    stood = Stood(date(2026, 12, 2), Decimal("0.55"), Light.YELLOW, weeks, Case.GROW)
    sure, spare = marks_of(stood, since=date(2026, 11, 29))
    assert [(one.ends_on.day, one.completion) for one in sure] == [(29, Decimal("0.477273")), (6, Decimal("0.55"))]
    assert spare == []
    # of a range a past week has its light alone, and does not replace what was written down then
    sure, spare = marks_of(Stood(stood.on, stood.completion, stood.light, weeks, Case.RANGE), since=date(2026, 11, 29))
    assert [one.ends_on.day for one in sure] == [6]
    assert [(one.completion, one.light) for one in spare] == [(None, Light.RED)]
    assert watch_from(date(2026, 12, 6)) == date(2026, 12, 7)


def test_figures_come_apart_by_what_tells_most_of_them() -> None:
    rows = [(Decimal(n), {"客户": "老" if n % 2 else "新", "单号": str(n)}) for n in range(1, 9)]
    found = split_by_dimension(rows)
    assert found is not None
    assert (found.dimension, found.parts, found.total) == ("客户", (("新", Decimal(20)), ("老", Decimal(16))), 36)
    assert split_by_dimension([(Decimal(1), {}), (Decimal(2), {"客户": "老"})]) is None
