"""The people of the demo as they act: signed in, with their own account where they sign."""

from datetime import date

from sextant.demo.cast import ACCOUNTS
from sextant.demo.contracts import DemoRefused
from sextant.demo.organisation import CAST
from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.queries import find_user_id
from sextant.people.queries import get_person, get_unit, resolve_persons, resolve_units


def unit_id(code: str) -> int:
    """The id of a unit of the demo. Raises DemoRefused."""
    found = resolve_units([code], by="code")[code]
    if found is None:
        raise DemoRefused(f"there is no unit {code}")
    return found


def head_of(code: str, *, on: date) -> Actor:
    """Who heads the unit on the day. Raises DemoRefused."""
    head_id = get_unit(unit_id(code), on=on).head_id
    if head_id is None:
        raise DemoRefused(f"nobody heads {code}")
    return _actor(head_id, _usernames().get((code, 0)), on=on)


def seat(code: str, index: int, *, on: date) -> Actor:
    """Who sits on a seat of the cast. Raises DemoRefused."""
    name = CAST[code, index]
    person_id = resolve_persons([name], by="name")[name]
    if person_id is None:
        raise DemoRefused(f"{name} is not alone with this name")
    return _actor(person_id, _usernames().get((code, index)), on=on)


def _actor(person_id: int, username: str | None, *, on: date) -> Actor:
    person = get_person(person_id, on=on)
    user_id = find_user_id(username) if username else None
    return Actor(user_id, person.id, frozenset({Role.EMPLOYEE}), person.name)


def _usernames() -> dict[tuple[str, int], str]:
    return {account.seat: account.username for account in ACCOUNTS}
