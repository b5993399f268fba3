"""The `shell` variable of every template: navigation and the signed-in person."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import behind, company_day, now
from sextant.foundation.notices.queries.mine import unread_of
from sextant.lowcode.queries.work import open_items
from sextant.people.queries import get_person_beside
from sextant.tracking.queries.cases import open_seats_of
from sextant.web.contracts import Me, Shell
from sextant.web.navigation import bottom_entries, entries, with_badge
from sextant.web.routes import find_url


def shell(request: HttpRequest) -> Mapping[str, object]:
    """`shell` is a Shell, or falsy while nobody is signed in. It is worked out on first use, once a request: a
    fragment that draws no navigation pays nothing."""
    lazy = getattr(request, "sextant_shell", None)
    if lazy is None:
        lazy = SimpleLazyObject(lambda: _shell_of(request))
        request.sextant_shell = lazy  # type: ignore[attr-defined]
    return {"shell": lazy}


def _shell_of(request: HttpRequest) -> Shell | None:
    actor: Actor | None = getattr(request, "actor", None)
    # an error page must not ask a database that may be what failed
    if actor is None or getattr(request, "sextant_failed", False):
        return None
    match = request.resolver_match
    main, admin = entries(actor, view_name=match.view_name if match else "")
    clock_on = company_day(now(), settings.SEXTANT_ZONE) if behind() else None
    if actor.person_id is None:
        me = Me(id=actor.user_id or 0, name=str(getattr(request, "user", actor.label)), note="", href=None)
        return Shell(main, admin, bottom_entries(main, admin), me, clock_on)
    me, counted = _me(actor.person_id)
    main = with_badge(main, url_name="lowcode:inbox", number=counted["waiting"])
    main = with_badge(main, url_name="tracking:cases", number=counted["talks"])
    return Shell(main, admin, bottom_entries(main, admin), me, clock_on, counted["unread"])


def _me(person_id: int) -> tuple[Me, dict[str, int]]:
    """Who is signed in, how much waits for them, what they have not read, and at how many talks about red lights they
    sit: one query, because every page asks."""
    at = now()
    beside = {
        "waiting": _count(open_items(person_id, at=at)),
        "unread": _count(unread_of(person_id)),
        "talks": _count(open_seats_of(person_id)),
    }
    on = company_day(at, settings.SEXTANT_ZONE)
    person, counted = get_person_beside(person_id, on=on, beside=beside)
    note = " · ".join(part for part in (person.unit_name, person.title) if part)
    me = Me(id=person.id, name=person.name, note=note, href=find_url("web:person", person_id=person.id))
    return me, {name: number or 0 for name, number in counted.items()}


def _count(rows: QuerySet[Any]) -> Subquery:
    """How many rows of one person there are, as a column; NULL for none."""
    return Subquery(rows.order_by().values("person_id").annotate(number=Count("pk")).values("number"))
