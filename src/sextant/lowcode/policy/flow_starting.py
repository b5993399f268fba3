"""Who may start a flow by themselves."""

from collections.abc import Collection, Mapping

from sextant.lowcode.flows.document import AssigneeDocument, FlowDocument

ROLE, UNIT, PERSON = "people.role", "unit", "person"
STARTER_SOURCES: Mapping[str, tuple[str, ...]] = {ROLE: ("role",), UNIT: ("unit",), PERSON: ()}
"""Ways to say who may start a flow, with what each has to know: they ask about the one who looks at the list, and are
answered for all flows at once."""


def may_start(document: FlowDocument, *, person_id: int | None, roles: Collection[str], units: Collection[str]) -> bool:
    """Whether somebody finds the flow in their list: `units` are the codes of their units and of all above. An account
    without a person starts nothing: there is nobody the run would be about.

    >>> flow = FlowDocument.model_validate({"starters": {"who": "some", "among": [
    ...     {"source": "unit", "params": {"unit": "S1"}}]}, "steps": [{"code": "z", "kind": "end"}]})
    >>> may_start(flow, person_id=1, roles=(), units={"S", "S1"}), may_start(flow, person_id=2, roles=(), units={"S"})
    (True, False)
    """
    who = document.starters.who
    if person_id is None or who == "nobody" or not document.steps:
        return False
    return who == "everyone" or any(_names(one, person_id, roles, units) for one in document.starters.among)


def _names(one: AssigneeDocument, person_id: int, roles: Collection[str], units: Collection[str]) -> bool:
    match one.source:
        case "person":
            ids = one.params.get("ids", [])
            return isinstance(ids, list) and person_id in ids
        case "people.role":
            return str(one.params.get("role", "")) in roles
        case "unit":
            return str(one.params.get("unit", "")) in units
    return False
