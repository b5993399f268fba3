"""Django app registration."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """Registers `sextant.tracking` under the label `tracking`."""

    name = "sextant.tracking"
    label = "tracking"
    default_auto_field = "django.db.models.BigAutoField"
