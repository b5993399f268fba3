"""Addresses of 方案中心."""

from django.urls import path

from sextant.lowcode.views import definition_acts, definitions, formula_editor

patterns = [
    path("definitions/", definitions.definitions, name="definitions"),
    path("definitions/new/", definitions.new, name="definition_new"),
    path("definitions/import/", definition_acts.bring, name="definition_import"),
    path("definitions/schema/<slug:kind>.json", definitions.schema, name="definition_schema"),
    path("definitions/review/<slug:kind>/", definition_acts.review, name="definition_review"),
    path("definitions/<int:definition_id>/", definitions.definitions, name="definition"),
    path("definitions/<int:definition_id>/dry-run/", definitions.dry_run, name="definition_dry_run"),
    path("definitions/<int:definition_id>/publish/", definition_acts.publish, name="definition_publish"),
    path("definitions/<int:definition_id>/act/", definition_acts.act, name="definition_act"),
    path("definitions/<int:definition_id>/formula/", formula_editor.formula, name="formula"),
    path("formulas/check/", formula_editor.check, name="formula_check"),
    path("definitions/<int:definition_id>/v<int:number>.yaml", definition_acts.download, name="definition_file"),
]
