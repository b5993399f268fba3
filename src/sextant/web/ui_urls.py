"""Addresses of the ui floor: language switch and gallery. They are marked here, because ui lies below access and
cannot name a permission."""

from django.urls import path

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.ui.gallery import gallery
from sextant.web.language import switch_language

app_name = "ui"
urlpatterns = [
    path("language/", switch_language, name="language"),
    path("dev/ui/", needs(Permission.GALLERY_READ)(gallery), name="gallery"),
]
