"""Addresses of the form designer."""

from django.urls import path

from sextant.lowcode.views import form_designer, form_formulas

patterns = [
    path("definitions/<int:definition_id>/form/", form_designer.form, name="form"),
    path("definitions/<int:definition_id>/form/act/", form_designer.act, name="form_act"),
    path("definitions/<int:definition_id>/form/preview/", form_designer.preview, name="form_preview"),
    path("definitions/<int:definition_id>/form/formula/", form_formulas.form_formula, name="form_formula"),
]
