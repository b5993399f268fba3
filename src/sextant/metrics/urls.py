"""Addresses of metrics: taking files in, batches, evaluation runs."""

from django.urls import path

from sextant.metrics import urls_audit, urls_connectors, urls_library, urls_runs, views

app_name = "metrics"
urlpatterns = [
    path("ingest/", views.ingest, name="ingest"),
    path("ingest/<slug:file>/<slug:mapping>/", views.preview, name="preview"),
    path("batches/", views.batches, name="batches"),
    path("batches/<int:batch_id>/", views.batch, name="batch"),
    path("batches/<int:batch_id>/quarantine.csv", views.quarantine, name="quarantine"),
    path("runs/", views.runs, name="runs"),
    path("runs/<int:run_id>/", views.run, name="run"),
    *urls_runs.urlpatterns,
    *urls_audit.urlpatterns,
    *urls_library.urlpatterns,
    *urls_connectors.urlpatterns,
]
