"""Addresses of progress that people tell."""

from django.urls import path

from sextant.goals.views import progress

patterns = [
    path("statuses/", progress.statuses, name="statuses"),
    path("<int:goal_id>/progress/", progress.progress, name="progress"),
    path("<int:goal_id>/progress/<int:note_id>/file/", progress.progress_file, name="progress_file"),
]
