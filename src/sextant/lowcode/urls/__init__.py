"""Addresses of the low-code core. Each area has its own file; its list is added here by one line."""

from django.urls import URLPattern

from sextant.lowcode.urls import definitions, flows, sheets

app_name = "lowcode"
urlpatterns: list[URLPattern] = [
    *definitions.patterns,
    *flows.patterns,
    *sheets.patterns,
]
