"""Addresses of runs of flows."""

from django.urls import path

from sextant.lowcode.views import flow_runs

patterns = [
    path("flows/runs/<int:run_id>/", flow_runs.run, name="flow_run"),
]
