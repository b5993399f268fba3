"""What the controls of a sentence say, as values of the document of a rule. A control that the page did not show leaves
its value as it was."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict

from sextant.engines.formula import FormulaType
from sextant.lowcode.policy.rule_lines import (
    SIGNS,
    Compared,
    Dated,
    Known,
    Line,
    Stated,
    Worded,
    rename_line,
)
from sextant.lowcode.registry_formulas import NameSpec

MOST_TEXT = 2000
_WHEN: Mapping[str, tuple[str, ...]] = {
    "event": ("event",),
    "schedule": ("every", "weekday", "day", "hour"),
    "light": ("to", "weeks"),
    "overdue": ("of", "kinds", "days"),
}
_WHOLE = {"weekday", "day", "hour", "weeks", "days", "points"}
_SEVERAL = {"to", "kinds"}
_ACTS: Mapping[str, tuple[str, ...]] = {
    "notice": ("title", "text"),
    "task": ("title", "days", "form"),
    "flow": ("flow", "title"),
    "call": ("action",),
    "points": ("points", "reason"),
    "webhook": ("endpoint", "call"),
}
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?%?")


def read_when(posted: QueryDict, *, was: Mapping[str, Any]) -> dict[str, Any]:
    """当: of another kind it begins anew."""
    kind = posted.get("kind", "event")
    kept = dict(was) if was.get("kind", "event") == kind else {}
    return {**kept, "kind": kind, **_values(posted, _WHEN.get(kind, ()))}


def read_about(posted: QueryDict) -> dict[str, Any]:
    """看什么: the context, and units by their codes."""
    found: dict[str, Any] = {}
    if "context" in posted:
        found["context"] = posted.get("context", "")[:60]
    if "units" in posted:
        found["units"] = words_of(posted.get("units", "")) or None
    return found


def read_hold(posted: QueryDict) -> dict[str, Any]:
    """已连续几周; nothing where no number was written."""
    return {name: value for name, value in _values(posted, ("weeks",)).items() if value is not None}


def read_but(posted: QueryDict) -> dict[str, Any]:
    """但是, without what is to be done at night."""
    return _values(posted, ("kind", "days"))


def read_act(posted: QueryDict, *, do: str) -> dict[str, Any]:
    """What an act says, without whom it asks."""
    found = _values(posted, _ACTS.get(do, ()))
    found["needs_yes"] = True if posted.get("needs_yes") else None
    if do == "flow" and "field" in posted:
        found["values"] = _pairs(posted, "field", "formula") or None
    if do == "call" and "param" in posted:
        pairs = {name: _scalar(text) for name, text in _pairs(posted, "param", "value").items()}
        found["params"] = pairs or None
    return found


def read_line_parts(posted: QueryDict, *, was: Line, specs: Mapping[str, NameSpec], on: date) -> Line:
    """The line of a condition after its controls were changed: another name keeps what can stay, another way to compare
    brings its own parts."""
    line = was
    name, sign = posted.get("figure", ""), posted.get("sign", "")
    if name in specs and name != getattr(was, "name", name):
        spec = specs[name]
        return rename_line(line, name, spec.type, is_ratio=spec.is_ratio, on=on)
    name = str(getattr(line, "name", ""))
    if sign in ("missing", "known"):
        return Known(name, is_missing=sign == "missing")
    kind = specs[name].type if name in specs else None
    if isinstance(line, Known):
        line = rename_line(Stated(name), name, kind, is_ratio=specs[name].is_ratio, on=on) if kind else line
    match line:
        case Compared():
            return _compared(posted, line, sign, specs)
        case Stated():
            return Stated(name, holds=sign != "no")
        case Worded():
            return Worded(name, sign if sign in ("=", "<>") else line.sign, posted.get("word", line.word)[:200])
        case Dated():
            return Dated(name, sign if sign in SIGNS else line.sign, _day(posted.get("day", "")) or line.day)
        case _:
            return line


def _compared(posted: QueryDict, line: Compared, sign: str, specs: Mapping[str, NameSpec]) -> Compared:
    plain, wants_other = sign.removesuffix("*"), sign.endswith("*")
    of, number = posted.get("of", line.of), number_of(posted.get("number", "")) or line.number
    if wants_other and of not in specs:
        others = [one.name for one in specs.values() if one.type is FormulaType.NUMBER and one.name != line.name]
        of, number = (others[0] if others else ""), "100%"
    return Compared(line.name, plain if plain in SIGNS else line.sign, number, of if wants_other else "")


def number_of(text: str) -> str:
    """A number as formulas have it: digits of any width, thousands without their marks, a percent sign behind; "" for
    what is none.

    >>> number_of("１，２００"), number_of("70 ％"), number_of("七")
    ('1200', '70%', '')
    """
    narrow = text.translate(_NARROW).replace(",", "").replace(" ", "")
    return narrow if _NUMBER.fullmatch(narrow) else ""


_NARROW = str.maketrans("０１２３４５６７８９．％－，。", "0123456789.%-,.")


def words_of(text: str) -> list[str]:
    """Several things written in a row.

    >>> words_of("S01、S02, S03")
    ['S01', 'S02', 'S03']
    """
    return list(dict.fromkeys(word.strip()[:60] for word in re.split(r"[,，、;；\n]", text) if word.strip()))[:200]


def _values(posted: QueryDict, names: tuple[str, ...]) -> dict[str, Any]:
    """What was posted under these names; several-valued ones are told by `shown`, as nothing ticked posts nothing."""
    found: dict[str, Any] = {}
    for name in names:
        if name in _SEVERAL:
            if name in posted.getlist("shown"):
                found[name] = posted.getlist(name) or None
        elif name in posted:
            text = posted.get(name, "").strip()[:MOST_TEXT]
            found[name] = _whole(text) if name in _WHOLE else text
    return found


def _whole(text: str) -> int | str | None:
    """A whole number; what is none is kept as it was typed, so that the check can say so."""
    narrow = number_of(text)
    return int(narrow) if re.fullmatch(r"-?\d{1,9}", narrow) else text or None


def _pairs(posted: QueryDict, names: str, values: str) -> dict[str, str]:
    rows = zip(posted.getlist(names), posted.getlist(values), strict=False)
    return {name[:60]: value.strip()[:MOST_TEXT] for name, value in rows if value.strip()}


def _scalar(text: str) -> str | int:
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else text


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
