"""Django app registration."""

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    """Registers `sextant.metrics` under the label `metrics`."""

    name = "sextant.metrics"
    label = "metrics"
    default_auto_field = "django.db.models.BigAutoField"
