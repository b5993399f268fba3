"""What custom fields may hang on. The floor that has persons, units or goals registers each in its `catalog.py`."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Protocol

from django.utils.functional import Promise

from sextant.foundation.access.contracts import Actor
from sextant.foundation.catalogs import load_catalogs

RELATIONS = ("self", "manager", "upper")
"""Who somebody may be to a subject, as its host knows; "hr" is the same for all hosts and asks no row."""


class FieldHost(Protocol):
    """One kind of thing with custom fields. Every method a constant number of queries."""

    @property
    def code(self) -> str:
        """By which documents name it."""
        ...

    @property
    def name(self) -> str | Promise:
        """What people call it."""
        ...

    def is_visible(self, subject_id: int, *, actor: Actor, on: date) -> bool:
        """Whether there is such a thing and the actor may open it."""
        ...

    def related_ids(
        self, relation: str, *, actor: Actor, on: date, among: Collection[int] | None = None
    ) -> frozenset[int]:
        """To which subjects (of `among`, None for all) the actor is this relation, one of RELATIONS."""
        ...

    def names(self, ids: Iterable[int]) -> Mapping[int, str]:
        """What people call them."""
        ...

    def keys(self, ids: Iterable[int]) -> Mapping[int, str]:
        """By which files name them: number or code."""
        ...

    def find(self, keys: Iterable[str]) -> Mapping[str, int | None]:
        """Ids by the keys of a file; None for a key that several have."""
        ...

    def about(self, subject_id: int) -> int | None:
        """The person it is about; None for a thing."""
        ...

    def path(self, subject_id: int) -> str:
        """The page of the subject."""
        ...


_HOSTS: dict[str, FieldHost] = {}


def register_field_host(host: FieldHost) -> None:
    """Add a host; ValueError when its code is taken."""
    taken = _HOSTS.get(host.code)
    if taken is not None and type(taken) is not type(host):
        raise ValueError(f"{host.code} is registered twice")
    _HOSTS[host.code] = host


def list_field_hosts() -> tuple[FieldHost, ...]:
    """Every host, in the order of registration."""
    load_catalogs()
    return tuple(_HOSTS.values())


def find_field_host(code: str) -> FieldHost | None:
    """The host with this code, or None."""
    load_catalogs()
    return _HOSTS.get(code)
