"""Django app registration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers `sextant.foundation.accounts` under the label `accounts`."""

    name = "sextant.foundation.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
