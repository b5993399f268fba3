"""Addresses of metrics: taking files in, batches, evaluation runs."""

from django.urls import path

from sextant.metrics import views
from sextant.metrics.urls import audit as urls_audit
from sextant.metrics.urls import connectors as urls_connectors
from sextant.metrics.urls import library as urls_library
from sextant.metrics.urls import runs as urls_runs

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
