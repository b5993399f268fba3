"""What stands in a sentence of the rule designer: words and slots, each slot a control with what it says now."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.utils.functional import Promise

from sextant.lowcode.messages.rule_sentences import SLOTS, cut, fill, join

Text = Promise | str
Options = Iterable[tuple[str, Text]]


@dataclass(frozen=True, slots=True)
class Option:
    """Something a control can be set to."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """A control: `kind` is select, many (check boxes), whom, text, long, number, day, or words (no control). `said` is
    what it says in the sentence. `redraws`: the clause has other slots when it changes."""

    name: str
    kind: str
    value: str = ""
    said: str = ""
    label: str = ""
    groups: tuple[tuple[str, tuple[Option, ...]], ...] = ()
    redraws: bool = False
    hint: str = ""
    rows: tuple[object, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of the sentence, or a slot in it."""

    text: str = ""
    slot: Slot | None = None

    @property
    def is_tight(self) -> bool:
        """Whether the words begin with a sign that stands close to what is before it."""
        return self.text[:1] in "，：。；、,:;."


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence in pieces, and as it reads."""

    pieces: tuple[Piece, ...]
    said: str


def clause(code: str, *slots: Slot) -> Clause:
    """The clause with its slots filled, in the order of the reader's language."""
    by_name = {slot.name: slot for slot in slots}
    pieces = tuple(
        Piece(slot=by_name[piece]) if is_slot else Piece(text=piece)
        for is_slot, piece in cut(code)
        if not is_slot or piece in by_name
    )
    return Clause(pieces, fill(code, {name: slot.said for name, slot in by_name.items()}))


def select(
    name: str, value: object, *groups: tuple[Text, Options], redraws: bool = False, label: Text = "", missing: str = ""
) -> Slot:
    """One of several, in groups (a group without a heading is no group). A value that is none of them is kept and shown
    as it is: a draft may name what is gone. `missing` is what "" reads as, and makes it a choice."""
    chosen = str(value if value is not None else "")
    drawn = [
        (str(heading), tuple(Option(one, str(text), one == chosen) for one, text in rows)) for heading, rows in groups
    ]
    if missing:
        drawn.insert(0, ("", (Option("", missing, not chosen),)))
    found = next((one for _heading, rows in drawn for one in rows if one.is_chosen), None)
    if found is None:
        drawn.insert(0, ("", (Option(chosen, chosen or "—", is_chosen=True),)))
    said = found.text if found else chosen
    return Slot(name, "select", chosen, said, _label(name, label), tuple(drawn), redraws)


def many(name: str, values: Collection[object], options: Options, *, missing: Text) -> Slot:
    """Some of several; none of them reads as `missing`."""
    chosen = {str(one) for one in values}
    rows = tuple(Option(one, str(text), one in chosen) for one, text in options)
    known = {one.value for one in rows}
    rows += tuple(Option(one, one, is_chosen=True) for one in sorted(chosen - known))
    said = join(one.text for one in rows if one.is_chosen) or str(missing)
    return Slot(name, "many", "", said, _label(name), (("", rows),))


def typed(name: str, value: object, *, kind: str = "text", hint: Text = "", label: Text = "") -> Slot:
    """Something written: text, long (several lines), number, day."""
    text = str(value if value is not None else "")
    return Slot(name, kind, text, text or str(hint), _label(name, label), hint=str(hint))


def words(name: str, said: Text, *, value: str = "") -> Slot:
    """Words that change with the sentence and cannot be changed in it; a `value` goes with the form."""
    return Slot(name, "words", value, str(said))


def whom(name: str, rows: tuple[object, ...], *, said: str) -> Slot:
    """Persons by where they are found; `rows` are `SourceRow`s."""
    return Slot(name, "whom", said=said, label=_label(name), rows=rows)


def _label(name: str, label: Text = "") -> str:
    return str(label or SLOTS.get(name, name))
