"""Addresses of how long a flow takes."""

from django.urls import path

from sextant.lowcode.views import flow_times

patterns = [
    path("definitions/<int:definition_id>/times/", flow_times.times, name="definition_times"),
    path("definitions/<int:definition_id>/times/part/", flow_times.part, name="definition_times_part"),
    path("definitions/<int:definition_id>/times.csv", flow_times.file, name="definition_times_file"),
]
