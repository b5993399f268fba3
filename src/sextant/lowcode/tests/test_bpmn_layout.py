"""The picture of a flow: no box on another, and no line through a box it does not belong to."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.lowcode.flows.bpmn_layout import lay_out

KINDS = ("userTask", "exclusiveGateway", "parallelGateway", "endEvent")
CASES = {
    "line": [("s", "a"), ("a", "b")],
    "branch with a way past its arms": [("s", "g"), ("g", "a"), ("g", "z"), ("a", "b"), ("b", "z")],
    "fork within a fork": [
        ("s", "f"), ("f", "a"), ("f", "g"), ("g", "b"), ("g", "c"), ("b", "n"), ("c", "n"), ("n", "m"), ("a", "m"),
    ],
    "loop": [("s", "a"), ("a", "g"), ("g", "a"), ("g", "z")],
}  # fmt: skip


def drawn(ways, kinds=None):
    keys = list(dict.fromkeys(key for way in ways for key in way))
    return lay_out({key: (kinds or {}).get(key, "userTask") for key in keys}, ways, start="s")


def edges(box):
    return box.x - box.width / 2, box.y - box.height / 2, box.x + box.width / 2, box.y + box.height / 2


def overlaps(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def sound(layout, ways):
    boxes = layout.boxes
    assert not [pair for pair in combinations(boxes, 2) if overlaps(edges(boxes[pair[0]]), edges(boxes[pair[1]]))]
    for (source, target), points in zip(ways, layout.lines, strict=True):
        assert (points[0], points[-1]) == (boxes[source].bottom, boxes[target].top)
        for (x, y), (end_x, end_y) in pairwise(points):
            assert x == end_x or y == end_y  # at right angles
            stroke = min(x, end_x), min(y, end_y), max(x, end_x), max(y, end_y)
            assert not [key for key, box in boxes.items() if overlaps(edges(box), stroke)]


@pytest.mark.parametrize("name", CASES)
def test_a_picture_can_be_read(name):
    layout = drawn(CASES[name])
    sound(layout, CASES[name])
    if name == "branch with a way past its arms":
        assert layout.boxes["z"].x == layout.boxes["a"].x == layout.boxes["g"].x


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=18), st.lists(st.sampled_from(KINDS)))
def test_any_picture_can_be_read(pairs, kinds):
    ways = [("s", "n0"), *((f"n{source}", f"n{target}") for source, target in dict.fromkeys(pairs))]
    sound(drawn(ways, {f"n{place}": kind for place, kind in enumerate(kinds)}), ways)
