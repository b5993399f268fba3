"""Publications written down as HR would check them."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from sextant.engines.anonymity import Group, decide_publication

CASES = tomllib.loads((Path(__file__).parent / "cases" / "publications.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_publication(case: dict[str, Any]) -> None:
    names = [name for name, _above, _counts in case["groups"]]
    groups = [
        Group(names.index(name), names.index(above) if above else None, tuple(counts))
        for name, above, counts in case["groups"]
    ]
    found = decide_publication(groups, least=case["least"])
    assert {names[key]: shown.answers for key, shown in found.shown.items()} == case["shown"]
    blocks = {names[key]: "" if block is None else names[block] for key, block in found.block_of.items()}
    assert blocks == case["blocks"]
    assert found.unshown == case["unshown"]


@pytest.mark.parametrize(
    "groups",
    [
        [Group(1, 9, (1,))],
        [Group(1, None, (1,)), Group(2, 3, (1,)), Group(3, 2, (1,))],
    ],
    ids=["parent not there", "circle"],
)
def test_a_tree_that_is_none_is_refused(groups: list[Group]) -> None:
    with pytest.raises(ValueError, match="topmost"):
        decide_publication(groups, least=5)


def test_a_threshold_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="0"):
        decide_publication([], least=0)
