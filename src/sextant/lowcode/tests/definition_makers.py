"""People and definitions for tests of the centre."""

from datetime import UTC, datetime

from sextant.foundation.access.contracts import Actor, Role
from sextant.lowcode.actions.definitions import create_definition, publish_definition

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HR = Actor(None, 7, frozenset({Role.HR}), "许念安")
OTHER_HR = Actor(None, 8, frozenset({Role.HR}), "沈亦舟")
EMPLOYEE = Actor(None, 9, frozenset({Role.EMPLOYEE}), "何书瑶")


def formula(text="1 + 1", **changes):
    """A document of a formula that reads nothing but `names`."""
    return {"text": text, **changes}


def make_formula(code="bonus", *, text="1 + 1", name="奖金系数", is_published=True, actor=HR, now=NOW, **changes):
    """Id of a definition with a draft, or published."""
    made = create_definition("formula", code=code, name=name, document=formula(text, **changes), actor=actor, now=now)
    if is_published:
        publish_definition(made.definition_id, revision=1, reason="首次发布", actor=actor, now=now)
    return made.definition_id
