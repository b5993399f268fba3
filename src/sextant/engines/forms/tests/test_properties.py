"""What holds for every form and every answer."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.forms import (
    Field,
    FieldKind,
    Form,
    Option,
    Viewer,
    hand_in,
    merge_answers,
    open_sheet,
    read_form,
    save_answers,
)
from sextant.engines.forms.values import read_value

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
STEPS = (Option("1", "低"), Option("2", "高"))
CELLS = (Field("x", FieldKind.NUMBER, "数"), Field("y", FieldKind.CHOICE, "选", options=STEPS))
EVERY_KIND = tuple(
    Field(
        kind.value,
        kind,
        kind.value,
        options=STEPS if kind is not FieldKind.TABLE else (),
        rows=STEPS,
        columns=CELLS,
        formula="1" if kind is FieldKind.FORMULA else "",
    )
    for kind in FieldKind
)
WHO = Viewer(frozenset({"self"}))


@given(st.sampled_from(EVERY_KIND), ANY)
def test_nothing_that_comes_in_breaks_a_field(one: Field, value: object) -> None:
    found = read_value(one, value)
    assert found.value is None or not found.problems


@given(st.sampled_from(EVERY_KIND), ANY)
def test_kept_answer_read_again_is_the_same(one: Field, value: object) -> None:
    kept = read_value(one, value).value
    if kept is not None:
        assert read_value(one, kept).value == kept


@given(st.integers(-(10**12), 10**12), st.integers(0, 2))
def test_number_keeps_its_digits(units: int, places: int) -> None:
    number = Decimal(units).scaleb(-places)
    assert Decimal(read_value(Field("n", FieldKind.NUMBER, "数"), format(number, "f")).value) == number


@given(st.dictionaries(st.sampled_from([one.name for one in EVERY_KIND]), ANY, max_size=6))
def test_what_is_handed_in_can_be_handed_in_again_unchanged(answers: dict[str, object]) -> None:
    read = read_form(Form(EVERY_KIND)).value
    assert read is not None
    draft = save_answers(read, {}, answers, viewer=WHO)
    if draft.value is None:
        return
    first = hand_in(read, draft.value.answers, {}, viewer=WHO).value
    assert first is not None
    assert hand_in(read, first.answers, first.answers, viewer=WHO).value == first
    assert len(open_sheet(read, first.answers, viewer=WHO).lines) == len(EVERY_KIND)


PARTS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2"]), max_size=3)


@given(PARTS, PARTS, PARTS)
def test_merge_loses_no_change_without_saying_so(was: dict, mine: dict, theirs: dict) -> None:
    merged = merge_answers(was, mine=mine, theirs=theirs)
    clashed = {clash.name for clash in merged.clashes}
    for name in "abc":
        changed = mine.get(name) != was.get(name)
        wanted = mine.get(name) if changed and name not in clashed else theirs.get(name)
        assert merged.answers.get(name) == wanted
    assert merge_answers(was, mine=mine, theirs=was).answers == mine
