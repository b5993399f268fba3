"""Addresses of tracking."""

from sextant.tracking.urls import cases, help

app_name = "tracking"
urlpatterns = [*cases.patterns, *help.patterns]
