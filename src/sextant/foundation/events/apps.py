"""Django app registration."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Registers `sextant.foundation.events` under the label `events`."""

    name = "sextant.foundation.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"
