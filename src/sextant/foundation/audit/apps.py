"""Django app registration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Registers `sextant.foundation.audit` under the label `audit`."""

    name = "sextant.foundation.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
