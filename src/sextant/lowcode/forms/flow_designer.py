"""The property panel of the flow designer, as values of a document.

A list on the panel says how many rows it had (`a-n`); the inputs of a row begin with its name (`a-0-source`). The act
may take a row out (`drop:a-0`), add one (`grow:a`), lift one (`lift:l-1`), or take a person out of a row
(`unname:a-0:17`): the panel is read as it then is.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import QueryDict

from sextant.engines.forms import FieldKind
from sextant.foundation.access.contracts import Actor, Role
from sextant.lowcode.policy.flow_starting import STARTER_SOURCES, UNIT
from sextant.lowcode.registry_flows import list_flow_actions
from sextant.lowcode.registry_people import list_assignee_sources
from sextant.lowcode.registry_pickers import find_picker

MOST_ROWS = 60
TO_HR = {"source": "people.role", "params": {"role": Role.HR.value}}
Values = dict[str, Any]


class PanelReader:
    """Reads one posted panel. `missed` collects names that nobody, or several, are called by."""

    def __init__(self, posted: QueryDict, *, act: str, actor: Actor, on: date) -> None:
        self.posted, self.actor, self.on = posted, actor, on
        self.verb, _, self.mark = act.partition(":")
        self.missed: list[str] = []

    def step(self, was: Mapping[str, Any]) -> Values:
        """Values of a step; only what the panel showed is among them."""
        values: Values = {}
        shown = set(self.posted.getlist("shown"))
        if "name" in shown:
            values["name"] = self._text("name", 120)
        for name in ("form", "flow", "action", "quorum"):
            if name in shown:
                values[name] = self._text(name, 80) or None
        if "count" in shown:
            values["count"] = self._whole("count") or 1
        if "span" in shown:
            amount = self._whole("span-amount")
            values["span"] = {"amount": amount, "unit": self._text("span-unit", 10) or "hour"} if amount else None
        if "assignees" in shown:
            values["assignees"] = self.assignees("a")
        if "limits" in shown:
            values["limits"] = self._limits({str(one.get("code")) for one in was.get("limits") or ()})
        if "params" in shown:
            values["params"] = self._params(str(values.get("action") or was.get("action") or ""))
        return values

    def arm(self) -> dict[str, str]:
        """Name and condition of an arm."""
        found = {"name": self._text("name", 120)}
        if "text" in self.posted:
            found["when"] = self.posted.get("text", "").replace("\r\n", "\n")[:2000]
        return found

    def flow(self) -> Values:
        """Who may start it, whether it may be taken back, its note."""
        who = self._text("who", 10)
        return {
            "starters": {
                "who": who if who in ("nobody", "everyone", "some") else "nobody",
                "among": self.assignees("w") if "w-n" in self.posted else [],
            },
            "may_withdraw": bool(self.posted.get("may_withdraw")),
            "note": self._text("note", 500),
        }

    def fields(self, *, new: str) -> list[dict[str, str]]:
        """Values of the flow, with the name each had; `new` names one that is added."""
        rows = self._rows(
            "f",
            lambda row: {
                "name": self._text(f"{row}-name", 60) or self._text(f"{row}-was", 60),
                "type": self._text(f"{row}-type", 10) or "number",
                "was": self._text(f"{row}-was", 60),
            },
        )
        if self._grows("f"):
            taken, number, name = {one["name"] for one in rows}, 1, new
            while name in taken:
                number += 1
                name = f"{new} {number}"
            rows.append({"name": name, "type": "number", "was": ""})
        return [one for one in rows if one["name"]]

    def assignees(self, prefix: str) -> list[Values]:
        """Rows of who is asked; a new one begins with the first source there is."""
        rows = self._rows(prefix, self._assignee)
        if self._grows(prefix):
            first = UNIT if prefix == "w" else next(iter(list_assignee_sources()), "starter")
            rows.append({"source": first, "params": {}})
        return rows[:20]

    def _assignee(self, row: str) -> Values:
        source = self._text(f"{row}-source", 60) or "starter"
        if source == "person":
            return {"source": source, "params": {"ids": self._persons(row)}}
        if source == "formula":
            return {"source": source, "params": {"text": self._text(f"{row}-text", 500)}}
        known = list_assignee_sources().get(source)
        names = known.params if known else STARTER_SOURCES.get(source, ())
        given = {name: self._text(f"{row}-{name}", 80) for name in names}
        if source == UNIT:
            return {"source": source, "params": {name: text for name, text in given.items() if text}}
        params = {name: int(text) if text.isdecimal() else text for name, text in given.items() if text}
        if "role" in names:
            params.setdefault("role", Role.HR.value)  # somebody always: what is seen on the panel is what is kept
        return {"source": source, "params": params}

    def _persons(self, row: str) -> list[int]:
        taken_out = self.mark.rpartition(":")[2] if self.verb == "unname" and self.mark.startswith(f"{row}:") else ""
        ids = [int(one) for one in self.posted.getlist(f"{row}-ids") if one.isdecimal() and one != taken_out]
        typed, picker = self._text(f"{row}-add", 60), find_picker(FieldKind.PERSON)
        if typed and picker is not None:
            found = picker.find(typed.split(" ")[0], actor=self.actor, on=self.on)
            if found is None:
                self.missed.append(typed)
            else:
                ids.append(found)
        return list(dict.fromkeys(ids))

    def _limits(self, taken: set[str]) -> list[Values]:
        rows = self._rows("l", self._limit)
        if self._grows("l"):
            number = 1
            while f"r{number}" in taken:
                number += 1
            rows.append({"code": f"r{number}", "after": {"amount": 4, "unit": "hour"}, "do": "notify"})
        if self.verb == "lift" and self.mark.startswith("l-") and self.mark[2:].isdecimal():
            place = int(self.mark[2:])
            if 0 < place < len(rows):
                rows.insert(place - 1, rows.pop(place))
        return rows[:10]

    def _limit(self, row: str) -> Values:
        do = self._text(f"{row}-do", 10) or "notify"
        after = {"amount": self._whole(f"{row}-amount") or 1, "unit": self._text(f"{row}-unit", 10) or "hour"}
        found: Values = {"code": self._text(f"{row}-code", 60), "after": after, "do": do}
        if do == "escalate":
            # a rung that escalates from now on begins with HR: an escalation to nobody is no escalation
            is_new = f"{row}-t-n" not in self.posted
            found["to"] = [dict(TO_HR)] if is_new else self.assignees(f"{row}-t")[:10]
        if do == "start":
            found["flow"] = self._text(f"{row}-flow", 60)
        return found

    def _params(self, action: str) -> Values:
        known = list_flow_actions().get(action)
        given = {name: self._text(f"p-{name}", 200) for name in (known.params if known else ())}
        return {
            name: int(text) if text.isdecimal() and len(text) < 10 else text for name, text in given.items() if text
        }

    def _rows(self, prefix: str, read: Callable[[str], Any]) -> list[Any]:
        number = min(self._whole(f"{prefix}-n") or 0, MOST_ROWS)
        names = [f"{prefix}-{place}" for place in range(number)]
        return [read(row) for row in names if not (self.verb == "drop" and self.mark == row)]

    def _grows(self, prefix: str) -> bool:
        return self.verb == "grow" and self.mark == prefix

    def _text(self, name: str, most: int) -> str:
        return self.posted.get(name, "").strip()[:most]

    def _whole(self, name: str) -> int | None:
        text = self._text(name, 6)
        return int(text) if text.isdecimal() else None
