"""Django app registration."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Registers `sextant.foundation.files` under the label `files`."""

    name = "sextant.foundation.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
