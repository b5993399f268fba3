"""Changing the key under which secrets are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.secrets import SecretUnreadable, reseal
from sextant.foundation.secrets.fields import sealed_columns


class SecretsUnreadable(Exception):
    """No listed key opens these secrets (`places`: table and row); nothing was changed."""

    def __init__(self, places: Sequence[str]) -> None:
        super().__init__(", ".join(places))
        self.places = tuple(places)


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many secrets are sealed under the newest key now, by table."""

    tables: dict[str, int]

    @property
    def secrets(self) -> int:
        """All of them."""
        return sum(self.tables.values())


@transaction.atomic
def reseal_secrets(*, actor: Actor, now: datetime) -> Resealed:
    """Seal every stored secret under the newest key, all or none. Afterwards the older keys open nothing any more, and
    can be taken out of SEXTANT_SECRET_KEYS. A secret that is set meanwhile waits, and is not overwritten.

    Raises AccessDenied, SecretsUnreadable.
    """
    require(actor, Permission.ACCOUNT_MANAGE)
    unreadable: list[str] = []
    tables = {
        model._meta.db_table: sum(_reseal_row(row, names, unreadable) for row in _locked(model))
        for model, names in sealed_columns()
    }
    if unreadable:
        raise SecretsUnreadable(unreadable)
    record("reseal_secrets", actor=actor, now=now, object_kind="secrets", object_id="all", changes=dict(tables))
    return Resealed(tables)


def _locked(model: type[models.Model]) -> models.QuerySet[models.Model]:
    return model._default_manager.select_for_update().order_by("pk")


def _reseal_row(row: models.Model, names: tuple[str, ...], unreadable: list[str]) -> int:
    """Seal the row's secrets anew; how many it has. One that nothing opens is put on the list."""
    held = [name for name in names if getattr(row, name) is not None]
    for name in held:
        try:
            setattr(row, name, reseal(bytes(getattr(row, name))))
        except SecretUnreadable:
            unreadable.append(f"{row._meta.db_table} {row} {name}")
    row.save(update_fields=held)
    return len(held)
