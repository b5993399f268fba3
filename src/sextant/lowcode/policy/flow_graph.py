"""The steps of a flow while an act changes how they hang together."""

from collections.abc import Mapping, Sequence
from typing import Any

from sextant.lowcode.policy.flow_tree import (
    SPLITS,
    START,
    Document,
    Edge,
    Jump,
    Line,
    Single,
    Split,
    arms_of,
    codes_in,
    read_tree,
    steps_of,
    walk,
    ways_of,
)

Found = tuple[Line, int, Single | Split]
"""An item with its line and its place in it."""


class Graph:
    """Steps by their codes, with the tree as it was before the act. What leads where may be changed; `document` gives
    the steps back in the order in which they are read, those that nothing leads to at the end."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.kept = document
        self.tree = read_tree(document)
        self.steps = {str(one["code"]): one for one in steps_of(document)}
        self.first = next(iter(self.steps), "")
        ends = [code for code, one in self.steps.items() if one.get("kind") == "end"]
        self.last_end = ends[-1] if ends else ""
        self.parents = {
            id(arm): (line, place, item, number)
            for line, place, item in walk(self.tree.lines)
            if isinstance(item, Split)
            for number, arm in enumerate(item.arms)
        }

    def document(self) -> Document:
        """The document with the steps as they are now."""
        ordered = [self.first, *(code for code in self.steps if code != self.first)] if self.first else []
        drawn = read_tree({"steps": [self.steps[code] for code in ordered if code in self.steps]})
        read = [code for line in drawn.lines for item in line.items for code in codes_in(item)]
        return {**self.kept, "steps": [self.steps[code] for code in read]}

    def find(self, code: str) -> Found | None:
        """The step in the tree, a split with its arms; None for one that is not there, and for a join of a fork."""
        for line, place, item in walk(self.tree.lines):
            if not isinstance(item, Jump) and item.code == code:
                return line, place, item
        return None

    def edges_at(self, at: str) -> tuple[Edge, ...] | None:
        """The ways that lead through a place; None for one that is not there."""
        code, mark, arm = at.partition(":")
        if not at:
            return (START,)
        if mark:
            there = arm.isdecimal() and int(arm) < len(ways_of(self.steps.get(code, {})))
            return (Edge(code, int(arm)),) if there and self.steps[code].get("kind") in SPLITS else None
        if code.endswith(">"):
            found = self.find(code[:-1])
            return found[2].outs or None if found else None
        kind = self.steps.get(code, {}).get("kind", "end")
        return None if kind == "end" or kind in SPLITS else (Edge(code),)

    def line_at(self, at: str) -> Line | None:
        """The line in which a place is."""
        code, mark, arm = at.rstrip(">").partition(":")
        if not code:
            return self.tree.line
        for line, _place, item in walk(self.tree.lines):
            if isinstance(item, Jump) or code not in (item.code, getattr(item, "join", "")):
                continue
            if mark and isinstance(item, Split) and arm.isdecimal() and int(arm) < len(item.arms):
                return item.arms[int(arm)]
            return line
        return None

    def target(self, edges: Sequence[Edge]) -> str:
        """Where these ways lead: all of them to the same step, so the first says it."""
        if not edges or edges[0] == START:
            return self.first
        ways = ways_of(self.steps[edges[0].step])
        return ways[edges[0].arm or 0] if ways else ""

    def goal(self, line: Line, *, besides: set[str]) -> str:
        """Where a line goes on that is cut: where the lines beside it meet it, else the end of the flow; "" when there
        is neither."""
        wanted = (line.until, self.last_end)
        return next((code for code in wanted if code in self.steps and code not in besides), "")

    def lead(self, edges: Sequence[Edge], to: str) -> None:
        """Let these ways lead to a step."""
        for edge in edges:
            if edge == START:
                self.first = to
            elif edge.arm is None:
                self.steps[edge.step] = {**self.steps[edge.step], "next": to}
            else:
                arms = arms_of(self.steps[edge.step])
                arms[edge.arm]["next"] = to
                self.steps[edge.step] = {**self.steps[edge.step], "arms": arms}

    def put(self, step: Document, *, is_last: bool = True) -> None:
        """Add a step; one that is not the last stands before the others: the last end is the one that flows go on
        to."""
        code = str(step["code"])
        self.steps = {**self.steps, code: step} if is_last else {code: step, **self.steps}
        self.first = self.first or code

    def remove(self, codes: set[str], then: str) -> None:
        """Take steps out; every way that led to them leads to `then`."""
        for code in codes:
            self.steps.pop(code, None)
        for code, step in self.steps.items():
            if step.get("next") in codes:
                self.steps[code] = step = {**step, "next": then}
            if step.get("kind") in SPLITS:
                arms = [{**one, "next": then if one.get("next") in codes else one.get("next")} for one in arms_of(step)]
                self.steps[code] = {**step, "arms": arms}
        if self.first in codes:
            self.first = then

    def free(self, prefix: str, *, taken: set[str] | None = None) -> str:
        """A code that no step has. Codes are not used again at once: a run may still stand at the step that had it."""
        used = {*self.steps, *(taken or ())}
        number = 1 if prefix != "end" else 0
        while (code := f"{prefix}{number or ''}") in used:
            number += 1
        return code

    def free_name(self, name: str) -> str:
        """The name, numbered when a step has it: people tell steps apart by their names."""
        taken = {str(one.get("name") or "") for one in self.steps.values()}
        number, found = 1, name
        while name and found in taken:
            number += 1
            found = f"{name} {number}"
        return found

    def along(self, line: Line, place: int, by: str) -> str | None:
        """The place one further up or down than the item; out of its arm at the ends of it. None at the very ends."""
        parent = self.parents.get(id(line))
        if by == "up":
            if place > 0:
                return self._before(line, place - 1)
            return self._before(parent[0], parent[1]) if parent else None
        if place + 1 < len(line.items):
            return _after(line.items[place + 1])
        return _after(parent[2]) if parent and line.outs else None

    def beside(self, line: Line, place: int, by: str) -> str | None:
        """The place at the same height in the arm beside; None when there is none."""
        parent = self.parents.get(id(line))
        if parent is None:
            return None
        _line, _place, split, number = parent
        to = number + (1 if by == "right" else -1)
        if not 0 <= to < len(split.arms):
            return None
        above = [one for one in map(_after, split.arms[to].items[:place]) if one is not None]
        return above[-1] if above else f"{split.code}:{to}"

    def _before(self, line: Line, place: int) -> str | None:
        if place > 0:
            return _after(line.items[place - 1])
        if line.way_in is None:
            return None
        return "" if line.way_in == START else f"{line.way_in.step}:{line.way_in.arm}"


def _after(item: Single | Split | Jump) -> str | None:
    if isinstance(item, Jump) or not item.outs:
        return None
    return f"{item.code}>" if isinstance(item, Split) else item.code
