"""The `shell` variable of every template: navigation and the signed-in person."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import behind, company_day, now
from sextant.foundation.notices.queries.mine import count_unread
from sextant.lowcode.queries.work import count_open
from sextant.people.queries import get_person
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
    unread = 0
    if actor.person_id is not None:
        main = with_badge(main, url_name="lowcode:inbox", number=count_open(actor.person_id))
        unread = count_unread(actor.person_id)
    clock_on = company_day(now(), settings.SEXTANT_ZONE) if behind() else None
    return Shell(main, admin, bottom_entries(main, admin), _me(actor, request), clock_on, unread)


def _me(actor: Actor, request: HttpRequest) -> Me:
    if actor.person_id is None:
        return Me(id=actor.user_id or 0, name=str(getattr(request, "user", actor.label)), note="", href=None)
    person = get_person(actor.person_id, on=company_day(now(), settings.SEXTANT_ZONE))
    note = " · ".join(part for part in (person.unit_name, person.title) if part)
    return Me(id=person.id, name=person.name, note=note, href=find_url("web:person", person_id=person.id))
