"""Addresses of evaluation runs beside their list and page."""

from django.urls import path

from sextant.metrics.views import evaluations

urlpatterns = [
    path("runs/<int:run_id>/replay/", evaluations.replay, name="replay"),
    path("runs/<int:run_id>/publish/", evaluations.publish, name="publish"),
]
