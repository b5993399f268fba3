"""Walking the organisation to sets of ids: subtrees of units, lines of reporting, on a day. One query each.

Whoever filters rows filters by these integer ids, never by paths.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection

from sextant.people.contracts import LineKind

_VALID = "{0}.valid_from <= %(on)s and ({0}.valid_until is null or {0}.valid_until > %(on)s)"

# `union` (not `union all`) drops those already met, so that lines may run in circles without end
_SOLID_BELOW = f"""
    select line.person_id from people_reportingline as line
    where line.kind = 'solid' and line.manager_id = %(person)s and {_VALID.format("line")}
    union
    select line.person_id from people_reportingline as line join below on line.manager_id = below.person_id
    where line.kind = 'solid' and {_VALID.format("line")}
"""
_HEADED = f"""
    select below.id from people_post as post
    join people_unit as above on above.id = post.unit_id
    join people_unit as below on below.path <@ above.path
    where post.person_id = %(person)s and post.is_head and {_VALID.format("post")}
"""


def subtree_ids(unit_ids: Iterable[int]) -> tuple[int, ...]:
    """`unit_ids` and every unit below them, sorted."""
    sql = """
        select distinct below.id from people_unit as above
        join people_unit as below on below.path <@ above.path
        where above.id = any(%(units)s) order by 1
    """
    return _ids(sql, {"units": list(unit_ids)})


def pairs_below(unit_ids: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """(unit, unit at or below it) for each of `unit_ids`."""
    sql = """
        select above.id, below.id from people_unit as above
        join people_unit as below on below.path <@ above.path
        where above.id = any(%(units)s)
    """
    return _pairs(sql, {"units": list(unit_ids)})


def member_pairs(unit_ids: Iterable[int], *, on: date) -> tuple[tuple[int, int], ...]:
    """(unit, person) for each of `unit_ids` and everyone with a post at or below it on the day, each pair once."""
    sql = f"""
        select distinct above.id, post.person_id from people_unit as above
        join people_unit as below on below.path <@ above.path
        join people_post as post on post.unit_id = below.id
        where above.id = any(%(units)s) and {_VALID.format("post")}
    """
    return _pairs(sql, {"units": list(unit_ids), "on": on})


def report_ids(manager_id: int, *, on: date, deep: bool, kinds: Sequence[LineKind]) -> tuple[int, ...]:
    """Persons below a manager on the day, sorted, without the manager; `deep` follows the lines all the way down."""
    step = "select line.person_id from people_reportingline as line {joined} where line.kind = any(%(kinds)s) and {}"
    valid = _VALID.format("line")
    first = step.format(f"{valid} and line.manager_id = %(manager)s", joined="")
    further = step.format(valid, joined="join below on line.manager_id = below.person_id")
    recursion = f"union {further}" if deep else ""
    sql = f"""
        with recursive below as ({first} {recursion})
        select distinct person_id from below where person_id <> %(manager)s order by 1
    """
    return _ids(sql, {"kinds": [str(kind) for kind in kinds], "on": on, "manager": manager_id})


def person_ids_seen_by(person_id: int, *, on: date) -> tuple[int, ...]:
    """Themselves, everyone below on solid lines, direct dotted reports, and members of the units they head with all
    units below. A dotted line informs about one person, not about that person's own team."""
    sql = f"""
        with recursive below as ({_SOLID_BELOW}), headed as ({_HEADED})
        select %(person)s::bigint
        union select person_id from below
        union select line.person_id from people_reportingline as line
            where line.kind = 'dotted' and line.manager_id = %(person)s and {_VALID.format("line")}
        union select post.person_id from people_post as post join headed on headed.id = post.unit_id
            where {_VALID.format("post")}
        order by 1
    """
    return _ids(sql, {"person": person_id, "on": on})


def unit_ids_seen_by(person_id: int, *, on: date) -> tuple[int, ...]:
    """Units in which they hold a post, everything above these, and the subtrees of units they head."""
    sql = f"""
        select above.id from people_post as post
        join people_unit as unit on unit.id = post.unit_id
        join people_unit as above on above.path @> unit.path
        where post.person_id = %(person)s and {_VALID.format("post")}
        union {_HEADED}
        order by 1
    """
    return _ids(sql, {"person": person_id, "on": on})


def _ids(sql: str, params: dict[str, Any]) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return tuple(row[0] for row in cursor.fetchall())


def _pairs(sql: str, values: dict[str, Any]) -> tuple[tuple[int, int], ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return tuple(cursor.fetchall())
