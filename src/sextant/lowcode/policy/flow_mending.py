"""One-click remedies for what is wrong with a flow: each takes a document and gives a new one."""

from collections.abc import Mapping
from typing import Any

from sextant.engines.formula import FormulaType
from sextant.lowcode.policy.flow_editing import set_arm, set_fields, set_step
from sextant.lowcode.policy.flow_tree import Document, steps_of

_MINUTES = {"minute": 1, "hour": 60, "workday": 1440}
FIRST_LIMIT = ({"code": "r1", "after": {"amount": 1, "unit": "workday"}, "do": "notify"},)
"""A reminder after a working day: gentle enough for any step, and easily changed."""
MOST_FIELDS = 60


def ask_somebody(document: Mapping[str, Any], code: str, *, source: str) -> Document:
    """The step asks whoever the source names; where it asks somebody, its escalations to nobody do."""
    step = next((one for one in steps_of(document) if one["code"] == code), {})
    asked = [{"source": source, "params": {}}]
    if not step.get("assignees"):
        return set_step(document, code, {"assignees": asked})
    limits = [dict(one) for one in step.get("limits") or () if isinstance(one, Mapping)]
    lacking = [one for one in limits if one.get("do") == "escalate" and not one.get("to")]
    for one in lacking:
        one["to"] = asked
    return set_step(document, code, {"limits": limits}) if lacking else dict(document)


def add_limit(document: Mapping[str, Any], code: str) -> Document:
    """The step reminds after a working day; one that has limits keeps its own."""
    step = next((one for one in steps_of(document) if one["code"] == code), {})
    return set_step(document, code, {"limits": step.get("limits") or [dict(one) for one in FIRST_LIMIT]})


def sort_limits(document: Mapping[str, Any], code: str) -> Document:
    """The rungs of the step from the shortest to the longest."""
    step = next((one for one in steps_of(document) if one["code"] == code), {})
    limits = [one for one in step.get("limits") or () if isinstance(one, Mapping)]
    return set_step(document, code, {"limits": sorted(limits, key=_length)})


def wait_a_day(document: Mapping[str, Any], code: str) -> Document:
    """The step waits one working day."""
    return set_step(document, code, {"span": {"amount": 1, "unit": "workday"}})


def write_condition(document: Mapping[str, Any], code: str, place: int, text: str) -> Document:
    """The arm asks this."""
    return set_arm(document, code, place, {"when": text})


def take_names(document: Mapping[str, Any], names: Mapping[str, FormulaType]) -> Document:
    """The document with these answers of a form among its values, so that conditions may read them: what a form asks is
    known to the flow under the same name. Names that are there stay as they are.

    >>> take_names({"fields": [], "steps": []}, {"金额": FormulaType.NUMBER})["fields"]
    [{'name': '金额', 'type': 'number'}]
    """
    listed = [dict(one) for one in document.get("fields") or () if isinstance(one, Mapping)]
    known = {str(one.get("name")) for one in listed}
    fields: list[Document] = [{"name": one.get("name", ""), "type": one.get("type", "number")} for one in listed]
    new = [{"name": name, "type": kind.value} for name, kind in names.items() if name not in known and len(name) <= 60]
    return set_fields(document, [*fields, *new][:MOST_FIELDS])


def _length(limit: Mapping[str, Any]) -> int:
    after = limit.get("after") or {}
    amount = after.get("amount", 0) if isinstance(after, Mapping) else 0
    return int(amount) * _MINUTES.get(str(after.get("unit", "hour")), 60)
