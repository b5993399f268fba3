"""Notices, their deliveries, channels, what persons chose, and texts in HR's own words."""

from sextant.foundation.notices.models.channels import Channel
from sextant.foundation.notices.models.choices import Choice, CompanyRule, ContactPoint, Habits
from sextant.foundation.notices.models.notices import Delivery, Notice
from sextant.foundation.notices.models.texts import NoticeText, NoticeTextVersion

__all__ = [
    "Channel",
    "Choice",
    "CompanyRule",
    "ContactPoint",
    "Delivery",
    "Habits",
    "Notice",
    "NoticeText",
    "NoticeTextVersion",
]
