"""Definitions that floors below keep in tables of their own, found from the centre too."""

from django.utils.translation import gettext_lazy as _

from sextant.foundation.access.contracts import Permission
from sextant.foundation.notices.registry import list_notices
from sextant.lowcode.registry import Shelf, register_shelf

register_shelf(
    Shelf(
        code="notice",
        name=_("通知模板"),
        url="notices:texts",
        permission=Permission.NOTICE_MANAGE,
        count=lambda: len(list_notices()),
    )
)
