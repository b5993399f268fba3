"""Addresses of the test run of a flow, and of its picture."""

from django.urls import path

from sextant.lowcode.views import flow_trial

patterns = [
    path("definitions/<int:definition_id>/trial/", flow_trial.trial, name="flow_trial"),
]
