"""What a designer does to the document of a flow: each act takes a document and gives a new one.

Places in the tree have names, which pages send back: "" is the way in, "s1" after a step, "s1:0" the head of an arm,
"s1>" after a whole split. Acts that make no sense change nothing; `settle` refuses those that would leave a sound flow
unsound (a step nobody comes to, a way to nowhere). Documents here are plain, as in `flow_tree`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sextant.engines.flow import Arm, Code, Node, StepKind, check
from sextant.engines.formula import parse
from sextant.engines.values import Problem
from sextant.lowcode.policy.flow_graph import Graph
from sextant.lowcode.policy.flow_sources import UNWRITTEN
from sextant.lowcode.policy.flow_tree import (
    START,
    Document,
    Edge,
    Split,
    arms_of,
    codes_in,
    steps_of,
    ways_of,
)

MOST_ARMS = 20
_NEVER = parse("FALSE", names={}).value
_STRUCTURE = frozenset(
    {
        Code.CODE_TWICE,
        Code.UNKNOWN_NEXT,
        Code.NOWHERE,
        Code.UNREACHABLE,
        Code.NO_END,
        Code.NO_WAY_OUT,
        Code.NO_DEFAULT,
        Code.DEFAULT_NOT_LAST,
        Code.FEW_ARMS,
        Code.RUNS_IN_CIRCLES,
        Code.JOIN_WITHOUT_FORK,
        Code.JOINS_APART,
        Code.CROSSES_ARMS,
    }
)
ADDED = ("form", "approve", "copy", "wait", "branch", "fork", "call", "subflow")
"""What is added at a place. A join comes with its fork, the first end with the first step."""


def add_step(document: Mapping[str, Any], *, kind: str, name: str, at: str, end: str = "") -> tuple[Document, str]:
    """The document with a new step at the place, and its code. A branch comes with a condition and 其他情况, a fork
    with two arms and their join; the first step of a flow brings an end, called `end`."""
    graph, code = Graph(document), ""
    edges = graph.edges_at(at)
    if kind not in ADDED or edges is None:
        return graph.document(), code
    if not graph.steps:
        graph.put({"code": graph.free("end"), "kind": "end", "name": end})
    code, then = graph.free("s"), graph.target(edges)
    made: Document = {"code": code, "kind": kind, "name": graph.free_name(name)}
    if kind == "branch":
        made["arms"] = [{"when": UNWRITTEN, "next": then, "name": ""}, {"when": "", "next": then, "name": ""}]
    elif kind == "fork":
        join = graph.free("s", taken={code})
        made["arms"] = [{"when": "", "next": join, "name": ""} for _ in range(2)]
        graph.put({"code": join, "kind": "join", "name": "", "next": then})
    else:
        made["next"] = then
    graph.put(made)
    graph.lead(edges, code)
    return graph.document(), code


def remove_step(document: Mapping[str, Any], code: str) -> tuple[Document, str]:
    """The document without the step, a split without its arms, and the code of what took its place; whatever led to
    them leads on to what followed. The last end stays; a flow of which only ends would be left is empty."""
    graph = Graph(document)
    found = graph.find(code)
    if found is None:
        return graph.document(), code
    line, _place, item = found
    gone = set(codes_in(item))
    if all(graph.steps[one].get("kind") == "end" for one in graph.steps.keys() - gone):
        return {**document, "steps": []}, ""
    then = graph.target(item.outs) if item.outs else ""
    then = then if then and then not in gone else graph.goal(line, besides=gone)
    if not then:
        return graph.document(), code
    graph.remove(gone, then)
    return graph.document(), then


def move_step(document: Mapping[str, Any], code: str, *, at: str) -> Document:
    """The document with the step, a split with all that is in it, at another place. Ends and what ends stay."""
    graph = Graph(document)
    found, edges = graph.find(code), graph.edges_at(at)
    if found is None or edges is None or not found[2].outs:
        return graph.document()
    item = found[2]
    inside = set(codes_in(item))
    if any(edge.step in inside and edge not in item.outs for edge in edges):
        return graph.document()
    places = tuple(dict.fromkeys(one for edge in edges for one in (item.ins if edge in item.outs else (edge,))))
    if not places or places == item.ins:
        return graph.document()
    graph.lead(item.ins, graph.target(item.outs))
    then = graph.target(places)
    graph.lead(item.outs, then)
    graph.lead(places, code)
    return graph.document()


def shift_step(document: Mapping[str, Any], code: str, *, by: str) -> Document:
    """The document with the step one place `up` or `down` (past a whole split, out of an arm at its ends), or in the
    arm to the `left` or `right`."""
    graph = Graph(document)
    found = graph.find(code)
    if found is None:
        return graph.document()
    line, place, _item = found
    at = graph.beside(line, place, by) if by in ("left", "right") else graph.along(line, place, by)
    return graph.document() if at is None else move_step(document, code, at=at)


def copy_step(document: Mapping[str, Any], code: str) -> tuple[Document, str]:
    """The document with a copy behind the step, of a split with all that is in it, and the copy's code."""
    graph = Graph(document)
    found = graph.find(code)
    if found is None or not found[2].outs:
        return graph.document(), code
    item = found[2]
    codes: dict[str, str] = {}
    for one in codes_in(item):
        codes[one] = graph.free("s", taken=set(codes.values()))
    then = graph.target(item.outs)
    for one, new in codes.items():
        made = _copied(graph.steps[one], new, codes)
        made["name"] = graph.free_name(str(made.get("name") or ""))
        graph.put(made)
    graph.lead([Edge(codes[edge.step], edge.arm) for edge in item.outs], then)
    graph.lead(item.outs, codes[code])
    return graph.document(), codes[code]


