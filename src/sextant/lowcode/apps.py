"""Django app registration."""

from django.apps import AppConfig


class LowcodeConfig(AppConfig):
    """Registers `sextant.lowcode` under the label `lowcode`."""

    name = "sextant.lowcode"
    label = "lowcode"
    default_auto_field = "django.db.models.BigAutoField"
