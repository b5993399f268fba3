"""Addresses of custom fields, and of lists of answers."""

from django.urls import path

from sextant.lowcode.views import answers, custom_fields, field_import

patterns = [
    path("fields/of/<slug:host>/<int:subject_id>/", custom_fields.section, name="fields_section"),
    path("fields/<slug:code>/<int:subject_id>/", custom_fields.write, name="fields_write"),
    path("answers/<int:definition_id>/", answers.answers, name="answers"),
    path("answers/<int:definition_id>/export/", answers.export, name="answers_export"),
    path("answers/<int:definition_id>/import/", field_import.bring, name="fields_import"),
]
