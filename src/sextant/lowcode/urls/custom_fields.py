"""Addresses of custom fields."""

from django.urls import path

from sextant.lowcode.views import custom_fields

patterns = [
    path("fields/of/<slug:host>/<int:subject_id>/", custom_fields.section, name="fields_section"),
    path("fields/<slug:code>/<int:subject_id>/", custom_fields.write, name="fields_write"),
]
