"""Addresses of people: none here. The pages of a person and a unit mix several apps and live in `web`."""

from django.urls import URLPattern, URLResolver

app_name = "people"
urlpatterns: list[URLPattern | URLResolver] = []