def add_arm(document: Mapping[str, Any], code: str) -> tuple[Document, int]:
    """The document with another arm: of a branch before 其他情况, of a fork at the end; and the place of the arm."""
    graph = Graph(document)
    found = graph.find(code)
    if found is None or not isinstance(found[2], Split) or len(found[2].arms) >= MOST_ARMS:
        return graph.document(), 0
    item, arms = found[2], arms_of(graph.steps[code])
    is_branch = item.kind == "branch"
    then = item.merge or graph.goal(found[0], besides=set(codes_in(item)))
    place = max(len(arms) - 1, 0) if is_branch else len(arms)
    arms.insert(place, {"when": UNWRITTEN if is_branch else "", "next": then, "name": ""})
    graph.steps[code] = {**graph.steps[code], "arms": arms}
    return graph.document(), place


def remove_arm(document: Mapping[str, Any], code: str, place: int) -> Document:
    """The document without an arm and the steps in it. Where only one arm would stay, the split goes and its steps
    stand in the line; 其他情况 of a branch stays."""
    graph = Graph(document)
    found = graph.find(code)
    if found is None or not isinstance(found[2], Split) or not 0 <= place < len(found[2].arms):
        return graph.document()
    item = found[2]
    if item.kind == "branch" and place == len(item.arms) - 1:
        return graph.document()
    gone = {one for inner in item.arms[place].items for one in codes_in(inner)}
    then = item.merge or graph.goal(found[0], besides=gone | {code})
    arms = arms_of(graph.steps[code])
    del arms[place]
    graph.steps[code] = {**graph.steps[code], "arms": arms}
    graph.remove(gone, then)
    if len(arms) == 1:
        graph.remove({code}, ways_of(graph.steps[code])[0])
        if item.join and item.join in graph.steps:
            graph.remove({item.join}, ways_of(graph.steps[item.join])[0])
    return graph.document()


def move_arm(document: Mapping[str, Any], code: str, place: int, *, by: int) -> Document:
    """The document with the arm one place further; 其他情况 stays last."""
    graph = Graph(document)
    step = graph.steps.get(code, {})
    arms = arms_of(step)
    movable = len(arms) - 1 if step.get("kind") == "branch" else len(arms)
    to = place + by
    if not (0 <= place < movable and 0 <= to < movable):
        return graph.document()
    arms.insert(to, arms.pop(place))
    graph.steps[code] = {**step, "arms": arms}
    return graph.document()


def set_arm(document: Mapping[str, Any], code: str, place: int, values: Mapping[str, str]) -> Document:
    """The document with these values in the arm. A condition that is emptied counts as not written; 其他情况 has
    none."""
    graph = Graph(document)
    step = graph.steps.get(code, {})
    arms = arms_of(step)
    if not 0 <= place < len(arms):
        return graph.document()
    given = dict(values)
    if step.get("kind") != "branch" or place == len(arms) - 1:
        given.pop("when", None)
    elif "when" in given:
        given["when"] = given["when"].strip() or UNWRITTEN
    arms[place] = {**arms[place], **given}
    graph.steps[code] = {**step, "arms": arms}
    return graph.document()


