"""Giving a person the account they sign in with."""

from datetime import UTC, datetime

import pytest

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.accounts.models import User
from sextant.foundation.audit.models import AuditEntry
from sextant.people.actions import link_account
from sextant.people.contracts import AccountTaken
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, tzinfo=UTC)
ADMIN = Actor(None, None, frozenset({Role.ADMIN}), "admin")


def make_account(username="wang"):
    return User.objects.create(username=username, created_at=NOW)


def user_of(person):
    return Person.objects.get(pk=person.pk).user_id


def test_linked_account_belongs_to_the_person_and_is_audited():
    person, account = make_person(), make_account()
    link_account(person.id, account.id, actor=ADMIN, now=NOW)
    assert user_of(person) == account.id
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object_id, entry.changes) == (
        "link_account",
        str(person.id),
        {"user_id": [None, account.id]},
    )


def test_linking_again_changes_and_records_nothing():
    account = make_account()
    person = make_person(user=account)
    link_account(person.id, account.id, actor=ADMIN, now=NOW)
    assert AuditEntry.objects.count() == 0


def test_account_can_be_taken_away_and_given_to_another():
    account = make_account()
    one, other = make_person(user=account), make_person()
    with pytest.raises(AccountTaken) as caught:
        link_account(other.id, account.id, actor=ADMIN, now=NOW)
    assert caught.value.person_id == one.id
    link_account(one.id, None, actor=ADMIN, now=NOW)
    link_account(other.id, account.id, actor=ADMIN, now=NOW)
    assert (user_of(one), user_of(other)) == (None, account.id)


def test_unknown_person_or_account_and_missing_permission_look_the_same():
    person, account = make_person(), make_account()
    for attempt in (
        {"person_id": 0, "user_id": account.id, "actor": ADMIN},
        {"person_id": person.id, "user_id": 0, "actor": ADMIN},
        {"person_id": person.id, "user_id": account.id, "actor": Actor(1, None, frozenset({Role.HR}))},
    ):
        with pytest.raises(AccessDenied):
            link_account(**attempt, now=NOW)
    assert user_of(person) is None
