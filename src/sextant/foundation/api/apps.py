"""Django app registration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registers `sextant.foundation.api` under the label `api`."""

    name = "sextant.foundation.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
