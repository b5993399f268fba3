"""URLs under /api/: pages for those who manage clients, and what all operations share."""

from django.urls import path, re_path

from sextant.foundation.api import views

app_name = "api"
urlpatterns = [
    path("clients/", views.clients, name="clients"),
    path("clients/new/", views.new_client, name="new_client"),
    path("clients/<int:client_id>/", views.client, name="client"),
    path("clients/<int:client_id>/change/", views.change_client, name="change_client"),
    path("clients/<int:client_id>/rotate/", views.rotate_secret, name="rotate_secret"),
    path("clients/<int:client_id>/revoke/", views.revoke_client, name="revoke_client"),
    path("v1/openapi.json", views.openapi, name="openapi"),
    re_path(r"^v1/(?P<rest>.*)$", views.unknown_operation, name="unknown_operation"),
]
