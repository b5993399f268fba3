"""A flow as a tree that can be read aloud: lines of steps, branches with their arms, and where they meet again.

The document is a graph; what is drawn is a tree. Every step of the document has one place in it. A way that leads to a
step drawn elsewhere (flows from other tools are not made of blocks) stands as a jump, "转到 …"; what no way leads to
stands in lines of its own. Documents here are plain: a draft may be wrong in any part, and is still drawn.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
SPLITS = frozenset({"branch", "fork"})


@dataclass(frozen=True, slots=True)
class Edge:
    """A way on from a step, of a split that of an arm (counted from 0). The way in has no step."""

    step: str
    arm: int | None = None


START = Edge("")


@dataclass(frozen=True, slots=True)
class Single:
    """A step in a line. `ins` are the ways that lead to it here."""

    code: str
    kind: str
    ins: tuple[Edge, ...]
    outs: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Jump:
    """The line goes on at a step drawn elsewhere; `to` "" where it goes nowhere yet."""

    to: str
    ins: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """A branch or a fork with its arms. `merge` is where arms meet ("": each goes to an end of its own), `join` the
    join that closes a fork. `outs` are the ways that lead on from the whole."""

    code: str
    kind: str
    ins: tuple[Edge, ...]
    outs: tuple[Edge, ...]
    arms: tuple["Line", ...]
    merge: str
    join: str = ""


Item = Single | Split | Jump


@dataclass(frozen=True, slots=True)
class Line:
    """Steps one after the other. `way_in` leads to its first (None: no way does), `outs` lead on to `until`, where the
    lines beside it meet it ("" at the end of everything)."""

    items: tuple[Item, ...]
    way_in: Edge | None
    outs: tuple[Edge, ...]
    until: str = ""


@dataclass(frozen=True, slots=True)
class Tree:
    """The whole flow, and lines of steps that no way leads to."""

    line: Line
    strays: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The main line first."""
        return (self.line, *self.strays)


def steps_of(document: Mapping[str, Any]) -> list[Document]:
    """The steps of a document, whatever else it says; parts that are no steps are left out. Of two with one code the
    second gets a code of its own: it is drawn as a step that no way leads to, and can be mended."""
    listed = document.get("steps")
    found: dict[str, Document] = {}
    for one in listed if isinstance(listed, list | tuple) else ():
        if isinstance(one, Mapping) and isinstance(one.get("code"), str) and one["code"]:
            code, number = one["code"], 2
            while code in found:
                code, number = f"{one['code'][:55]}_{number}", number + 1
            found[code] = {**one, "code": code}
    return list(found.values())


def arms_of(step: Mapping[str, Any]) -> list[Document]:
    """The arms of a split."""
    listed = step.get("arms")
    return [dict(one) for one in listed if isinstance(one, Mapping)] if isinstance(listed, list | tuple) else []


def ways_of(step: Mapping[str, Any]) -> list[str]:
    """Where a step leads, in the order of its arms; nowhere from an end."""
    if step.get("kind") in SPLITS:
        return [str(one.get("next") or "") for one in arms_of(step)]
    return [] if step.get("kind") == "end" else [str(step.get("next") or "")]


def read_tree(document: Mapping[str, Any]) -> Tree:
    """The tree of a document.

    >>> steps = [{"code": "a", "kind": "approve", "next": "z"}, {"code": "z", "kind": "end"}]
    >>> [one.code for one in read_tree({"steps": steps}).line.items]
    ['a', 'z']
    """
    return _Drawing(steps_of(document)).tree()


def walk(lines: Sequence[Line]) -> Iterator[tuple[Line, int, Item]]:
    """Every item with its line and its place in it, in the order one reads them."""
    for line in lines:
        for place, item in enumerate(line.items):
            yield line, place, item
            if isinstance(item, Split):
                yield from walk(item.arms)


def codes_in(item: Item) -> list[str]:
    """The steps an item consists of, a split with all its arms and its join."""
    if isinstance(item, Jump):
        return []
    if isinstance(item, Single):
        return [item.code]
    inner = [code for line in item.arms for one in line.items for code in codes_in(one)]
    return [item.code, *inner, *([item.join] if item.join else [])]


