"""Addresses of connectors, below /metrics/."""

from django.urls import path

from sextant.metrics.views import connectors as views

urlpatterns = [
    path("connectors/", views.connectors, name="connectors"),
    path("connectors/+new/", views.connector_new, name="connector_new"),
    path("connectors/<slug:name>/", views.connector, name="connector"),
    path("connectors/<slug:name>/document/", views.connector_document, name="connector_document"),
    path("connectors/<slug:name>/run/", views.connector_run, name="connector_run"),
    path("connectors/<slug:name>/secrets/<slug:secret>/", views.connector_secret, name="connector_secret"),
    path("connectors/<slug:name>/versions/<int:number>/", views.connector_version, name="connector_version"),
]
