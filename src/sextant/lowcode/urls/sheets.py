"""Addresses of sheets: forms being filled in."""

from django.urls import path

from sextant.lowcode.views import sheets

patterns = [
    path("work/<int:item_id>/form/", sheets.fill, name="work_fill"),
    path("sheets/<int:sheet_id>/", sheets.sheet, name="sheet"),
    path("sheets/<int:sheet_id>/save/", sheets.save, name="sheet_save"),
    path("sheets/<int:sheet_id>/files/<int:file_id>/", sheets.sheet_file, name="sheet_file"),
]
