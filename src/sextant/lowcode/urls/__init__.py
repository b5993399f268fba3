"""Addresses of the low-code core. Each area has its own file; its list is added here by one line."""

from django.urls import URLPattern

from sextant.lowcode.urls import definitions, flow_tools, flows, forms, rules, sheets

app_name = "lowcode"
urlpatterns: list[URLPattern] = [
    *definitions.patterns,
    *flow_tools.patterns,
    *flows.patterns,
    *forms.patterns,
    *rules.patterns,
    *sheets.patterns,
]
