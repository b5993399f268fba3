"""The kind of column that holds sealed secrets, so that resealing finds every one of them."""

from typing import Any

from django.apps import apps
from django.db import models


class SealedField(models.BinaryField):  # type: ignore[type-arg] # the stubs make it generic, Django does not
    """Bytes that `seal` made. To the database, and to migrations, they are bytes like any others."""

    def deconstruct(self) -> Any:
        """As a plain BinaryField: what the bytes mean is no matter of the schema."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs


def sealed_columns() -> list[tuple[type[models.Model], tuple[str, ...]]]:
    """Every model that holds sealed secrets, with the names of its sealed columns."""
    found = []
    for model in apps.get_models():
        names = tuple(field.attname for field in model._meta.concrete_fields if isinstance(field, SealedField))
        if names:
            found.append((model, names))
    return found
