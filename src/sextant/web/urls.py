"""Addresses of workbench, people and units."""

from django.urls import path

from sextant.web import views

app_name = "web"
urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("people/", views.people, name="people"),
    path("people/<int:person_id>/", views.person, name="person"),
    path("units/<int:unit_id>/", views.unit, name="unit"),
]
