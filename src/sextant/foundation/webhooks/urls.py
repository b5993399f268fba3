"""Addresses of webhooks."""

from django.urls import path

from sextant.foundation.webhooks.views import endpoints, inbound, triggers

app_name = "webhooks"
urlpatterns = [
    path("", endpoints.webhooks, name="webhooks"),
    path("new/", endpoints.new_endpoint, name="new_endpoint"),
    path("<int:endpoint_id>/", endpoints.endpoint, name="endpoint"),
    path("<int:endpoint_id>/change/", endpoints.change_endpoint, name="change_endpoint"),
    path("<int:endpoint_id>/rotate/", endpoints.rotate, name="rotate"),
    path("<int:endpoint_id>/test/", endpoints.test, name="test"),
    path("<int:endpoint_id>/replay/", endpoints.replay, name="replay"),
    path("<int:endpoint_id>/delete/", endpoints.delete, name="delete"),
    path("triggers/new/", triggers.new_trigger, name="new_trigger"),
    path("triggers/<int:trigger_id>/", triggers.trigger, name="trigger"),
    path("triggers/<int:trigger_id>/change/", triggers.change_trigger, name="change_trigger"),
    path("triggers/<int:trigger_id>/rotate/", triggers.rotate_trigger, name="rotate_trigger"),
    path("in/<str:key>/", inbound.receive_call, name="receive"),
]
