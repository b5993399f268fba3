"""Addresses of alignment, push, split and the quality of goals."""

from django.urls import path

from sextant.goals.views.quality import quality

patterns = [
    path("quality/", quality, name="quality"),
]
