"""Things of a domain that an answer may name: persons, units, goals.

Whoever fills a form writes what people call the thing; the floor that has such things finds it and names it. A picker
finds by what the writer knows exactly, it lists nothing: a form is no way to read a directory.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from sextant.engines.forms import FieldKind
from sextant.foundation.access.contracts import Actor
from sextant.foundation.catalogs import load_catalogs


class Picker(Protocol):
    """Finds and names things of one kind. Each a constant number of queries."""

    def find(self, text: str, *, actor: Actor, on: date) -> int | None:
        """The thing called so (number, code, or a name that only one has); None when there is none, or several."""

    def names(self, ids: Iterable[int], *, actor: Actor) -> Mapping[int, str]:
        """What people call them; those the actor may not know of are absent."""


_PICKERS: dict[FieldKind, Picker] = {}


def register_picker(kind: FieldKind, picker: Picker) -> None:
    """Add the picker of a kind of field; ValueError when it has one."""
    if _PICKERS.get(kind, picker) is not picker:
        raise ValueError(f"{kind} has two pickers")
    _PICKERS[kind] = picker


def find_picker(kind: FieldKind) -> Picker | None:
    """The picker of this kind of field, or None."""
    load_catalogs()
    return _PICKERS.get(kind)
