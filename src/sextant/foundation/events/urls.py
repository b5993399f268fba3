"""Addresses of events."""

from django.urls import path

from sextant.foundation.events import views

app_name = "events"
urlpatterns = [
    path("", views.tellings, name="tellings"),
    path("again/", views.again, name="again"),
]
