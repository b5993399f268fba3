"""Workbench, directory, person and unit pages: parse, ask, render."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs


@needs(Permission.WORKBENCH_READ)
def workbench(request: HttpRequest) -> HttpResponse:
    """`/`: what the signed-in person should look at first."""
    return render(request, "web/workbench.html")


@needs(Permission.PERSON_READ)
def people(request: HttpRequest) -> HttpResponse:
    """`/people/`: directory."""
    return render(request, "web/people.html")


@needs(Permission.PERSON_READ)
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """`/people/<id>/`."""
    return render(request, "web/person.html")


@needs(Permission.UNIT_READ)
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """`/units/<id>/`."""
    return render(request, "web/unit.html")
