"""Addresses of alignment, push, split and the quality of goals."""

from django.urls import path

from sextant.goals.views import alignment, push, quota
from sextant.goals.views.quality import quality

patterns = [
    path("alignment/", alignment.report, name="alignment"),
    path("<int:goal_id>/supports/", alignment.supports, name="supports"),
    path("<int:goal_id>/align/", alignment.align, name="align"),
    path("<int:goal_id>/unalign/<int:parent_id>/", alignment.unalign, name="unalign"),
    path("<int:goal_id>/push/", push.push, name="push"),
    path("<int:goal_id>/quota/", quota.quota, name="quota"),
    path("<int:goal_id>/quota/send/", quota.send, name="quota_send"),
    path("quality/", quality, name="quality"),
]
