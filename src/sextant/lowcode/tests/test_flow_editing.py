"""What the acts of the flow designer make of a document, and the tree that is drawn of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sextant.lowcode.flows.document import FlowDocument
from sextant.lowcode.flows.reading import read_flow
from sextant.lowcode.policy import flow_editing as editing
from sextant.lowcode.policy.flow_tree import Jump, Split, read_tree, steps_of, walk
from sextant.lowcode.tests.flow_makers import approve, end

EMPTY = {"fields": [{"name": "金额", "type": "number"}], "steps": []}


def add(document, kind, at="", name="审批"):
    made, code = editing.add_step(document, kind=kind, name=name, at=at, end="结束")
    return made, code


def told(document):
    """The tree in one line: codes, arms in brackets, jumps as >code."""

    def line(one):
        return " ".join(item_of(item) for item in one.items)

    def item_of(item):
        if isinstance(item, Jump):
            return f">{item.to}"
        if isinstance(item, Split):
            arms = " | ".join(line(arm) for arm in item.arms)
            return f"{item.code}[{arms}]" + (f"{item.join}" if item.join else "")
        return item.code

    tree = read_tree(document)
    return " // ".join(line(one) for one in tree.lines)


def graph(*steps):
    return {"fields": [], "steps": list(steps)}


def split(code, *ways, kind="branch"):
    arms = [
        {"when": "TRUE" if kind == "branch" and place + 1 < len(ways) else "", "next": way}
        for place, way in enumerate(ways)
    ]
    return {"code": code, "kind": kind, "arms": arms}


def pass_(code, then):
    return approve(code, then=then)


def test_first_step_brings_an_end_and_a_branch_brings_its_other_case():
    made, first = add(EMPTY, "form", name="填写")
    made, branch = add(made, "branch", at=first, name="金额")
    made, inner = add(made, "approve", at=f"{branch}:0")
    made, fork = add(made, "fork", at=f"{branch}>")
    assert told(made) == "s1 s2[s3 | ] s4[ | ]s5 end"
    assert [one["name"] for one in made["steps"]] == ["填写", "金额", "审批", "审批 2", "", "结束"]
    assert made["steps"][1]["arms"] == [
        {"when": editing.UNWRITTEN, "next": inner, "name": ""},
        {"when": "", "next": fork, "name": ""},
    ]
    assert editing.faults_of(made) == ()
    assert add(made, "approve", at="nowhere") == (made, "")


def test_steps_move_along_across_and_out_of_arms():
    made = graph(
        pass_("a", "b"),
        split("b", "c", "d", "m"),
        pass_("c", "m"),
        pass_("d", "e"),
        pass_("e", "m"),
        pass_("m", "z"),
        end(),
    )
    assert told(made) == "a b[c | d e | ] m z"
    assert told(editing.shift_step(made, "a", by="down")) == "b[c | d e | ] a m z"
    assert told(editing.shift_step(made, "m", by="up")) == "a m b[c | d e | ] z"
    assert told(editing.shift_step(made, "c", by="up")) == "a c b[ | d e | ] m z"
    assert told(editing.shift_step(made, "e", by="down")) == "a b[c | d | ] e m z"
    assert told(editing.shift_step(made, "e", by="up")) == "a b[c | e d | ] m z"
    assert told(editing.shift_step(made, "c", by="right")) == "a b[ | c d e | ] m z"
    assert told(editing.shift_step(made, "e", by="left")) == "a b[c e | d | ] m z"
    assert told(editing.shift_step(made, "e", by="right")) == "a b[c | d | e] m z"
    assert told(editing.shift_step(made, "b", by="up")) == "b[c | d e | ] a m z"
    assert told(editing.move_step(made, "b", at="m")) == "a m b[c | d e | ] z"
    for code, by in (("a", "up"), ("m", "down"), ("z", "up"), ("a", "left"), ("c", "left")):
        assert editing.shift_step(made, code, by=by) == made
    assert editing.move_step(made, "b", at="d") == made  # not into itself


def test_what_is_removed_lets_its_neighbours_meet():
    made = graph(pass_("a", "b"), split("b", "c", "d", "m"), pass_("c", "m"), pass_("d", "a"), pass_("m", "z"), end())
    assert told(made) == "a b[c | d >a | ] m z"
    assert told(editing.remove_step(made, "a")[0]) == "b[c | d >b | ] m z"
    assert told(editing.remove_step(made, "b")[0]) == "a m z"
    assert told(editing.remove_arm(made, "b", 0)) == "a b[d >a | ] m z"
    once = editing.remove_arm(made, "b", 1)
    assert told(once) == "a b[c | ] m z"
    assert told(editing.remove_arm(once, "b", 0)) == "a m z"
    assert editing.remove_arm(made, "b", 2) == made  # 其他情况 stays
    assert editing.remove_step(made, "z")[0] == made
    assert editing.remove_step(graph(pass_("a", "z"), end()), "a") == ({"fields": [], "steps": []}, "")


def test_forks_stay_pairs():
    arms = [pass_(code, "j") for code in ("c", "d", "e")]
    made = graph(split("f", "c", "d", "e", kind="fork"), *arms, {"code": "j", "kind": "join", "next": "z"}, end())
    assert told(made) == "f[c | d | e]j z"
    assert told(editing.remove_arm(made, "f", 1)) == "f[c | e]j z"
    assert told(editing.remove_arm(editing.remove_arm(made, "f", 1), "f", 0)) == "e z"
    assert editing.remove_step(made, "f") == ({"fields": [], "steps": []}, "")
    more, place = editing.add_arm(made, "f")
    assert (told(more), place) == ("f[c | d | e | ]j z", 3)
    assert told(editing.move_step(more, "c", at="f:3")) == "f[ | d | e | c]j z"
    copied, code = editing.copy_step(made, "f")
    assert told(copied) == f"f[c | d | e]j {code}[s2 | s3 | s4]s5 z"
    out = editing.lead_on(made, "c", to="z")  # out of a fork past its join
    assert editing.settle(made, out)[0] == made and editing.settle(made, out)[1]


def test_arms_keep_their_order_and_the_other_case_last():
    made = graph(split("b", "x", "y", "z"), pass_("x", "z"), pass_("y", "z"), end())
    more, place = editing.add_arm(made, "b")
    assert place == 2 and [one["when"] for one in more["steps"][0]["arms"]] == ["TRUE", "TRUE", editing.UNWRITTEN, ""]
    assert told(editing.move_arm(made, "b", 0, by=1)) == "b[y | x | ] z"
    assert editing.move_arm(made, "b", 1, by=1) == made
    named = editing.set_arm(made, "b", 2, {"when": "TRUE", "name": "直接"})
    assert named["steps"][0]["arms"][2] == {"when": "", "next": "z", "name": "直接"}
    assert editing.set_arm(made, "b", 0, {"when": " "})["steps"][0]["arms"][0]["when"] == editing.UNWRITTEN


def test_arm_ends_early_or_goes_back_and_may_go_on_again():
    made = graph(pass_("a", "b"), split("b", "c", "m"), pass_("c", "m"), pass_("m", "z"), end())
    ended, code = editing.end_here(made, "c", name="不通过")
    assert told(ended) == f"a b[c {code} | ] m z" and editing.faults_of(ended) == ()
    assert told(editing.remove_step(ended, code)[0]) == "a b[c | ] m z"
    back = editing.lead_on(made, "c", to="a")
    assert told(back) == "a b[c >a | ] m z" and told(editing.lead_on(back, "c", to="")) == "a b[c | ] m z"
    cut = editing.end_here(made, "a", name="")[0]
    kept, why = editing.settle(made, cut)
    assert kept == made and {one.code for one in why} == {"flow.unreachable"}


def test_flow_from_elsewhere_is_drawn_whole():
    made = graph(
        split("b", "c", "q"),
        split("c", "p", "z"),
        pass_("p", "m"),
        pass_("q", "m"),
        pass_("m", "z"),
        end(),
        pass_("s", "q"),
    )
    assert told(made) == "b[c[ | >z] p | q] m z // s >q"
    twice = graph(pass_("a", "z"), pass_("a", "z"), end())
    assert told(twice) == "a z // a_2 >z"
    broken = {"steps": [7, {"code": "a", "kind": "branch", "arms": "x"}, {"code": "b", "kind": "hologram"}]}
    assert told(broken) == "a[] // b >"
    assert told({}) == "" and told({"steps": "x"}) == ""


def test_name_of_a_value_changes_wherever_it_is_read():
    step = {**approve("a", {"source": "formula", "params": {"text": "[主管]"}}), "next": "b"}
    made = graph(step, split("b", "z", "z"), end())
    made["steps"][1]["arms"][0]["when"] = '[金额] > 5 AND 【主管】 = "1"'
    fields = [{"name": "预计金额", "type": "number", "was": "金额"}, {"name": "上级", "type": "text", "was": "主管"}]
    found = editing.set_fields(made, fields)
    assert found["steps"][1]["arms"][0]["when"] == '[预计金额] > 5 AND 【上级】 = "1"'
    assert found["steps"][0]["assignees"][0]["params"]["text"] == "[上级]"
    assert found["fields"] == [{"name": "预计金额", "type": "number"}, {"name": "上级", "type": "text"}]


ACTS = st.sampled_from(
    ["add", "add", "add", "remove", "move", "shift", "copy", "add_arm", "remove_arm", "move_arm", "lead_on", "end"]
)
NUMBER = st.integers(0, 999)


def places_of(document):
    found = [""]
    for _line, _place, item in walk(read_tree(document).lines):
        if isinstance(item, Split):
            found += [f"{item.code}>", *(f"{item.code}:{place}" for place in range(len(item.arms)))]
        elif not isinstance(item, Jump):
            found.append(item.code)
    return found


def act(document, name, one, two):
    """One act with whatever step and place the numbers mean."""
    codes = [step["code"] for step in steps_of(document)] or ["s1"]
    places = places_of(document)
    code, at, to = codes[one % len(codes)], places[two % len(places)], codes[two % len(codes)]
    calls = {
        "add": lambda: add(document, editing.ADDED[one % 8], at=at)[0],
        "remove": lambda: editing.remove_step(document, code)[0],
        "move": lambda: editing.move_step(document, code, at=at),
        "shift": lambda: editing.shift_step(document, code, by=("up", "down", "left", "right")[two % 4]),
        "copy": lambda: editing.copy_step(document, code)[0],
        "add_arm": lambda: editing.add_arm(document, code)[0],
        "remove_arm": lambda: editing.remove_arm(document, code, two % 4),
        "move_arm": lambda: editing.move_arm(document, code, two % 4, by=1),
        "lead_on": lambda: editing.lead_on(document, at, to=to if one % 3 else ""),
        "end": lambda: editing.end_here(document, at, name="到此为止")[0],
    }
    return editing.settle(document, calls[name]())[0]


@settings(max_examples=120)
@given(st.lists(st.tuples(ACTS, NUMBER, NUMBER), max_size=25))
def test_whatever_is_done_the_flow_hangs_together_and_only_lacks_things(acts):
    document = EMPTY
    for name, one, two in acts:
        before = repr(document)
        made = act(document, name, one, two)
        assert repr(document) == before, "an act changes no document"
        drawn = [code for _l, _p, item in walk(read_tree(made).lines) for code in [getattr(item, "code", "")] if code]
        joins = [item.join for _l, _p, item in walk(read_tree(made).lines) if isinstance(item, Split) and item.join]
        assert sorted(drawn + joins) == sorted(step["code"] for step in made["steps"]), "every step has one place"
        assert editing.faults_of(made) == ()
        document = made
    read = read_flow(FlowDocument.model_validate(document))
    lacking = {
        "flow.no_steps",
        "flow.no_assignee",
        "flow.no_span",
        "flow.no_action",
        "flow.no_flow",
        "flow.no_limit",
        "flow.no_condition",
    }
    assert {one.code for one in read.problems} <= lacking


@settings(max_examples=80)
@given(st.lists(st.tuples(ACTS, NUMBER, NUMBER), max_size=20), NUMBER, NUMBER)
def test_step_moved_away_and_back_stands_where_it_stood(acts, one, two):
    document = EMPTY
    for name, first, second in acts:
        document = act(document, name, first, second)
    codes = [step["code"] for step in steps_of(document)]
    if not codes:
        return
    moved = act(document, "move", one, two)
    assert sorted(step["code"] for step in moved["steps"]) == sorted(codes), "nothing is lost on the way"
    assert {step["code"]: step.get("name") for step in moved["steps"]} == {
        step["code"]: step.get("name") for step in document["steps"]
    }


@pytest.mark.parametrize("kind", editing.ADDED)
def test_step_that_is_added_can_be_taken_out_again(kind):
    made = graph(pass_("a", "z"), end())
    more, code = add(made, kind, at="a")
    assert editing.remove_step(more, code)[0] == made
