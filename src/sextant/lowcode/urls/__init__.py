"""Addresses of the low-code core. Each area has its own file; its list is added here by one line."""

from django.urls import URLPattern

from sextant.lowcode.urls import (
    custom_fields,
    definitions,
    flow_design,
    flow_times,
    flow_tools,
    flows,
    forms,
    rules,
    sheets,
)

app_name = "lowcode"
urlpatterns: list[URLPattern] = [
    *custom_fields.patterns,
    *definitions.patterns,
    *flows.patterns,
    *flow_design.patterns,
    *flow_tools.patterns,
    *flow_times.patterns,
    *forms.patterns,
    *rules.patterns,
    *sheets.patterns,
]