class _Drawing:
    """One drawing. What a step reaches is known from the graph without its ways back."""

    def __init__(self, steps: Sequence[Document]) -> None:
        self.steps = {str(one["code"]): one for one in steps}
        self.shown: set[str] = set()
        ends = [code for code, one in self.steps.items() if one.get("kind") == "end"]
        self.last_end = ends[-1] if ends else ""
        self.reach, self.rank = _reach(self.steps)

    def tree(self) -> Tree:
        """The main line, then whatever is left, each with what follows it."""
        first = next(iter(self.steps), "")
        line = self._line(first, (START,), START, ()) if first else Line((), START, (START,))
        strays = []
        for code in self.steps:
            if code not in self.shown:
                strays.append(self._line(code, (), None, ()))
        return Tree(line, tuple(strays))

    def _line(self, code: str, ins: tuple[Edge, ...], way_in: Edge | None, stops: tuple[str, ...]) -> Line:
        """From this step to where the line is met by others (the last of `stops`), an end, or a jump."""
        items: list[Item] = []
        until = stops[-1] if stops else ""
        after = self.reach.get(until, frozenset()).difference((until,))
        while not (until and code == until):
            if not code or code in self.shown or code in stops or code in after or code not in self.steps:
                items.append(Jump(code, ins))
                return Line(tuple(items), way_in, (), until)
            item, code = self._item(code, ins, stops)
            items.append(item)
            ins = item.outs
            if not ins:
                break
        return Line(tuple(items), way_in, ins, until)

    def _item(self, code: str, ins: tuple[Edge, ...], stops: tuple[str, ...]) -> tuple[Single | Split, str]:
        """The step with all that belongs to it, and the code of what follows."""
        self.shown.add(code)
        step = self.steps[code]
        kind = str(step.get("kind", ""))
        if kind not in SPLITS:
            outs = () if kind == "end" else (Edge(code),)
            return Single(code, kind, ins, outs), str(step.get("next") or "")
        ways = ways_of(step)
        merge = self._merge(ways, stops)
        inner = (*stops, merge) if merge else stops
        edges = [Edge(code, place) for place in range(len(ways))]
        arms = tuple(self._line(way, (edge,), edge, inner) for way, edge in zip(ways, edges, strict=True))
        on = tuple(edge for arm in arms for edge in arm.outs)
        if kind == "fork" and merge and merge not in stops and self.steps[merge].get("kind") == "join":
            self.shown.add(merge)
            joined = Split(code, kind, ins, (Edge(merge),), arms, merge, join=merge)
            return joined, str(self.steps[merge].get("next") or "")
        return Split(code, kind, ins, on, arms, merge), merge

    def _merge(self, ways: Sequence[str], stops: tuple[str, ...]) -> str:
        """Where the arms meet: the first step that as many of them as possible lead to. Where each goes its own way,
        the one that leads on is drawn below the others."""
        until = stops[-1] if stops else ""
        beyond = self.reach.get(until, frozenset()).difference((until,))
        reached = [self.reach.get(way, frozenset()) - beyond - self.shown for way in ways]
        counted: dict[str, int] = {}
        for found in reached:
            for code in found:
                counted[code] = counted.get(code, 0) + 1
        most = max(counted.values(), default=0)
        if most > 1:
            return min((code for code, number in counted.items() if number == most), key=lambda one: self.rank[one])
        goal = until or self.last_end
        on = [way for way, found in zip(ways, reached, strict=True) if goal in found]
        return on[0] if len(on) == 1 else ""


def _reach(steps: Mapping[str, Document]) -> tuple[dict[str, frozenset[str]], dict[str, int]]:
    """What each step leads to, itself included, without the ways back; and the order in which steps come."""
    reach: dict[str, frozenset[str]] = {}
    order: list[str] = []
    for root in steps:
        path: set[str] = set()
        todo: list[tuple[str, bool]] = [(root, False)]
        while todo:
            code, is_left = todo.pop()
            if is_left:
                path.discard(code)
                ahead = [reach[way] for way in ways_of(steps[code]) if way in reach]
                reach[code] = frozenset({code}).union(*ahead)
                order.append(code)
            elif code in steps and code not in reach and code not in path:
                path.add(code)
                todo.append((code, True))
                todo += [(way, False) for way in reversed(ways_of(steps[code]))]
    return reach, {code: place for place, code in enumerate(reversed(order))}
