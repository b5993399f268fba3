"""The gallery `/dev/ui/`: every component with ordinary, long and empty content."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def gallery(request: HttpRequest) -> HttpResponse:
    """One page with all components, to look at and to test."""
    return render(request, "ui/gallery.html")
