"""Django app registration."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Registers `sextant.people` under the label `people`."""

    name = "sextant.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
