"""The link between a person and the account they sign in with."""

from datetime import datetime

from django.db import transaction

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.accounts.models import User
from sextant.foundation.audit.actions import record
from sextant.people.contracts import AccountTaken
from sextant.people.models import Person


@transaction.atomic
def link_account(person_id: int, user_id: int | None, *, actor: Actor, now: datetime) -> None:
    """Let the account act as the person; None takes the account away from them.

    Needs `all:account:manage`. Raises AccessDenied for an unknown person or account, AccountTaken when the account
    already belongs to somebody else. Linking what is already linked changes nothing.
    """
    require(actor, Permission.ACCOUNT_MANAGE)
    # the account is locked first, in every path, so that two persons cannot be given it at once
    if user_id is not None and not User.objects.select_for_update().filter(id=user_id).exists():
        raise AccessDenied(Permission.ACCOUNT_MANAGE)
    person = Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        raise AccessDenied(Permission.ACCOUNT_MANAGE)
    if person.user_id == user_id:
        return
    holder = Person.objects.filter(user_id=user_id).first() if user_id is not None else None
    if holder is not None:
        raise AccountTaken(holder.id)
    before, person.user_id = person.user_id, user_id
    person.save(update_fields=["user"])
    changes = {"user_id": [before, user_id]}
    record("link_account", actor=actor, now=now, object_kind="person", object_id=person_id, changes=changes)
