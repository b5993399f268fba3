"""The door from a request to a definition. Who may read definitions reads all of them: they hold rules, not people."""

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may
from sextant.lowcode.models import Definition


def access_definition(actor: Actor, *, definition_id: int) -> int:
    """The id of a definition the actor may read, or AccessDenied: missing and forbidden look the same. One query."""
    is_there = may(actor, Permission.DEFINITION_READ) and Definition.objects.filter(id=definition_id).exists()
    if not is_there:
        raise AccessDenied("definition")
    return definition_id
