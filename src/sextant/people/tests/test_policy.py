"""History, circles and the tree of units: decisions without a database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.people.policy import (
    PlannedUnit,
    Span,
    UnitState,
    decide_move,
    decide_start,
    find_cycle,
    plan_units,
    refuse_cycles,
    reopen,
    value_on,
)


def day(text):
    """ "03-01" in 2026; "" for none."""
    return date.fromisoformat(f"2026-{text}") if text else None


def spans(text):
    """ "A 01-01..03-01, B 03-01.." as spans with ids 1, 2, …; "-" for a span not stored yet keeps no id."""
    found = []
    for number, part in enumerate(filter(None, text.split(", ")), start=1):
        value, period = part.split()
        start, end = period.split("..")
        found.append(Span(value.rstrip("*"), day(start), day(end), None if value.endswith("*") else number))
    return tuple(found)


def without_ids(history):
    return tuple(replace(span, id=None) for span in history)


@pytest.mark.parametrize(
    ("case", "before", "wanted", "on", "left", "after"),
    [
        ("first post", "", "A", "03-01", "", "A 03-01.."),
        ("same again", "A 01-01..", "A", "03-01", "", "A 01-01.."),
        ("move", "A 01-01..", "B", "03-01", "", "A 01-01..03-01, B 03-01.."),
        ("correction on the same day", "A 03-01..", "B", "03-01", "", "B 03-01.."),
        ("correction taken back", "A 01-01..03-01, B 03-01..", "A", "03-01", "", "A 01-01.."),
        ("taken away", "A 01-01..", None, "03-01", "", "A 01-01..03-01"),
        ("taken away on its first day", "A 03-01..", None, "03-01", "", ""),
        ("back after a gap", "A 01-01..02-01", "A", "03-01", "", "A 01-01..02-01, A 03-01.."),
        ("before a later one", "B 06-01..", "A", "03-01", "", "A 03-01..06-01, B 06-01.."),
        ("between two", "A 01-01..06-01, B 06-01..", "C", "03-01", "", "A 01-01..03-01, C 03-01..06-01, B 06-01.."),
        ("later one stays", "A 01-01..06-01, B 06-01..", "A", "03-01", "", "A 01-01..06-01, B 06-01.."),
        ("nothing wanted, nothing there", "A 01-01..02-01", None, "03-01", "", "A 01-01..02-01"),
        ("leaves", "A 01-01..", "A", "03-01", "03-01", "A 01-01..03-01"),
        ("leaves later", "A 01-01..", "A", "03-01", "06-01", "A 01-01..06-01"),
        ("moves and leaves", "A 01-01..", "B", "03-01", "06-01", "A 01-01..03-01, B 03-01..06-01"),
        ("has left: nothing new", "A 01-01..02-01", "B", "03-01", "02-01", "A 01-01..02-01"),
        ("leaving cancels what was to come", "A 01-01..06-01, B 06-01..", "A", "03-01", "05-01", "A 01-01..05-01"),
    ],
)  # fmt: skip
def test_move_keeps_the_past_and_writes_the_future(case, before, wanted, on, left, after):
    decided = decide_move(spans(before), wanted, on=day(on), left_on=day(left))
    assert without_ids(decided) == without_ids(spans(after)), case


def test_ids_stay_with_the_spans_they_belong_to():
    moved = decide_move(spans("A 01-01.., B 06-01.."[:9]), "B", on=day("03-01"))
    assert [span.id for span in moved] == [1, None]
    corrected = decide_move(spans("A 01-01..03-01, B 03-01.."), "C", on=day("03-01"))
    assert [span.id for span in corrected] == [1, 2]


@pytest.mark.parametrize(
    ("case", "before", "on", "left", "left_before", "after"),
    [
        ("never left", "A 01-01..", "03-01", "", "", "A 01-01.."),
        ("leaving withdrawn in time", "A 01-01..06-01", "03-01", "", "06-01", "A 01-01.."),
        ("gone and back: the gap stays", "A 01-01..02-01", "03-01", "", "02-01", "A 01-01..02-01"),
        ("leaving day corrected to later", "A 01-01..02-01", "03-01", "04-01", "02-01", "A 01-01.."),
        ("ended before leaving: stays ended", "A 01-01..01-15", "03-01", "04-01", "02-01", "A 01-01..01-15"),
    ],
)
def test_corrected_leaving_day_opens_what_it_had_closed(case, before, on, left, left_before, after):
    opened = reopen(spans(before), on=day(on), left_on=day(left), left_before=day(left_before))
    assert opened == spans(after), case


@pytest.mark.parametrize(
    ("case", "stated", "hired", "has_history", "left_before", "start"),
    [
        ("nothing known: the day of the import", "", "", False, "", "03-01"),
        ("new: the day they joined", "", "01-15", False, "", "01-15"),
        ("new, joins later", "", "05-01", False, "", "05-01"),
        ("known: the day of the import", "", "01-15", True, "", "03-01"),
        ("known, joins later", "", "05-01", True, "", "05-01"),
        ("back: the day they joined again", "", "02-20", True, "02-01", "02-20"),
        ("back with the old joining day", "", "01-15", True, "02-01", "03-01"),
        ("the row states a day", "02-02", "01-15", False, "", "02-02"),
    ],
)
def test_start_is_the_stated_day_else_joining_for_the_new_else_the_import(
    case, stated, hired, has_history, left_before, start
):
    found = decide_start(
        on=day("03-01"),
        stated_on=day(stated),
        hired_on=day(hired),
        has_history=has_history,
        left_before=day(left_before),
    )
    assert found == day(start), case


FIRST = date(2026, 1, 1)
days = st.integers(0, 60).map(lambda offset: FIRST + timedelta(days=offset))
values = st.sampled_from("ABC")
moves = st.tuples(days, st.one_of(st.none(), values), st.one_of(st.none(), days))


def run(changes):
    """Apply moves as imports do, each with the leaving day stored by the one before."""
    history, left_before = (), None
    for on, wanted, left_on in changes:
        opened = reopen(history, on=on, left_on=left_on, left_before=left_before)
        before, history, left_before = history, decide_move(opened, wanted, on=on, left_on=left_on), left_on
    return before, history


def each_day():
    return (FIRST + timedelta(days=offset) for offset in range(70))


@given(st.lists(moves, min_size=1, max_size=8))
def test_spans_never_overlap_and_are_never_empty(changes):
    _, history = run(changes)
    assert all(span.until_on is None or span.from_on < span.until_on for span in history)
    assert all(sum(span.holds(moment) for span in history) <= 1 for moment in each_day())
    assert list(history) == sorted(history, key=lambda span: span.from_on)


@given(st.lists(moves.map(lambda move: (*move[:2], None)), min_size=1, max_size=8))
def test_days_before_a_move_never_change_and_its_day_holds_what_was_wanted(changes):
    before, history = run(changes)
    on, wanted, _ = changes[-1]
    assert value_on(history, on) == wanted
    assert all(value_on(history, moment) == value_on(before, moment) for moment in each_day() if moment < on)


@given(st.lists(moves, min_size=1, max_size=6))
def test_the_same_move_again_changes_nothing(changes):
    _, once = run(changes)
    _, twice = run([*changes, changes[-1]])
    assert twice == once


@given(st.lists(moves, min_size=1, max_size=6), days)
def test_nothing_is_held_from_the_leaving_day_on(changes, left_on):
    _, history = run([*changes, (left_on, "A", left_on)])
    assert not any(value_on(history, moment) for moment in each_day() if moment >= left_on)


def test_circle_is_found_in_order_of_reporting():
    assert find_cycle({1: 2, 2: 3, 3: 4, 4: 2}) == [2, 3, 4]
    assert find_cycle({1: 1}) == [1]
    assert find_cycle({1: 2, 2: None, 3: 2}) is None


@pytest.mark.parametrize(
    ("case", "before", "wanted", "circles"),
    [
        ("tree", {}, {1: 2, 3: 2}, []),
        ("two change places", {1: None, 2: 1}, {1: 2}, [[1, 2]]),
        ("three new ones", {}, {1: 2, 2: 3, 3: 1}, [[1, 2, 3]]),
        ("boss steps down properly", {1: None, 2: 1}, {1: 2, 2: None}, []),
        ("a kept line closes a second circle", {1: 2, 2: None, 3: None}, {1: 3, 3: 1, 2: 1}, [[1, 3], [1, 2]]),
        ("an old circle is not this file's doing", {8: 9, 9: 8}, {1: 8}, []),
    ],
)
def test_circles_are_refused_until_none_is_left(case, before, wanted, circles):
    found = refuse_cycles(before, wanted)
    assert [sorted(circle) for circle in found] == circles, case


@given(st.dictionaries(st.integers(0, 12), st.one_of(st.none(), st.integers(0, 12)), max_size=13))
def test_lines_left_after_refusals_hold_no_circle(wanted):
    refused = {person for circle in refuse_cycles({}, wanted) for person in circle}
    assert find_cycle({person: manager for person, manager in wanted.items() if person not in refused}) is None


def unit(code, name, parent=None, **changes):
    return UnitState(code, name, parent, **changes)


def planned(paths, *stored):
    return plan_units(paths, {state.code: state for state in stored})


def test_new_units_are_planned_parents_first_with_paths_as_codes():
    path = (("公司", None), ("销售", None), ("华东", None))
    plan = planned([path])
    assert plan.create == [
        PlannedUnit("公司", "公司", None),
        PlannedUnit("公司/销售", "销售", "公司"),
        PlannedUnit("公司/销售/华东", "华东", "公司/销售"),
    ]
    assert plan.code_of[path] == "公司/销售/华东"
    assert plan.code_of[path[:2]] == "公司/销售"


def test_the_same_names_under_two_parents_are_two_units():
    plan = planned([(("公司", None), ("北区", None), ("一组", None)), (("公司", None), ("南区", None), ("一组", None))])
    assert len({unit.code for unit in plan.create}) == 5


def test_code_given_in_one_row_is_used_for_the_same_names_elsewhere():
    plan = planned([(("公司", None), ("销售", None), ("华东", "D2")), (("公司", None), ("销售", "D1"))])
    assert [(unit.code, unit.parent_code) for unit in plan.create] == [("公司", None), ("D1", "公司"), ("D2", "D1")]


def test_unit_known_by_code_is_renamed_and_its_children_are_still_found():
    stored = (unit("C", "公司"), unit("D1", "销售", "C"), unit("X", "华东", "D1"))
    plan = planned([(("公司", None), ("营销", "D1")), (("公司", None), ("营销", None), ("华东", None))], *stored)
    assert plan.create == []
    assert plan.change == [PlannedUnit("D1", "营销", "C")]
    assert plan.code_of[(("公司", None), ("营销", None), ("华东", None))] == "X"


def test_unit_known_by_code_moves_to_another_parent():
    stored = (unit("A", "甲"), unit("B", "乙"), unit("D", "组", "A"))
    plan = planned([(("乙", None), ("组", "D"))], *stored)
    assert plan.change == [PlannedUnit("D", "组", "B")]


def test_closed_unit_is_opened_again_when_it_is_named():
    plan = planned([(("甲", None),)], unit("A", "甲", is_closed=True))
    assert plan.change == [PlannedUnit("A", "甲", None)]


def test_one_code_in_two_places_is_a_conflict_of_the_second():
    second = (("乙", None), ("组", "D"))
    plan = planned([(("甲", None), ("组", "D")), second])
    assert list(plan.conflicts) == [second]
    assert (plan.conflicts[second].one, plan.conflicts[second].other) == ("甲/组", "乙/组")
    assert "乙" not in {unit.code for unit in plan.create}
