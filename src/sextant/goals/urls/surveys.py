"""Addresses of 共识调查."""

from django.urls import path

from sextant.goals.views import surveys

patterns = [
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/<int:survey_id>/", surveys.survey, name="survey"),
    path("surveys/<int:survey_id>/results/", surveys.survey_results, name="survey_results"),
    path("surveys/units/<int:unit_id>/", surveys.unit_voice, name="unit_voice"),
    path("plans/<int:plan_id>/voice/", surveys.plan_voice, name="plan_voice"),
]
