"""Addresses of webhooks."""

from django.urls import path

from sextant.foundation.webhooks.views import inbound

app_name = "webhooks"
urlpatterns = [
    path("in/<str:key>/", inbound.receive_call, name="receive"),
]
