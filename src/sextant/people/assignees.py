"""Whom flows ask, as this floor knows it: line managers, unit heads, colleagues of a role. One query each, whatever the
number of persons they are asked about."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection

from sextant.foundation.access.contracts import Role
from sextant.lowcode.registry_people import PersonName, PersonUnit
from sextant.people.models import Person
from sextant.people.queries import (
    list_persons,
    list_primary_posts,
    names_of_persons,
    names_of_units,
    resolve_persons,
)
from sextant.people.rows import employed_on

Found = dict[int, tuple[int, ...]]
_VALID = "{0}.valid_from <= %(on)s and ({0}.valid_until is null or {0}.valid_until > %(on)s)"
_AT_WORK = "({0}.left_on is null or {0}.left_on > %(on)s)"
MOST_STEPS = 30
"""How far up a line of reporting is followed."""

_DIRECT = f"""
    select line.person_id, line.manager_id from people_reportingline as line
    join people_person as person on person.id = line.manager_id and {_AT_WORK.format("person")}
    where line.person_id = any(%(ids)s) and line.kind = 'solid' and {_VALID.format("line")}
"""
# Lines may run in circles: whoever was met on the way up is not met again. A grade is compared by its number (P9, M10).
_ABOVE = f"""
    with recursive above as (
      select line.person_id as about_id, line.manager_id, 1 as step, array[line.person_id] as seen
      from people_reportingline as line
      where line.person_id = any(%(ids)s) and line.kind = 'solid' and {_VALID.format("line")}
      union all
      select above.about_id, line.manager_id, above.step + 1, above.seen || line.person_id
      from above join people_reportingline as line on line.person_id = above.manager_id
      where line.kind = 'solid' and {_VALID.format("line")} and above.step < %(most)s
        and line.manager_id <> all(above.seen)
    )
    select distinct on (above.about_id) above.about_id, above.manager_id from above
    join people_person as person on person.id = above.manager_id and {_AT_WORK.format("person")}
    join people_post as post on post.person_id = above.manager_id and post.is_primary and {_VALID.format("post")}
    where substring(post.grade from '[0-9]+')::int >= %(grade)s
    order by above.about_id, above.step
"""
_HEADS = f"""
    select distinct on (own.person_id) own.person_id, head.person_id from people_post as own
    join people_unit as unit on unit.id = own.unit_id
    join people_unit as above on above.path @> unit.path
    join people_post as head on head.unit_id = above.id and head.is_head and {_VALID.format("head")}
    join people_person as person on person.id = head.person_id and {_AT_WORK.format("person")}
    where own.person_id = any(%(ids)s) and own.is_primary and {_VALID.format("own")}
      and head.person_id <> own.person_id
    order by own.person_id, nlevel(above.path) desc, head.person_id
"""
_HOLDERS = f"""
    select person.id from people_person as person
    join accounts_rolegrant as granted on granted.user_id = person.user_id and granted.role = %(role)s
    where {_AT_WORK.format("person")} order by person.id
"""
_PARTNERS = f"""
    with partner as (
      select distinct person.id, unit.path from people_person as person
      join accounts_rolegrant as granted on granted.user_id = person.user_id and granted.role = 'hr'
      join people_post as post on post.person_id = person.id and post.is_primary and {_VALID.format("post")}
      join people_unit as unit on unit.id = post.unit_id
      where {_AT_WORK.format("person")}
    ), near as (
      select own.person_id, partner.id as partner_id,
        rank() over (
          partition by own.person_id order by nlevel(lca(unit.path || '0', partner.path || '0')) desc
        ) as place
      from people_post as own join people_unit as unit on unit.id = own.unit_id cross join partner
      where own.person_id = any(%(ids)s) and own.is_primary and {_VALID.format("own")} and partner.id <> own.person_id
    )
    select person_id, partner_id from near where place = 1 order by 1, 2
"""


_UNITS = f"""
    select distinct above.code from people_post as own
    join people_unit as unit on unit.id = own.unit_id
    join people_unit as above on above.path @> unit.path
    where own.person_id = %(id)s and {_VALID.format("own")}
"""


def line_managers(about_ids: Collection[int], params: Mapping[str, object], *, on: date) -> Found:
    """The manager on the solid line; with `grade` the first one upwards whose grade is at least that number. One
    query."""
    values: dict[str, Any] = {"ids": list(about_ids), "on": on}
    grade = str(params.get("grade") or "")
    if not grade.isdecimal():
        return _pairs(_DIRECT, values)
    return _pairs(_ABOVE, {**values, "grade": int(grade), "most": MOST_STEPS})


def unit_heads(about_ids: Collection[int], params: Mapping[str, object], *, on: date) -> Found:
    """The head of the person's unit, or of the nearest unit above that has another head than the person. One query."""
    return _pairs(_HEADS, {"ids": list(about_ids), "on": on})


def role_holders(about_ids: Collection[int], params: Mapping[str, object], *, on: date) -> Found:
    """Everyone at work whose account was granted `role`, the same for all. One query."""
    if params.get("role") not in {role.value for role in Role}:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, {"role": str(params["role"]), "on": on})
        holders = tuple(row[0] for row in cursor.fetchall())
    return dict.fromkeys(about_ids, holders)


def partners(about_ids: Collection[int], params: Mapping[str, object], *, on: date) -> Found:
    """HRBP: the colleagues of human resources whose unit is nearest to the person's in the tree. One query."""
    return _pairs(_PARTNERS, {"ids": list(about_ids), "on": on})


class PeopleDirectory:
    """Persons by id, number and name, for the floor below."""

    def names(self, ids: Iterable[int]) -> Mapping[int, str]:
        """Name by id. One query."""
        return names_of_persons(ids)

    def gone(self, ids: Collection[int], *, on: date) -> frozenset[int]:
        """Those who have left by the day. One query."""
        left = Person.objects.filter(id__in=list(ids)).exclude(employed_on(on))
        return frozenset(left.values_list("id", flat=True))

    def by_number(self, numbers: Collection[str]) -> Mapping[str, int]:
        """Ids by employee number. One query."""
        found = resolve_persons(numbers, by="number")
        return {number: person_id for number, person_id in found.items() if person_id is not None}

    def units(self, ids: Collection[int], *, on: date) -> Mapping[int, PersonUnit]:
        """The unit of each on the day. Two queries."""
        posts = list_primary_posts(on=on, person_ids=ids)
        names = names_of_units({post.unit_id for post in posts})
        return {post.person_id: PersonUnit(post.unit_id, names[post.unit_id]) for post in posts}

    def search(self, text: str, *, on: date, limit: int) -> list[PersonName]:
        """Persons at work by a part of their name or number. One query."""
        found = list_persons(on=on, search=text, limit=limit)
        return [PersonName(one.id, one.name, one.unit_name or "") for one in found]

    def units_of(self, person_id: int, *, on: date) -> frozenset[str]:
        """Codes of the person's units and of all above. One query."""
        return _codes_above(person_id, on)


def _codes_above(person_id: int, on: date) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(_UNITS, {"id": person_id, "on": on})
        return frozenset(code for (code,) in cursor.fetchall())


def _pairs(sql: str, values: Mapping[str, Any]) -> Found:
    found: defaultdict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for about_id, person_id in cursor.fetchall():
            found[about_id].append(person_id)
    return {about_id: tuple(persons) for about_id, persons in found.items()}
