"""Addresses of notices."""

from django.urls import path

from sextant.foundation.notices.views import channels, mine, preferences, texts

app_name = "notices"
urlpatterns = [
    path("", mine.mine, name="mine"),
    path("read/", mine.read_all, name="read_all"),
    path("<int:notice_id>/open/", mine.open_notice, name="open"),
    path("channels/", channels.channels, name="channels"),
    path("channels/<str:kind>/", channels.channel, name="channel"),
    path("channels/<str:kind>/test/", channels.test_channel, name="channel_test"),
    path("log/", channels.log, name="log"),
    path("log/resend/", channels.send_again, name="resend"),
    path("texts/", texts.texts, name="texts"),
    path("texts/<str:code>/", texts.text, name="text"),
    path("texts/<str:code>/preview/", texts.preview, name="text_preview"),
    path("texts/<str:code>/rules/", texts.rules, name="text_rules"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/save/", preferences.save, name="preferences_save"),
    path("preferences/habits/", preferences.save_habits, name="habits_save"),
    path("preferences/contact/<str:kind>/", preferences.contact, name="contact"),
    path("preferences/line/<str:code>/", preferences.line, name="line"),
]
