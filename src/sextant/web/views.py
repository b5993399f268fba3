"""Workbench, directory, person and unit pages: parse, ask once, render."""

from datetime import date

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.contracts import InvitationRow
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.queries.surveys import list_open_invitations
from sextant.lowcode.queries.field_lens import read_lens
from sextant.web.queries.directory import read_directory
from sextant.web.queries.person_page import read_person_page
from sextant.web.queries.unit_page import read_unit_page
from sextant.web.queries.workbench import read_workbench


@needs(Permission.WORKBENCH_READ)
def workbench(request: HttpRequest) -> HttpResponse:
    """`/`: what the signed-in person should look at first."""
    today = _today()
    actor = actor_of(request)
    context = {
        "page": read_workbench(actor, today=today),
        "today": today,
        "surveys": _open_surveys(actor),
    }
    return render(request, "web/workbench.html", context)


@needs(Permission.PERSON_READ)
def people(request: HttpRequest) -> HttpResponse:
    """`/people/?q=&unit=&page=`: the people the reader may see; `x.…`, `col` and `by` are custom fields."""
    actor, today = actor_of(request), _today()
    page = read_directory(
        actor,
        today=today,
        lens=read_lens("person", request.GET, actor=actor, now=now(), on=today),
        search=_text(request, "q", longest=100),
        unit_id=_whole(request, "unit"),
        page=_whole(request, "page") or 1,
    )
    template = "web/_directory.html" if request.headers.get("HX-Request") else "web/people.html"
    return render(request, template, {"page": page})


@needs(Permission.PERSON_READ)
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """`/people/<id>/?cycle=`: one person, their goals and their way through the company."""
    try:
        page = read_person_page(
            actor_of(request), person_id=person_id, today=_today(), cycle_code=_text(request, "cycle", longest=40)
        )
    except AccessDenied as error:
        raise Http404 from error
    return render(request, "web/person.html", {"page": page})


@needs(Permission.UNIT_READ)
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """`/units/<id>/?page=`: one unit, what is below it, and its people."""
    try:
        page = read_unit_page(actor_of(request), unit_id=unit_id, today=_today(), page=_whole(request, "page") or 1)
    except AccessDenied as error:
        raise Http404 from error
    return render(request, "web/unit.html", {"page": page})


def _open_surveys(actor: Actor) -> list[tuple[InvitationRow, str]]:
    """Surveys that wait for the reader, with the names of their cycles. One query."""
    if actor.person_id is None:
        return []
    found = list_open_invitations(actor.person_id, now=now())
    return [(one, name_of_cycle(one.cycle_code, one.cycle_name)) for one in found]


def _today() -> date:
    return company_day(now(), settings.SEXTANT_ZONE)


def _text(request: HttpRequest, name: str, *, longest: int) -> str:
    """Words from the query, without the NUL that PostgreSQL refuses."""
    return request.GET.get(name, "").replace("\0", "").strip()[:longest]


def _whole(request: HttpRequest, name: str) -> int | None:
    """A whole number from the query; None for anything that is none, and for what no id can be."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