def lead_on(document: Mapping[str, Any], at: str, *, to: str) -> Document:
    """The document with the place leading to a step anywhere (转到); `to` "" is on with the line, as before."""
    graph = Graph(document)
    edges, line = graph.edges_at(at), graph.line_at(at)
    if not edges or line is None:
        return graph.document()
    then = to or graph.goal(line, besides=set())
    if then not in graph.steps:
        return graph.document()
    graph.lead(edges, then)
    return graph.document()


def end_here(document: Mapping[str, Any], at: str, *, name: str) -> tuple[Document, str]:
    """The document with an end at the place, and its code."""
    graph = Graph(document)
    edges = graph.edges_at(at)
    if not edges or edges == (START,):
        return graph.document(), ""
    code = graph.free("end")
    graph.put({"code": code, "kind": "end", "name": name}, is_last=False)
    graph.lead(edges, code)
    return graph.document(), code


def set_step(document: Mapping[str, Any], code: str, values: Mapping[str, Any]) -> Document:
    """The document with these values in the step; a value that is None is taken out, so that its default holds. Where
    it leads and what it is are no values."""
    steps = steps_of(document)
    for one in steps:
        if one["code"] == code:
            one.update({key: value for key, value in values.items() if key not in ("code", "kind", "next", "arms")})
            for key in [key for key, value in one.items() if value is None]:
                del one[key]
    return {**document, "steps": steps}


def set_fields(document: Mapping[str, Any], fields: Sequence[Mapping[str, str]]) -> Document:
    """The document with these values of the flow (`name`, `type`, and `was`: the name it had). Conditions and
    formulas that read a name which changed read it under the new one."""
    renamed = {one["was"]: one["name"] for one in fields if one.get("was") and one["was"] != one["name"]}
    listed = [{"name": one["name"], "type": one["type"]} for one in fields]
    steps = [_renamed(one, renamed) for one in steps_of(document)] if renamed else document.get("steps", [])
    return {**document, "fields": listed, "steps": steps}


def settle(before: Mapping[str, Any], after: Document) -> tuple[Document, tuple[Problem, ...]]:
    """What an act made of a document, or the document as it was and the faults the act would have put into a sound
    one. A document that had faults already may be changed in any way: how else would it be mended."""
    wrong = faults_of(after)
    return (dict(before), wrong) if wrong and not faults_of(before) else (after, ())


def faults_of(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What is wrong with how the steps hang together (codes of `engines.flow.Code`); nothing about what they lack."""
    nodes = tuple(_node(one) for one in steps_of(document))
    return tuple(one for one in check(nodes) if one.code in _STRUCTURE)


def _node(step: Mapping[str, Any]) -> Node:
    kinds = {kind.value: kind for kind in StepKind}
    kind = kinds.get(str(step.get("kind")), StepKind.WAIT)
    arms = tuple(
        Arm(str(one.get("next") or ""), _NEVER if str(one.get("when") or "").strip() else None) for one in arms_of(step)
    )
    return Node(str(step["code"]), kind, str(step.get("name") or ""), str(step.get("next") or ""), arms)


def _copied(step: Mapping[str, Any], code: str, codes: Mapping[str, str]) -> Document:
    """The step under its new code, leading to copies where what it led to was copied."""
    made = {**step, "code": code}
    if "next" in made:
        made["next"] = codes.get(str(made["next"]), made["next"])
    if "arms" in made:
        made["arms"] = [{**one, "next": codes.get(str(one.get("next")), one.get("next"))} for one in arms_of(step)]
    return made


def _renamed(step: Document, names: Mapping[str, str]) -> Document:
    """The step with names of values changed wherever a formula of it reads them."""

    def write(text: object) -> object:
        found = re.sub(
            r"([\[【])([^\]】]*)([\]】])", lambda one: f"{one[1]}{names.get(one[2], one[2])}{one[3]}", str(text)
        )
        return found if isinstance(text, str) else text

    def rewrite(asked: object) -> object:
        if not isinstance(asked, Mapping) or asked.get("source") != "formula":
            return asked
        params = dict(asked.get("params") or {})
        return {**asked, "params": {**params, "text": write(params.get("text", ""))}}

    made = dict(step)
    if "arms" in made:
        made["arms"] = [{**one, "when": write(one.get("when", ""))} for one in arms_of(step)]
    if isinstance(made.get("assignees"), list | tuple):
        made["assignees"] = [rewrite(one) for one in made["assignees"]]
    return made
