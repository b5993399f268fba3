"""Persons and units as answers to forms: found by number, code, or a name that only one has."""

from collections.abc import Iterable, Mapping
from datetime import date

from sextant.foundation.access.contracts import Actor
from sextant.people.models import Person
from sextant.people.queries import names_of_persons, names_of_units, resolve_persons, resolve_units
from sextant.people.rows import employed_on


class PersonPicker:
    """Colleagues at work."""

    def find(self, text: str, *, actor: Actor, on: date) -> int | None:
        """By number, else by name, among those at work. At most three queries."""
        found = resolve_persons([text], by="number").get(text) or resolve_persons([text], by="name").get(text)
        is_at_work = found is not None and Person.objects.filter(employed_on(on), id=found).exists()
        return found if is_at_work else None

    def names(self, ids: Iterable[int], *, actor: Actor) -> Mapping[int, str]:
        """Names are no secret within the company. One query."""
        return names_of_persons(ids)


class UnitPicker:
    """Units of the company."""

    def find(self, text: str, *, actor: Actor, on: date) -> int | None:
        """By code, else by name. At most two queries."""
        return resolve_units([text], by="code").get(text) or resolve_units([text], by="name").get(text)

    def names(self, ids: Iterable[int], *, actor: Actor) -> Mapping[int, str]:
        """One query."""
        return names_of_units(ids)
