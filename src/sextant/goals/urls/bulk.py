"""Addresses of bulk work: files in and out, last cycle's goals copied, plans that wait."""

from django.urls import path

from sextant.goals.views import copying, files, waiting

patterns = [
    path("export/", files.export, name="export"),
    path("import/", files.upload, name="import"),
    path("import/<str:file>/", files.preview, name="import_preview"),
    path("import/<str:file>/errors.csv", files.errors, name="import_errors"),
    path("copy/", copying.copy, name="copy"),
    path("waiting/", waiting.waiting, name="waiting"),
    path("waiting/remind/", waiting.remind, name="remind"),
]
