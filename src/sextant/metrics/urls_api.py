"""Operations of metrics, under /api/v1/."""

from django.urls import path

from sextant.metrics import api

app_name = "metrics_api"
urlpatterns = [
    path("measurements", api.push_measurements, name="push_measurements"),
]
