"""Django app registration."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Registers `sextant.foundation.webhooks` under the label `webhooks`."""

    name = "sextant.foundation.webhooks"
    label = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"
