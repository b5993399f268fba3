"""Django app registration."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers `sextant.foundation.jobs` under the label `jobs`."""

    name = "sextant.foundation.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
