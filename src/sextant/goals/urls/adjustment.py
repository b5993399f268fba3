"""Addresses of adjustments."""

from django.urls import path

from sextant.goals.views import adjustment

patterns = [
    path("adjustments/<int:request_id>/", adjustment.detail, name="adjustment"),
]
