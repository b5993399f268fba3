"""Whom an act of a rule tells or asks: sources of persons as rows to tick, some with something to fill in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sextant.engines.forms import FieldKind
from sextant.foundation.access.contracts import Actor
from sextant.lowcode.messages.flow_words import ROLES
from sextant.lowcode.messages.rule_sentences import join
from sextant.lowcode.registry_people import directory, list_assignee_sources
from sextant.lowcode.registry_pickers import find_picker

Text = Promise | str
PERSON = "person"
OWN: Mapping[str, tuple[Text, tuple[str, ...]]] = {
    "about": (gettext_lazy("本人"), ()),
    PERSON: (gettext_lazy("指定的人"), ("ids",)),
}
"""Sources that need no domain: the person the subject is about, and persons by name."""
PARAMS: Mapping[str, Text] = {
    "grade": gettext_lazy("职级不低于"),
    "role": gettext_lazy("角色"),
    "ids": gettext_lazy("工号或姓名"),
}


@dataclass(frozen=True, slots=True)
class ParamField:
    """Something a source has to know."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A way to say who: `place` names its inputs."""

    place: int
    source: str
    text: str
    is_chosen: bool
    params: Mapping[str, Any]
    fields: tuple[ParamField, ...]
    said: str


def source_rows(chosen: object) -> tuple[SourceRow, ...]:
    """Every source in one order, ticked where the document names it, so that a row stays where it is when it is ticked;
    at the end what nobody registers any more. One query where persons are named."""
    named = [one for one in chosen if isinstance(one, Mapping)] if isinstance(chosen, list | tuple) else []
    known, people = _known(), _names_of(named)
    rows: list[tuple[str, Mapping[str, Any], bool]] = []
    for code in dict.fromkeys([*known, *(str(one.get("source", "")) for one in named)]):
        said = [_params(one) for one in named if str(one.get("source", "")) == code]
        rows += [(code, params, True) for params in said] or [(code, {}, False)]
    return tuple(_row(place, *row, known=known, people=people) for place, row in enumerate(rows))


def say_whom(rows: Sequence[SourceRow]) -> str:
    """The ticked ones, as the sentence says them."""
    return join(row.said for row in rows if row.is_chosen) or _("谁？")


def read_whom(posted: QueryDict, *, was: object, actor: Actor, on: date) -> list[dict[str, Any]]:
    """The sources that were ticked, with what was filled in. Persons that nobody answers to are left out."""
    ticked, found = set(posted.getlist("to")), []
    former = source_rows(was)
    for place, source in enumerate(posted.getlist("to_source")[:60]):
        if str(place) not in ticked:
            continue
        params = {}
        for param in _known().get(source, ("", ()))[1]:
            text = posted.get(f"to_{place}_{param}", "").strip()[:200]
            kept = former[place].params if place < len(former) else {}
            if value := _value(param, text, kept=kept, actor=actor, on=on):
                params[param] = value
        found.append({"source": source, **({"params": params} if params else {})})
    return found


def _known() -> Mapping[str, tuple[Text, tuple[str, ...]]]:
    return {**OWN, **{one.code: (one.name, one.params) for one in list_assignee_sources().values()}}


def _row(
    place: int,
    source: str,
    params: Mapping[str, Any],
    is_chosen: bool,
    *,
    known: Mapping[str, tuple[Text, tuple[str, ...]]],
    people: Mapping[int, str],
) -> SourceRow:
    text, wanted = known.get(source, (source, tuple(params)))
    fields = tuple(
        ParamField(name, str(PARAMS.get(name, name)), _told(name, params.get(name), people), _options(name))
        for name in wanted
    )
    values = join(dict(one.options).get(one.value, one.value) for one in fields if one.value)
    if source == PERSON and values:
        said = values
    else:
        said = _("%(who)s（%(what)s）") % {"who": text, "what": values} if values else str(text)
    return SourceRow(place, source, str(text), is_chosen, params, fields, said)


def _options(name: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(one), str(said)) for one, said in ROLES.items()) if name == "role" else ()


def _told(name: str, value: object, people: Mapping[int, str]) -> str:
    if name == "ids":
        return join(people.get(one, f"#{one}") for one in _ids({"ids": value}))
    return str(value) if value is not None else ""


def _names_of(named: Sequence[Mapping[str, Any]]) -> Mapping[int, str]:
    ids = {int(one) for row in named for one in _ids(_params(row)) if str(one).isdecimal()}
    return directory().names(ids) if ids else {}


def _params(row: Mapping[str, Any]) -> Mapping[str, Any]:
    params = row.get("params")
    return params if isinstance(params, Mapping) else {}


def _ids(params: Mapping[str, Any]) -> Sequence[Any]:
    ids = params.get("ids")
    return ids if isinstance(ids, list | tuple) else ()


def _value(param: str, text: str, *, kept: Mapping[str, Any], actor: Actor, on: date) -> str | int | list[int] | None:
    if param == "ids":
        return _persons(text, kept=kept, actor=actor, on=on)
    return int(text) if text.isdecimal() and len(text) < 10 else text or None


def _persons(text: str, *, kept: Mapping[str, Any], actor: Actor, on: date) -> list[int] | None:
    """Persons by what was written: whoever stood there keeps standing under the name that was shown."""
    picker = find_picker(FieldKind.PERSON)
    shown = {name: one for one, name in _names_of([{"params": kept}]).items()}
    found = []
    for word in text.replace("、", ",").replace("，", ",").split(","):
        if not word.strip():
            continue
        one = shown.get(word.strip()) or (picker.find(word.strip(), actor=actor, on=on) if picker else None)
        if one is not None and one not in found:
            found.append(one)
    return found[:50] or None
