"""Where the elements of a flow stand in its picture, and how the lines between them run.

Steps stand below each other, as far down as their longest way from the start; ways of a branch or a fork side by side.
A line goes straight down to the row below; one that passes rows goes around in a lane of its own, beside everything it
passes, and so does one that leads back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

ROW, COLUMN, LANE = 140, 190, 24
LEFT, TOP = 200, 80
TASK, GATE, EVENT = (120, 72), (50, 50), (36, 36)
LINE = 16
"""Height of a line of text."""
TURN, BEND = 48, 58
"""How far from the middle of a row lines turn: outside every box, those that go around nearer to the row."""
TASKS = frozenset({"userTask", "sendTask", "serviceTask", "callActivity"})
Point = tuple[int, int]
Way = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Box:
    """An element by its centre and its size."""

    x: int
    y: int
    width: int
    height: int

    @property
    def top(self) -> Point:
        """Where lines come in."""
        return self.x, self.y - self.height // 2

    @property
    def bottom(self) -> Point:
        """Where lines go out."""
        return self.x, self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes by element, and the points of each line in the order of the ways."""

    boxes: Mapping[str, Box]
    lines: Sequence[tuple[Point, ...]]


def lay_out(kinds: Mapping[str, str], ways: Sequence[Way], *, start: str) -> Layout:
    """The picture of a process: `kinds` are the BPMN elements by key, `ways` the lines from one to another.

    >>> layout = lay_out({"s": "startEvent", "a": "userTask"}, [("s", "a")], start="s")
    >>> layout.boxes["a"].y - layout.boxes["s"].y, layout.lines[0]
    (140, ((200, 98), (200, 184)))
    """
    after: dict[str, list[str]] = {}
    for source, target in ways:
        after.setdefault(source, []).append(target)
    rows = _rows(list(kinds), after, start)
    columns = _columns(list(kinds), after, rows)
    boxes = {key: Box(LEFT + COLUMN * columns[key], TOP + ROW * rows[key], *_size(kind)) for key, kind in kinds.items()}
    lanes = _Lanes(boxes.values())
    return Layout(boxes, [_line(boxes[source], boxes[target], rows, source, target, lanes) for source, target in ways])


def _rows(keys: Sequence[str], after: Mapping[str, Sequence[str]], start: str) -> dict[str, int]:
    """The length of the longest way to each element, circles left out; what no way leads to stands below."""
    order: list[str] = []
    forward: list[Way] = []
    seen, open_now = {start}, {start}
    todo = [(start, iter(after.get(start, ())))]
    while todo:
        key, targets = todo[-1]
        target = next(targets, None)
        if target is None:
            todo.pop()
            open_now.discard(key)
            order.append(key)
        elif target not in open_now:  # a way to an element on the way here leads back
            forward.append((key, target))
            if target not in seen:
                seen.add(target)
                open_now.add(target)
                todo.append((target, iter(after.get(target, ()))))
    rows = {start: 0}
    below: dict[str, list[str]] = {}
    for source, target in forward:
        below.setdefault(source, []).append(target)
    for key in reversed(order):
        for target in below.get(key, ()):
            rows[target] = max(rows.get(target, 0), rows.setdefault(key, 0) + 1)
    last = max(rows.values())
    for key in keys:
        if key not in rows:
            last += 1
            rows[key] = last
    return rows


def _columns(keys: Sequence[str], after: Mapping[str, Sequence[str]], rows: Mapping[str, int]) -> dict[str, int]:
    """Ways side by side: below the leftmost element that leads there, in the first column that is free in the row."""
    columns: dict[str, int] = {}
    wanted = dict.fromkeys(keys, 0)
    reached: set[str] = set()
    for row in range(max(rows.values()) + 1):
        taken: set[int] = set()
        for key in sorted((one for one in keys if rows[one] == row), key=lambda one: wanted[one]):
            column = wanted[key]
            while column in taken:
                column += 1
            taken.add(column)
            columns[key] = column
            onward = [one for one in dict.fromkeys(after.get(key, ())) if rows[one] > row]
            for place, target in enumerate(onward):
                wanted[target] = min(wanted[target], column + place) if target in reached else column + place
                reached.add(target)
    return columns


class _Lanes:
    """Free places for lines that go around: right of everything for those that lead on, left for those that return."""

    def __init__(self, boxes: Collection[Box]) -> None:
        self.right = max(box.x + box.width // 2 for box in boxes)
        self.left = min(box.x - box.width // 2 for box in boxes)

    def onward(self) -> int:
        """The next lane on the right."""
        self.right += LANE
        return self.right

    def back(self) -> int:
        """The next lane on the left."""
        self.left -= LANE
        return self.left


def _line(
    source: Box, target: Box, rows: Mapping[str, int], leaving: str, coming: str, lanes: _Lanes
) -> tuple[Point, ...]:
    (x, y), (end_x, end_y) = source.bottom, target.top
    if rows[coming] == rows[leaving] + 1:
        if x == end_x:
            return (x, y), (end_x, end_y)
        bend = target.y - BEND
        return (x, y), (x, bend), (end_x, bend), (end_x, end_y)
    lane = lanes.onward() if rows[coming] > rows[leaving] else lanes.back()
    out, into = source.y + TURN, target.y - TURN
    return (x, y), (x, out), (lane, out), (lane, into), (end_x, into), (end_x, end_y)


def goes_around(points: Sequence[Point]) -> bool:
    """Whether a line runs in a lane."""
    return len(points) == 6


def place_of_label(points: Sequence[Point], width: int) -> Point:
    """Where the name of a line begins: beside a straight one, above the turn of one that changes its column, above the
    first turn of one that goes around."""
    (x, y), (end_x, end_y) = points[0], points[-1]
    if len(points) == 2:
        return x + 6, (y + end_y - LINE) // 2
    turn = points[1][1]
    if len(points) == 4:
        return (end_x - width - 6 if end_x > x else end_x + 6), turn - LINE - 2
    return (x + 24 if points[2][0] > x else x - width - 24), turn - LINE - 2


def _size(kind: str) -> tuple[int, int]:
    if kind in TASKS:
        return TASK
    return GATE if "Gateway" in kind else EVENT
