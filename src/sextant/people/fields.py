"""A column of PostgreSQL's `ltree` type: a dotted path of labels, here of unit ids."""

from typing import Any

from django.db import models


class LtreeField(models.CharField):  # type: ignore[type-arg]
    """Stores "1.4.17". Subtrees are resolved to unit ids first (`queries.list_subtree_ids`), then filtered by id."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 1000)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: object) -> str:
        return "ltree"
