"""Differences as a manager could read them, and what holds for every pair of documents."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.definitions import (
    ChangeKind,
    UpgradeImpossible,
    check_chain,
    check_size,
    diff_documents,
    diff_texts,
    document_digest,
    upgrade_document,
)

CASES = tomllib.loads((Path(__file__).parent / "cases" / "differences.toml").read_text(encoding="utf-8"))["case"]

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "name", "x", "y"]), inner),
    max_leaves=12,
)
documents = st.dictionaries(st.sampled_from(["a", "b", "fields"]), plain)


def told(value):
    """A part is told by its presence: its text is too much for a case."""
    return "-" if value is None else "{}" if isinstance(value, dict) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_difference_is_told_as_in_the_case(case):
    found = diff_documents(case["old"], case["new"])
    assert [
        [one.kind.value, ".".join(one.fields), "/".join(one.items), told(one.old), told(one.new)] for one in found
    ] == case["changes"]


@given(documents, documents)
def test_nothing_differs_exactly_when_both_say_the_same(old, new):
    assert diff_documents(old, old) == ()
    if document_digest(old) == document_digest(new):
        assert diff_documents(old, new) == ()
    forth, back = diff_documents(old, new), diff_documents(new, old)
    assert bool(forth) == bool(back)
    swapped = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}
    assert sorted(str((swapped.get(one.kind, one.kind), one.fields)) for one in forth if one.kind != "moved") == sorted(
        str((one.kind, one.fields)) for one in back if one.kind != "moved"
    )


@given(st.lists(st.integers(0, 20), unique=True, max_size=8), st.randoms())
def test_reordering_is_told_as_moves_alone(ids, chance):
    shuffled = list(ids)
    chance.shuffle(shuffled)
    found = diff_documents({"f": [{"id": one} for one in ids]}, {"f": [{"id": one} for one in shuffled]})
    assert {one.kind for one in found} <= {ChangeKind.MOVED}
    assert bool(found) == (ids != shuffled)


@given(st.text("[完成率]*+ 13.%\n", max_size=40), st.text("[完成率]*+ 13.%\n", max_size=40))
def test_pieces_of_a_text_give_both_texts_back(old, new):
    pieces = diff_texts(old, new)
    if pieces is not None:
        assert "".join(text for kind, text in pieces if kind != "added") == old
        assert "".join(text for kind, text in pieces if kind != "removed") == new


def upgrade_v1_to_v2(document):
    return {**document, "text": document.pop("formula")}


def upgrade_v2_to_v3(document):
    return {**document, "names": []}


def test_old_documents_pass_every_upgrade_and_stay_as_they_were():
    upgrades, old = [upgrade_v1_to_v2, upgrade_v2_to_v3], {"formula": "1"}
    check_chain(upgrades)
    assert upgrade_document(old, from_format=1, upgrades=upgrades)["names"] == []
    assert old == {"formula": "1"}
    assert upgrade_document({"text": "1"}, from_format=3, upgrades=upgrades) == {"text": "1"}
    with pytest.raises(UpgradeImpossible):
        upgrade_document({}, from_format=4, upgrades=upgrades)
    with pytest.raises(ValueError, match="upgrade_v1_to_v2"):
        check_chain([upgrade_v2_to_v3])


def test_hostile_documents_are_refused_before_anything_is_done_with_them():
    deep: dict = {}
    for _ in range(100_000):
        deep = {"a": deep}
    assert [one.code for one in check_size(deep)] == ["definition.too_deep"]
    assert [one.code for one in check_size({"a": "长" * 200_000})] == ["definition.too_large"]
    for stranger in ({1, 2}, float("nan"), "a\0b", "\\\0", "\ud800"):
        assert [one.code for one in check_size({"a": stranger})] == ["definition.not_plain"]
    assert check_size({"a": "\\u0000"}) == ()  # six ordinary characters
    assert check_size({"a": [1, {"b": None}]}) == ()
    while deep:  # taken apart by hand: the interpreter would do it on its stack
        deep = deep.pop("a")
