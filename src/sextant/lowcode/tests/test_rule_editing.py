"""Acts of the rule designer on plain documents, and condition lines in parts and as formulas."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.formula import FormulaType
from sextant.engines.rules import read_condition
from sextant.lowcode.policy import rule_editing as editing
from sextant.lowcode.policy.rule_lines import (
    SIGNS,
    WORD_SIGNS,
    Compared,
    Dated,
    Free,
    Known,
    Stated,
    Worded,
    read_line,
    rename_line,
    start_line,
    write_line,
)

NUMBER, TEXT, BOOLEAN, DATE = FormulaType.NUMBER, FormulaType.TEXT, FormulaType.BOOLEAN, FormulaType.DATE
NAMES = {"拜访量": NUMBER, "目标值": NUMBER, "完成率": NUMBER, "暂缓考核": BOOLEAN, "部门": TEXT, "入职": DATE}
ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[完成率] < 70%", Compared("完成率", "<", "70%")),
        ("70% > 完成率", Compared("完成率", "<", "70%")),
        ("[拜访量] >= -3.50", Compared("拜访量", ">=", "-3.50")),
        ("[拜访量] < [目标值] * 70%", Compared("拜访量", "<", "70%", "目标值")),
        ("[拜访量] < 0.7 * [目标值]", Compared("拜访量", "<", "0.7", "目标值")),
        ("[拜访量] <> [目标值]", Compared("拜访量", "<>", "100%", "目标值")),
        ("[暂缓考核]", Stated("暂缓考核")),
        ("非（【暂缓考核】）", Stated("暂缓考核", holds=False)),
        ('[部门] = "华东""一""区"', Worded("部门", "=", '华东"一"区')),
        ("[入职] <= DATE(2026, 2, 28)", Dated("入职", "<=", date(2026, 2, 28))),
        ("ISBLANK([完成率])", Known("完成率")),
        ("NOT(ISBLANK([完成率]))", Known("完成率", is_missing=False)),
        ("[入职] <= DATE(2026, 2, 30)", Free("[入职] <= DATE(2026, 2, 30)")),
        ("[拜访量] + 1 < 7", Free("[拜访量] + 1 < 7")),
        ("[不存在] < 7", Free("[不存在] < 7")),
        ("7 <", Free("7 <")),
        ("[拜访量] * 2", Free("[拜访量] * 2")),
    ],
)
def test_formula_is_shown_in_parts_where_it_has_some(text, line):
    assert read_line(text, names=NAMES) == line


_numbers = st.from_regex(r"-?(0|[1-9][0-9]{0,7})(\.[0-9]{1,4})?%?", fullmatch=True)
_lines = st.one_of(
    st.builds(Compared, st.just("拜访量"), st.sampled_from(SIGNS), _numbers, st.sampled_from(["", "目标值"])),
    st.builds(Stated, st.just("暂缓考核"), st.booleans()),
    st.builds(Worded, st.just("部门"), st.sampled_from(WORD_SIGNS), st.text("华东\"' 一", max_size=8)),
    st.builds(Dated, st.just("入职"), st.sampled_from(SIGNS), st.dates(date(1970, 1, 1), date(2100, 1, 1))),
    st.builds(Known, st.just("完成率"), st.booleans()),
)


@given(_lines)
def test_line_written_and_read_is_the_same_line(line):
    assert read_line(write_line(line), names=NAMES) == line


def test_choosing_another_name_keeps_what_can_stay():
    share = Compared("完成率", "<", "65%")
    assert rename_line(share, "达成率", NUMBER, is_ratio=True, on=ON) == Compared("达成率", "<", "65%")
    assert rename_line(share, "红灯数", NUMBER, on=ON) == Compared("红灯数", "<", "1")
    assert rename_line(share, "暂缓考核", BOOLEAN, on=ON) == Stated("暂缓考核")
    assert rename_line(Compared("拜访量", "<", "70%", "目标值"), "成交", NUMBER, on=ON).of == "目标值"
    assert rename_line(Known("完成率"), "部门", TEXT, on=ON) == Known("部门")
    assert write_line(start_line("入职", DATE, on=ON)) == "[入职] >= DATE(2026, 11, 23)"


def rule(*parts, kind="all"):
    return {"condition": {kind: list(parts)}, "actions": []}


def condition(document):
    return document["condition"]


def test_condition_of_one_formula_is_a_group_of_it_and_an_empty_one_says_nothing():
    assert editing.condition_of({"condition": "a"}) == {"all": ["a"]}
    assert editing.condition_of({"condition": ""}) == editing.condition_of({}) == {"all": []}
    assert editing.condition_of({"condition": {"all": 7}}) == {"all": []}
    assert condition(editing.remove_part({"condition": "a"}, (0,))[0]) == ""


def test_lines_and_groups_are_added_set_and_removed():
    document, place = editing.add_part({"condition": "a"}, (), {"any": ["b"]})
    assert place == (1,)
    document, place = editing.add_part(document, (1,), "c")
    assert (condition(document), place) == ({"all": ["a", {"any": ["b", "c"]}]}, (1, 1))
    document = editing.set_part(editing.set_kind(document, (1,), "none"), (1, 0), "B")
    assert condition(editing.set_kind(document, (), "any")) == {"any": ["a", {"none": ["B", "c"]}]}
    document, near = editing.remove_part(document, (1, 1))
    assert (condition(document), near) == ({"all": ["a", {"none": ["B"]}]}, (1, 0))
    document, near = editing.remove_part(document, (1, 0))
    assert (condition(document), near) == ({"all": ["a"]}, (0,))
    for wrong in ((7,), (0, 0), (1, 0, 0)):
        assert editing.remove_part(document, wrong)[0] == document
        assert editing.set_part(document, wrong, "x") == document
    assert editing.add_part(document, (0,), "x")[0] == document


@pytest.mark.parametrize(
    ("place", "step", "becomes", "stands"),
    [
        ((0,), 1, {"all": [{"any": ["a", "b", "c"]}, "d"]}, (0, 0)),  # into the group below
        ((1, 0), -1, {"all": ["a", "b", {"any": ["c"]}, "d"]}, (1,)),  # out of it, before
        ((1, 1), 1, {"all": ["a", {"any": ["b"]}, "c", "d"]}, (2,)),  # out of it, behind
        ((1, 0), 1, {"all": ["a", {"any": ["c", "b"]}, "d"]}, (1, 1)),
        ((2,), -1, {"all": ["a", {"any": ["b", "c", "d"]}]}, (1, 2)),
        ((1,), -1, {"all": [{"any": ["b", "c"]}, "a", "d"]}, (0,)),
        ((0,), -1, {"all": ["a", {"any": ["b", "c"]}, "d"]}, (0,)),
        ((2,), 1, {"all": ["a", {"any": ["b", "c"]}, "d"]}, (2,)),
    ],
)
def test_line_goes_up_and_down_as_the_eye_does(place, step, becomes, stands):
    document = rule("a", {"any": ["b", "c"]}, "d")
    moved, now = editing.shift_part(document, place, step=step)
    assert (condition(moved), now) == (becomes, stands)


def test_moving_keeps_equal_lines_apart_and_no_group_goes_into_itself():
    moved, place = editing.move_part(rule("a", "a", {"any": ["a"]}), (0,), into=(2,), to=1)
    assert (condition(moved), place) == ({"all": ["a", {"any": ["a", "a"]}]}, (1, 1))
    nested = rule({"any": [{"none": ["a"]}]})
    assert editing.move_part(nested, (0,), into=(0, 0), to=0)[0] == nested
    emptied, place = editing.move_part(rule("a", {"any": ["b"]}), (1, 0), into=(), to=0)
    assert (condition(emptied), place) == ({"all": ["b", "a"]}, (0,))


_texts = st.sampled_from(["[拜访量] > 1", "[暂缓考核]"])
_parts = st.recursive(
    _texts,
    lambda inner: st.builds(
        lambda kind, parts: {kind: parts}, st.sampled_from(editing.KINDS), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def _places(part, place=()):
    yield place
    if editing.is_group(part):
        for number, one in enumerate(editing.parts_of(part)):
            yield from _places(one, (*place, number))


def _texts_in(part):
    return (
        sorted(text for one in editing.parts_of(part) for text in _texts_in(one)) if editing.is_group(part) else [part]
    )


@given(st.lists(_parts, min_size=1, max_size=4), st.data())
def test_whatever_is_moved_no_line_is_lost_and_the_condition_stays_one(parts, data):
    document = rule(*parts)
    place = data.draw(st.sampled_from([one for one in _places(condition(document)) if one]))
    if data.draw(st.booleans()):
        moved, now = editing.shift_part(document, place, step=data.draw(st.sampled_from([-1, 1])))
    else:
        into = data.draw(st.sampled_from(list(_places(condition(document)))))
        moved, now = editing.move_part(document, place, into=into, to=data.draw(st.integers(0, 5)))
    assert _texts_in(condition(moved)) == _texts_in(condition(document))
    assert editing.part_at(moved, now) == editing.part_at(document, place)
    assert not any(one.code == "rules.empty_group" for one in read_condition(condition(moved), names=NAMES).problems)


def test_actions_are_added_set_moved_and_removed():
    document = {"actions": [{"do": "notice"}, 7, {"do": "flow", "flow": "x"}]}
    document, at = editing.add_action(document, {"do": "task", "days": 5})
    assert at == 2 and [one["do"] for one in document["actions"]] == ["notice", "flow", "task"]
    document = editing.set_action(document, 2, {"days": None, "needs_yes": True})
    assert document["actions"][2] == {"do": "task", "needs_yes": True}
    assert editing.move_action(document, 2, to=-1)[0]["actions"][0]["do"] == "task"
    assert editing.move_action(document, 0, to=9)[1] == 2
    assert editing.move_action(document, 9, to=0)[0]["actions"] == document["actions"]
    document, near = editing.remove_action(document, 2)
    assert near == 1 and len(document["actions"]) == 2
    assert editing.set_clause(document, "repeat", {"kind": "window", "days": None})["repeat"] == {"kind": "window"}


def test_place_survives_the_page():
    assert [editing.place_of(text) for text in ("2.0", "", "x", "1.-2")] == [(2, 0), (), (), ()]
    assert editing.text_of((2, 0)) == "2.0"
