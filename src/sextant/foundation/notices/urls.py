"""Addresses of notices."""

from django.urls import path

from sextant.foundation.notices.views import mine

app_name = "notices"
urlpatterns = [
    path("", mine.mine, name="mine"),
    path("read/", mine.read_all, name="read_all"),
    path("<int:notice_id>/open/", mine.open_notice, name="open"),
]
