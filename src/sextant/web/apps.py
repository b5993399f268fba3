"""Django app registration."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers `sextant.web` under the label `web`."""

    name = "sextant.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
