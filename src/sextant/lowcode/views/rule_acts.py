"""Acts of the rule designer: what was posted, carried out on the document of the draft."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict

from sextant.foundation.access.contracts import Actor
from sextant.lowcode.forms import rule_designer as reading
from sextant.lowcode.policy import rule_editing as editing
from sextant.lowcode.policy.rule_lines import Free, read_line, start_line, write_line
from sextant.lowcode.views.designing import Document, former_document, whole
from sextant.lowcode.views.rule_choices import Choices
from sextant.lowcode.views.rule_units import codes_of_names
from sextant.lowcode.views.rule_whom import read_whom

STARTS: Mapping[str, Document] = {
    "notice": {"do": "notice", "to": [{"source": "about"}], "title": "", "text": ""},
    "task": {"do": "task", "to": [{"source": "about"}], "title": "", "days": 5},
    "flow": {"do": "flow", "flow": ""},
    "call": {"do": "call", "action": ""},
    "points": {"do": "points", "points": 1, "reason": ""},
    "webhook": {"do": "webhook", "endpoint": "", "call": "", "needs_yes": True},
}
"""What an act begins with. What leaves the product asks for a yes unless somebody says otherwise."""
USUAL_DAYS = 14
"""Between two times a rule acts on the same subject, until somebody says otherwise."""


class RuleAct:
    """One act on the draft: what was posted, and what it is made with."""

    def __init__(self, posted: QueryDict, document: Document, *, choices: Choices, actor: Actor) -> None:
        self.posted, self.document, self.choices, self.actor = posted, document, choices, actor
        self.at = posted.get("at", "")[:60]
        part, _colon, rest = self.at.partition(":")
        self.part = part
        self.place = editing.place_of(rest)
        self.number = int(rest) if rest.isdecimal() and len(rest) < 4 else 0

    def apply(self) -> tuple[Document, str]:
        """The document after the act, and what is chosen then. An act nobody knows changes nothing."""
        perform = _ACTS.get(self.posted.get("op", ""))
        document, chosen = perform(self) if perform else (self.document, self.at)
        return editing.tidy(document), chosen

    def set(self) -> tuple[Document, str]:
        """The controls of one clause, as they say now."""
        perform = {
            "when": self._set_when,
            "hold": self._set_hold,
            "but": self._set_but,
            "c": self._set_line,
            "a": self._set_act,
        }.get(self.part)
        return (perform() if perform else self.document), self.at

    def _set_when(self) -> Document:
        was = self.document.get("when")
        when = reading.read_when(self.posted, was=was if isinstance(was, Mapping) else {})
        document = {**self.document, "when": {key: value for key, value in when.items() if value is not None}}
        return editing.set_clause(document, "about", self._about())

    def _about(self) -> Document:
        found = reading.read_about(self.posted)
        if found.get("units"):
            was = self.document.get("about")
            codes = was.get("units") or () if isinstance(was, Mapping) else ()
            units = codes_of_names(found["units"], was=codes, actor=self.actor, on=self.choices.today)
            found["units"] = units
        return found

    def _set_hold(self) -> Document:
        return {**self.document, **reading.read_hold(self.posted)}

    def _set_but(self) -> Document:
        values = reading.read_but(self.posted)
        if values.get("kind") == "window" and not values.get("days"):
            values["days"] = USUAL_DAYS
        document = editing.set_clause(self.document, "repeat", values)
        return {**document, "quiet": self.posted.get("quiet", document.get("quiet", "wait_morning"))}

    def _set_line(self) -> Document:
        part = editing.part_at(self.document, self.place)
        if editing.is_group(part):
            return editing.set_kind(self.document, self.place, self.posted.get("kind", ""))
        if "text" in self.posted:
            text = self.posted.get("text", "").replace("\r\n", "\n").strip()[: reading.MOST_TEXT]
            return editing.set_part(self.document, self.place, text)
        line = read_line(part if isinstance(part, str) else "", names=self.choices.types)
        if isinstance(line, Free):
            return self.document
        changed = reading.read_line_parts(self.posted, was=line, specs=self.choices.specs, on=self.choices.today)
        return editing.set_part(self.document, self.place, write_line(changed))

    def _set_act(self) -> Document:
        actions = editing.actions_of(self.document)
        if self.number >= len(actions):
            return self.document
        was = actions[self.number]
        values = reading.read_act(self.posted, do=str(was.get("do", "")))
        if "to" in self.posted.getlist("shown"):
            values["to"] = read_whom(self.posted, was=was.get("to"), actor=self.actor, on=self.choices.today)
        if was.get("do") in ("flow", "call"):
            key, kept = ("flow", "values") if was["do"] == "flow" else ("action", "params")
            if values.get(key, was.get(key)) != was.get(key):
                values[kept] = None  # another flow has other fields, another action other params
        return editing.set_action(self.document, self.number, values)

    def add(self) -> tuple[Document, str]:
        """A line, a group with a line, or something to do."""
        if self.part == "a":
            do = self.posted.get("do", "")
            if do not in STARTS:
                return self.document, self.at
            document, number = editing.add_action(self.document, STARTS[do])
            return document, f"a:{number}"
        line = self._first_line()
        part: Any = {"any": [line]} if self.posted.get("what") == "group" else line
        document, place = editing.add_part(self.document, self.place, part)
        return document, f"c:{editing.text_of(place)}"

    def _first_line(self) -> str:
        spec = next(iter(self.choices.specs.values()), None)
        if spec is None:
            return ""
        return write_line(start_line(spec.name, spec.type, is_ratio=spec.is_ratio, on=self.choices.today))

    def remove(self) -> tuple[Document, str]:
        """Take one away; what is nearest is chosen."""
        if self.part == "a":
            document, number = editing.remove_action(self.document, self.number)
            return document, f"a:{number}"
        document, place = editing.remove_part(self.document, self.place)
        return document, f"c:{editing.text_of(place)}"

    def up(self) -> tuple[Document, str]:
        """One line higher."""
        return self._shift(-1)

    def down(self) -> tuple[Document, str]:
        """One line lower."""
        return self._shift(1)

    def _shift(self, step: int) -> tuple[Document, str]:
        if self.part == "a":
            document, number = editing.move_action(self.document, self.number, to=self.number + step)
            return document, f"a:{number}"
        document, place = editing.shift_part(self.document, self.place, step=step)
        return document, f"c:{editing.text_of(place)}"

    def move(self) -> tuple[Document, str]:
        """Where it was dropped: before what stands at `to`, for conditions in the group `into`."""
        to = whole(self.posted.get("to"))
        if to is None:
            return self.document, self.at
        if self.part == "a":
            document, number = editing.move_action(self.document, self.number, to=to - (self.number < to))
            return document, f"a:{number}"
        into = editing.place_of(self.posted.get("into", ""))
        document, place = editing.move_part(self.document, self.place, into=into, to=to)
        return document, f"c:{editing.text_of(place)}"

    def switch(self) -> tuple[Document, str]:
        """启用: whether the rule looks at all, once this version is published."""
        return {**self.document, "on": self.posted.get("on") == "1"}, self.at

    def restore(self) -> tuple[Document, str]:
        """Undo and redo."""
        return former_document(self.posted.get("document", ""), self.document), self.at


_ACTS: Mapping[str, Callable[[RuleAct], tuple[Document, str]]] = {
    "set": RuleAct.set,
    "add": RuleAct.add,
    "remove": RuleAct.remove,
    "up": RuleAct.up,
    "down": RuleAct.down,
    "move": RuleAct.move,
    "switch": RuleAct.switch,
    "restore": RuleAct.restore,
}
