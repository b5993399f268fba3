"""Reads about people. Days are explicit: who sat where, and who reported to whom, is a question about a day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from django.db.models import Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy
from django.db.models.functions import Lower

from sextant.foundation.postgres.lookups import any_of
from sextant.people.contracts import LineKind, PersonRow, PostRow, UnitRow
from sextant.people.models import PINYIN, Person, Post, ReportingLine, Unit
from sextant.people.rows import employed_on, members_of, person_row_beside, person_rows, unit_row, unit_rows, valid_on
from sextant.people.walks import member_pairs, pairs_below, report_ids, subtree_ids


def list_subtree_ids(unit_ids: Iterable[int], *, on: date) -> tuple[int, ...]:
    """`unit_ids` and all units below them, sorted. The tree has no history: `on` is part of the interface for the day
    it gets one. One query."""
    return subtree_ids(unit_ids)


def list_unit_pairs(unit_ids: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """(unit, unit at or below it) for each of `unit_ids`. One query."""
    return pairs_below(unit_ids)


def list_member_pairs(unit_ids: Iterable[int], *, on: date) -> tuple[tuple[int, int], ...]:
    """(unit, person) for each of `unit_ids` and everyone with a post at or below it on the day; somebody with two posts
    below a unit is there once. One query."""
    return member_pairs(unit_ids, on=on)


def list_primary_posts(*, on: date, person_ids: Iterable[int] | None = None) -> list[PostRow]:
    """Primary posts held on the day, of these persons or of everyone; who is between two posts is absent. One query."""
    posts = Post.objects.filter(valid_on(on), is_primary=True)
    if person_ids is not None:
        posts = posts.filter(person_id__in=list(person_ids))
    return [PostRow(*row) for row in posts.values_list("person_id", "unit_id", "title")]


def list_unit_paths() -> dict[int, tuple[int, ...]]:
    """Every unit with the units above it, root first and itself last. One query."""
    paths = Unit.objects.values_list("id", "path")
    return {unit_id: tuple(int(step) for step in str(path).split(".")) for unit_id, path in paths}


def get_person(person_id: int, *, on: date) -> PersonRow:
    """One person as of the day, also one who has left; raises Person.DoesNotExist. One query."""
    rows = person_rows(Person.objects.filter(id=person_id), on=on)
    if not rows:
        raise Person.DoesNotExist(person_id)
    return rows[0]


def get_person_beside(person_id: int, *, on: date, beside: Mapping[str, Subquery]) -> tuple[PersonRow, dict[str, Any]]:
    """As `get_person`, with columns of others that the same query answers. One query: every page asks this."""
    found = person_row_beside(Person.objects.filter(id=person_id), on=on, beside=beside)
    if found is None:
        raise Person.DoesNotExist(person_id)
    return found


def list_persons(
    *,
    on: date,
    ids: Iterable[int] | None = None,
    unit_ids: Iterable[int] | None = None,
    search: str = "",
    where: Q | None = None,
    order: Sequence[OrderBy] = (),
    limit: int = 50,
    offset: int = 0,
) -> list[PersonRow]:
    """Persons in the order of their names' pinyin, by `order` first. One query.

    Without `ids` only those employed on the day; with `ids` these, whether or not they have left. `unit_ids` are taken
    as they are (for a subtree resolve it first): whoever holds a post there on the day. `search` matches part of a
    name or of its pinyin, or the beginning of a number; `where` is a condition of a floor above or below. None means
    "no restriction", an empty list "nobody".
    """
    persons = _matching(on=on, ids=ids, unit_ids=unit_ids, search=search, where=where)
    return person_rows(persons.order_by(*order, "name_sort", "id")[offset : offset + limit], on=on)


def count_persons(
    *,
    on: date,
    ids: Iterable[int] | None = None,
    unit_ids: Iterable[int] | None = None,
    search: str = "",
    where: Q | None = None,
) -> int:
    """How many `list_persons` would give without a limit. One query."""
    return _matching(on=on, ids=ids, unit_ids=unit_ids, search=search, where=where).count()


def _matching(
    *, on: date, ids: Iterable[int] | None, unit_ids: Iterable[int] | None, search: str, where: Q | None
) -> QuerySet[Person, Person]:
    persons = Person.objects.filter(employed_on(on)) if ids is None else Person.objects.filter(id__in=list(ids))
    if unit_ids is not None:
        persons = persons.filter(id__in=members_of(unit_ids, on=on))
    words = search.strip()
    if words:
        matches = Q(name__icontains=words) | Q(pinyin__contains="".join(words.casefold().split()))
        persons = persons.alias(pinyin=PINYIN).filter(matches | Q(number__istartswith=words))
    return persons if where is None else persons.filter(where)


def get_unit(unit_id: int, *, on: date) -> UnitRow:
    """One unit with its head on the day; raises Unit.DoesNotExist. One query."""
    rows = list_units(on=on, ids=[unit_id])
    if not rows:
        raise Unit.DoesNotExist(unit_id)
    return rows[0]


def list_units(*, on: date, ids: Iterable[int] | None = None) -> list[UnitRow]:
    """Units in tree order (a parent before its children, siblings in the order of their making), with their heads on
    the day. Without `ids` only those not closed by then. One query."""
    if ids is None:
        return unit_rows(Unit.objects.filter(Q(closed_on=None) | Q(closed_on__gt=on)), on=on)
    return unit_rows(Unit.objects.filter(id__in=list(ids)), on=on)


def list_unit_chain(unit_id: int) -> list[UnitRow]:
    """The unit and everything above it, root first; heads are left out (None). Empty for an unknown unit. One query."""
    chain = Unit.objects.raw(
        "select above.* from people_unit as above join people_unit as unit on above.path @> unit.path "
        "where unit.id = %s order by nlevel(above.path)",
        [unit_id],
    )
    return [unit_row(unit, None) for unit in chain]


def list_report_ids(
    manager_id: int, *, on: date, deep: bool = True, kinds: Sequence[LineKind | str] = (LineKind.SOLID,)
) -> tuple[int, ...]:
    """Persons who report to the manager on the day by lines of `kinds`, sorted; `deep` with everyone below them. One
    query."""
    return report_ids(manager_id, on=on, deep=deep, kinds=[LineKind(kind) for kind in kinds])


def list_managers(person_id: int, *, on: date) -> list[tuple[LineKind, PersonRow]]:
    """To whom the person reports on the day: the solid line first, then dotted ones by name. Two queries."""
    lines = ReportingLine.objects.filter(valid_on(on), person_id=person_id).values_list("manager_id", "kind")
    kinds = {(manager_id, LineKind(kind)) for manager_id, kind in lines}
    managers = Person.objects.filter(id__in={manager_id for manager_id, _ in kinds}).order_by("name_sort", "id")
    rows = person_rows(managers, on=on)
    return [(kind, row) for kind in (LineKind.SOLID, LineKind.DOTTED) for row in rows if (row.id, kind) in kinds]


def resolve_persons(keys: Iterable[str], *, by: Literal["number", "email", "name"]) -> dict[str, int | None]:
    """Ids of persons by a key that files use; also those who have left, because files speak of the past.

    A key nobody has is absent; one that several have is None. E-mail addresses ignore case. One query.
    """
    wanted = list(keys)
    if by == "email":
        folded = {key.casefold() for key in wanted}
        found = _unique(
            Person.objects.annotate(key=Lower("email")).filter(any_of("key", folded)).values_list("key", "id")
        )
        return {key: found[key.casefold()] for key in wanted if key.casefold() in found}
    return _unique(Person.objects.filter(any_of(by, wanted)).values_list(by, "id"))


def resolve_units(keys: Iterable[str], *, by: Literal["code", "name"]) -> dict[str, int | None]:
    """Ids of units by code or name; an unknown key is absent, a name that several units bear is None. One query."""
    return _unique(Unit.objects.filter(**{f"{by}__in": list(keys)}).values_list(by, "id"))


def names_of_persons(ids: Iterable[int]) -> dict[int, str]:
    """Name by id; unknown ids are absent. One query."""
    return dict(Person.objects.filter(id__in=set(ids)).values_list("id", "name"))


def names_of_units(ids: Iterable[int]) -> dict[int, str]:
    """Name by id; unknown ids are absent. One query."""
    return dict(Unit.objects.filter(id__in=set(ids)).values_list("id", "name"))


def _unique(rows: Iterable[tuple[str, int]]) -> dict[str, int | None]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for key, found_id in rows:
        found[key].append(found_id)
    return {key: ids[0] if len(ids) == 1 else None for key, ids in found.items()}
