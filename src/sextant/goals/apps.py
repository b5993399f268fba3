"""Django app registration."""

from django.apps import AppConfig


class GoalsConfig(AppConfig):
    """Registers `sextant.goals` under the label `goals`."""

    name = "sextant.goals"
    label = "goals"
    default_auto_field = "django.db.models.BigAutoField"
