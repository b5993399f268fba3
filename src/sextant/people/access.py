"""The only door from an actor to persons and units. Missing and forbidden look the same.

Who sees whom: HR, executives and auditors everyone; others themselves, everyone below them on solid lines, those who
report to them by a dotted line, and the members of units they head.
"""

from dataclasses import dataclass
from datetime import date

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission, Role
from sextant.foundation.access.policy import may
from sextant.foundation.accounts.models import User
from sextant.people.contracts import PersonRow, UnitRow
from sextant.people.models import Person, Unit
from sextant.people.rows import person_rows, unit_rows
from sextant.people.walks import person_ids_seen_by, unit_ids_seen_by


@dataclass(frozen=True, slots=True)
class PeopleSight:
    """Whom and which units an actor may read on a day, for pages that ask more than once; None means all of them."""

    person_ids: frozenset[int] | None
    unit_ids: frozenset[int] | None
    on: date

    def access_person(self, person_id: int) -> PersonRow:
        """As the function `access_person`: one query."""
        rows: list[PersonRow] = []
        if self.person_ids is None or person_id in self.person_ids:
            rows = person_rows(Person.objects.filter(id=person_id), on=self.on)
        if not rows:
            raise AccessDenied(Permission.PERSON_READ)
        return rows[0]


def people_sight(actor: Actor, *, on: date) -> PeopleSight:
    """Both answers at once: at most two queries."""
    return PeopleSight(visible_person_ids(actor, on=on), visible_unit_ids(actor, on=on), on)


def visible_person_ids(actor: Actor, *, on: date) -> frozenset[int] | None:
    """Persons whose records the actor may read on the day; None means everyone. At most one query."""
    if may(actor, Permission.PERSON_READ_ALL):
        return None
    if actor.person_id is None or not may(actor, Permission.PERSON_READ):
        return frozenset()
    return frozenset(person_ids_seen_by(actor.person_id, on=on))


def visible_unit_ids(actor: Actor, *, on: date) -> frozenset[int] | None:
    """Units the actor may open on the day; None means all. Others see their own units, what is above these, and the
    subtrees of the units they head. At most one query."""
    if may(actor, Permission.PERSON_READ_ALL):
        return None
    if actor.person_id is None or not may(actor, Permission.UNIT_READ):
        return frozenset()
    return frozenset(unit_ids_seen_by(actor.person_id, on=on))


def access_person(actor: Actor, *, person_id: int, on: date) -> PersonRow:
    """The person's row, or AccessDenied when it is missing or out of the actor's sight."""
    return PeopleSight(visible_person_ids(actor, on=on), frozenset(), on).access_person(person_id)


def access_unit(actor: Actor, *, unit_id: int, on: date) -> UnitRow:
    """The unit's row, or AccessDenied when it is missing or out of the actor's sight."""
    seen = visible_unit_ids(actor, on=on)
    rows = unit_rows(Unit.objects.filter(id=unit_id), on=on) if seen is None or unit_id in seen else []
    if not rows:
        raise AccessDenied(Permission.UNIT_READ)
    return rows[0]


def actor_of_account(user_id: int, *, label: str, on: date) -> Actor:
    """Who asks when this account asks: its roles, and EMPLOYEE when a person stands behind it. One query.

    Somebody who has left by `on` keeps no role at all, whatever the account was granted.
    """
    rows = list(User.objects.filter(id=user_id).values_list("grants__role", "person__id", "person__left_on"))
    granted = frozenset(Role(role) for role, _, _ in rows if role is not None)
    person_id, left_on = rows[0][1:] if rows else (None, None)
    if left_on is not None and left_on <= on:
        return Actor(user_id, person_id, frozenset(), label)
    implied = frozenset({Role.EMPLOYEE}) if person_id is not None else frozenset()
    return Actor(user_id, person_id, granted | implied, label)
