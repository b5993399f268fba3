"""Addresses of goals."""

from django.urls import path

from sextant.goals import views
from sextant.goals.urls import adjustment, agreement, alignment, bulk, movement, plans, progress, surveys, workshops
from sextant.goals.views import rules, suggestion, suspension

app_name = "goals"
urlpatterns = [
    path("", views.goal_map, name="map"),
    path("evaluate/", views.evaluate, name="evaluate"),
    path("changes/<int:run_id>/", views.changes, name="changes"),
    path("<int:goal_id>/", views.detail, name="detail"),
    path("<int:goal_id>/children/", views.branch, name="children"),
    path("<int:goal_id>/explain/", views.explain, name="explain"),
    path("<int:goal_id>/suggestion/", suggestion.suggestion, name="suggestion"),
    path("<int:goal_id>/rules/", rules.rules, name="rules"),
    path("<int:goal_id>/hand/", views.hand, name="hand"),
    path("<int:goal_id>/record/", views.record, name="record"),
    path("<int:goal_id>/light/", views.light, name="light"),
    path("<int:goal_id>/light/clear/", views.clear_light, name="clear_light"),
    path("<int:goal_id>/suspend/", suspension.suspend, name="suspend"),
    path("<int:goal_id>/resume/", suspension.resume, name="resume"),
    path("<int:goal_id>/measurements.csv", views.measurements, name="measurements"),
    *alignment.patterns,
    *plans.patterns,
    *progress.patterns,
    *agreement.patterns,
    *adjustment.patterns,
    *bulk.patterns,
    *movement.patterns,
    *surveys.patterns,
    *workshops.patterns,
]
