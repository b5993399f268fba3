"""Addresses of alignment, push, split and the quality of goals."""

from django.urls import path

from sextant.goals.views import quota
from sextant.goals.views.quality import quality

patterns = [
    path("<int:goal_id>/quota/", quota.quota, name="quota"),
    path("<int:goal_id>/quota/send/", quota.send, name="quota_send"),
    path("quality/", quality, name="quality"),
]
