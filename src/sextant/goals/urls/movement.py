"""Addresses of 人员异动."""

from django.urls import path

from sextant.goals.views import movement

patterns = [
    path("movements/", movement.movements, name="movements"),
    path("movements/<int:movement_id>/", movement.record_of, name="movement"),
    path("movements/person/<int:person_id>/", movement.move, name="move"),
    path("<int:goal_id>/trace/", movement.trace, name="trace"),
]
