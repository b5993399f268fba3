"""Persons and units as what custom fields hang on."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sextant.foundation.access.contracts import Actor
from sextant.people.access import visible_person_ids, visible_unit_ids
from sextant.people.contracts import LineKind
from sextant.people.models import Person, Post, ReportingLine, Unit
from sextant.people.queries import list_report_ids, names_of_persons, names_of_units, resolve_persons, resolve_units
from sextant.people.rows import valid_on

NOBODY: frozenset[int] = frozenset()


class PersonFields:
    """The person themselves, who they report to, and one above: as in flows."""

    code = "person"
    name = _("人员")

    def is_visible(self, subject_id: int, *, actor: Actor, on: date) -> bool:
        """As the page of the person. At most two queries."""
        seen = visible_person_ids(actor, on=on)
        return (seen is None or subject_id in seen) and Person.objects.filter(id=subject_id).exists()

    def related_ids(
        self, relation: str, *, actor: Actor, on: date, among: Collection[int] | None = None
    ) -> frozenset[int]:
        """Oneself, direct reports, or theirs. At most one query."""
        if actor.person_id is None:
            return NOBODY
        if relation == "self":
            return frozenset({actor.person_id})
        if relation == "manager":
            return frozenset(list_report_ids(actor.person_id, on=on, deep=False))
        lines = ReportingLine.objects.filter(valid_on(on), kind=LineKind.SOLID)
        direct = lines.filter(manager_id=actor.person_id).values("person_id")
        below = lines.filter(manager_id__in=direct)
        if among is not None:
            below = below.filter(person_id__in=list(among))
        return frozenset(below.values_list("person_id", flat=True))

    def names(self, ids: Iterable[int]) -> Mapping[int, str]:
        """One query."""
        return names_of_persons(ids)

    def keys(self, ids: Iterable[int]) -> Mapping[int, str]:
        """Employee numbers. One query."""
        return dict(Person.objects.filter(id__in=set(ids)).values_list("id", "number"))

    def find(self, keys: Iterable[str]) -> Mapping[str, int | None]:
        """By employee number. One query."""
        return resolve_persons(keys, by="number")

    def about(self, subject_id: int) -> int | None:
        """The person."""
        return subject_id

    def path(self, subject_id: int) -> str:
        """Their page."""
        return reverse("web:person", args=[subject_id])


class UnitFields:
    """A unit's "self" is who heads it; "manager" heads the unit above it, "upper" one above that."""

    code = "unit"
    name = _("部门")

    def is_visible(self, subject_id: int, *, actor: Actor, on: date) -> bool:
        """As the page of the unit. At most two queries."""
        seen = visible_unit_ids(actor, on=on)
        return (seen is None or subject_id in seen) and Unit.objects.filter(id=subject_id).exists()

    def related_ids(
        self, relation: str, *, actor: Actor, on: date, among: Collection[int] | None = None
    ) -> frozenset[int]:
        """Units headed, the units below them, and those below these. One query."""
        if actor.person_id is None:
            return NOBODY
        headed = Post.objects.filter(valid_on(on), person_id=actor.person_id, is_head=True).values("unit_id")
        found = {
            "self": Q(id__in=headed),
            "manager": Q(parent_id__in=headed),
            "upper": Q(parent__parent_id__in=headed),
        }[relation]
        return frozenset(Unit.objects.filter(found).values_list("id", flat=True))

    def names(self, ids: Iterable[int]) -> Mapping[int, str]:
        """One query."""
        return names_of_units(ids)

    def keys(self, ids: Iterable[int]) -> Mapping[int, str]:
        """Codes. One query."""
        return dict(Unit.objects.filter(id__in=set(ids)).values_list("id", "code"))

    def find(self, keys: Iterable[str]) -> Mapping[str, int | None]:
        """By code. One query."""
        return resolve_units(keys, by="code")

    def about(self, subject_id: int) -> int | None:
        """Nobody."""
        return None

    def path(self, subject_id: int) -> str:
        """Its page."""
        return reverse("web:unit", args=[subject_id])
