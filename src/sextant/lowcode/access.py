"""The door from a request to a definition. Who may read definitions reads all of them: they hold rules, not people."""

from datetime import datetime

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may
from sextant.lowcode.contracts.definitions import DefinitionRow
from sextant.lowcode.models import Definition
from sextant.lowcode.queries.definitions import get_definition


def access_definition(actor: Actor, *, definition_id: int, on: datetime) -> DefinitionRow:
    """The definition, or AccessDenied: missing and forbidden look the same. One query."""
    if not may(actor, Permission.DEFINITION_READ):
        raise AccessDenied("definition")
    try:
        return get_definition(definition_id, on=on)
    except Definition.DoesNotExist as error:
        raise AccessDenied("definition") from error
