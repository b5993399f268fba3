"""Django app registration."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Registers `sextant.ui` under the label `ui`."""

    name = "sextant.ui"
    label = "ui"
    default_auto_field = "django.db.models.BigAutoField"
