"""Persons and units as rows of a day. Shared by queries and access, which must not import each other."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from sextant.people.contracts import LineKind, PersonRow, UnitRow
from sextant.people.models import Person, Post, Unit


def valid_on(on: date, prefix: str = "") -> Q:
    """Rows whose half-open period holds the day `on`; `prefix` is a path to them ("posts__")."""
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        Q(**{f"{prefix}valid_until": None}) | Q(**{f"{prefix}valid_until__gt": on})
    )


def employed_on(on: date) -> Q:
    """Persons who have joined by `on` and have not left by then."""
    return (Q(hired_on=None) | Q(hired_on__lte=on)) & (Q(left_on=None) | Q(left_on__gt=on))


def members_of(unit_ids: Iterable[int], *, on: date) -> QuerySet[Post, int]:
    """Ids of persons who hold a post in one of the units on the day, as a subquery."""
    return Post.objects.filter(valid_on(on), unit_id__in=list(unit_ids)).values_list("person_id", flat=True)


_COLUMNS = (
    *("id", "number", "name", "post__title", "post__unit_id", "post__unit__name"),
    *("line__manager_id", "line__manager__name", "left_on"),
)


def person_rows(persons: QuerySet[Person], *, on: date) -> list[PersonRow]:
    """`persons` as rows of the day, in the order given: one query."""
    post = FilteredRelation("posts", condition=Q(posts__is_primary=True) & valid_on(on, "posts__"))
    line = FilteredRelation("lines_up", condition=Q(lines_up__kind=LineKind.SOLID) & valid_on(on, "lines_up__"))
    return [PersonRow(*row) for row in persons.annotate(post=post, line=line).values_list(*_COLUMNS)]


def person_row_beside(
    persons: QuerySet[Person], *, on: date, beside: Mapping[str, Subquery]
) -> tuple[PersonRow, dict[str, Any]] | None:
    """The first of `persons` as `person_rows` gives it, and with it whatever else the same query may answer; None where
    there is nobody."""
    post = FilteredRelation("posts", condition=Q(posts__is_primary=True) & valid_on(on, "posts__"))
    line = FilteredRelation("lines_up", condition=Q(lines_up__kind=LineKind.SOLID) & valid_on(on, "lines_up__"))
    found = persons.annotate(post=post, line=line, **beside).values_list(*_COLUMNS, *beside).first()
    if found is None:
        return None
    return PersonRow(*found[: len(_COLUMNS)]), dict(zip(beside, found[len(_COLUMNS) :], strict=True))


def unit_rows(units: QuerySet[Unit], *, on: date) -> list[UnitRow]:
    """`units` in tree order (a parent before its children) with their heads on the day: one query."""
    # of several heads one is shown: the primary post before a side post, the earlier before the later
    posts = Post.objects.filter(valid_on(on), is_head=True, unit=OuterRef("pk"))
    posts = posts.order_by("-is_primary", "valid_from", "id")
    head = posts.values(told=JSONObject(id="person_id", name="person__name"))[:1]
    found = sorted(units.annotate(head=Subquery(head)), key=lambda unit: [int(step) for step in unit.path.split(".")])
    return [unit_row(unit, (unit.head["id"], unit.head["name"]) if unit.head else None) for unit in found]


def unit_row(unit: Unit, head: tuple[int, str] | None) -> UnitRow:
    """One unit as a row; `head` is (person id, name) or None."""
    head_id, head_name = head or (None, None)
    depth = unit.path.count(".") + 1
    return UnitRow(unit.pk, unit.code, unit.name, unit.parent_id, depth, head_id, head_name)
