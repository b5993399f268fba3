"""Django app registration."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Registers `sextant.foundation.notices` under the label `notices`."""

    name = "sextant.foundation.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
