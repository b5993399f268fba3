"""What the low-code core must know of persons, without knowing persons: who is asked, who is who, who still works here.

The floor that has persons registers it in its `catalog.py`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.utils.functional import Promise

from sextant.foundation.catalogs import load_catalogs

Text = Promise | str
Found = Mapping[int, tuple[int, ...]]
"""Persons by the person they were asked about; whoever has none is absent or has an empty tuple."""


class Resolve(Protocol):
    """Finds, for each of the persons, whom the source names on the day: only who is at work then. One query whatever
    their number: a hundred thousand instances start in one go."""

    def __call__(self, about_ids: Collection[int], params: Mapping[str, object], *, on: date) -> Found: ...


@dataclass(frozen=True, slots=True)
class AssigneeSource:
    """A way to say who is asked. `params` are the names of what it needs to know."""

    code: str
    name: Text
    resolve: Resolve
    params: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person as lists and pickers show them."""

    id: int
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PersonUnit:
    """The unit in which a person has their main post."""

    id: int
    name: str


class Directory(Protocol):
    """Reads of persons; each a constant number of queries."""

    def names(self, ids: Iterable[int]) -> Mapping[int, str]:
        """Name by id; unknown ids are absent."""

    def gone(self, ids: Collection[int], *, on: date) -> frozenset[int]:
        """Those of the persons who have left by the day."""

    def by_number(self, numbers: Collection[str]) -> Mapping[str, int]:
        """Ids by employee number; unknown numbers are absent."""

    def units(self, ids: Collection[int], *, on: date) -> Mapping[int, PersonUnit]:
        """The unit of each of the persons on the day; who has none is absent."""

    def search(self, text: str, *, on: date, limit: int) -> list[PersonName]:
        """Persons at work whose name or number holds the text."""

    def units_of(self, person_id: int, *, on: date) -> frozenset[str]:
        """Codes of the units the person has a post in on the day, and of all units above these."""


_SOURCES: dict[str, AssigneeSource] = {}
_DIRECTORY: list[Directory] = []


def register_assignee_source(source: AssigneeSource) -> None:
    """Add a source; ValueError when its code is taken."""
    if _SOURCES.get(source.code, source) != source:
        raise ValueError(f"{source.code} is registered twice")
    _SOURCES[source.code] = source


def list_assignee_sources() -> Mapping[str, AssigneeSource]:
    """Every source by its code."""
    load_catalogs()
    return _SOURCES


def register_directory(directory: Directory) -> None:
    """Say who knows the persons. The last word counts: a test may stand in."""
    _DIRECTORY[:] = [directory]


def directory() -> Directory:
    """Who knows the persons; LookupError when nobody registered."""
    load_catalogs()
    if not _DIRECTORY:
        raise LookupError("no catalog registers a directory of persons")
    return _DIRECTORY[0]
