"""Kinds of definitions, and what definitions may refer to. A domain registers its own in its `catalog.py`.

The registry checks at the door, so that a kind that could not be stored, read or explained is refused at start and not
on HR's screen.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils.functional import Promise
from pydantic import BaseModel

from sextant.engines.definitions import Reference, Upgrade, check_chain
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.catalogs import load_catalogs
from sextant.lowcode.contracts.definitions import DryRunReport

Text = str | Promise


class DryRun(Protocol):
    """Computes a document over the last cycle's data beside the one in force (`before` None: there is none yet). None
    where there is nothing to compute it over."""

    def __call__(
        self, document: Any, *, before: Any, code: str, actor: Actor, now: datetime
    ) -> DryRunReport | None: ...


class Checks(Protocol):
    """Says what is wrong with a document that has the shape of its kind. `code` is that of its definition, `on` the
    instant at which what it names must hold."""

    def __call__(self, document: Any, *, code: str, on: datetime) -> Iterable[Problem]: ...


def _no_checks(document: Any, *, code: str, on: datetime) -> Iterable[Problem]:
    return ()


@dataclass(frozen=True)
class DefinitionKind:
    """One kind of definition.

    `model` is the shape of its document in the newest format; a document that fails it cannot be published, though it
    can be saved as a draft. `references` and `checks` get a document that has the shape; problems of `checks` are
    errors (they forbid publishing) or warnings, and `say` turns their codes into sentences. `labels` names fields in
    differences by dotted path without list items ("steps.timers.hours"), else by the last name alone; `words` names
    their values, by the last name of the field. `impact` counts the persons that definitions touch, by their codes, in
    one query. `edit_url` is the name of the designer's address (argument: the definition's id), "" while there is none.
    `facts_url` is the name of the address of a part that says how it does in use (argument: the definition's id).
    `blank` is what a new one begins with. `changed` is told, in the transaction, the id of a definition that was
    published, taken out of use or put back: it may start a job.
    """

    code: str
    name: Text
    model: type[BaseModel]
    icon: str = "file-text"
    references: Callable[[Any], Iterable[Reference]] = lambda document: ()
    checks: Checks = _no_checks
    say: Callable[[Problem], str] | None = None
    labels: Mapping[str, Text] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    upgrades: tuple[Upgrade, ...] = ()
    impact: Callable[[frozenset[str]], Mapping[str, int]] | None = None
    dry_run: DryRun | None = None
    edit_url: str = ""
    facts_url: str = ""
    blank: Callable[[], dict[str, Any]] = dict
    changed: Callable[[int], None] | None = None

    @property
    def format(self) -> int:
        """The newest format of its documents, counted from one."""
        return len(self.upgrades) + 1

    def schema(self) -> dict[str, Any]:
        """The published JSON Schema of its documents in the newest format."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"sextant:definition:{self.code}:{self.format}",
            **self.model.model_json_schema(),
            "title": str(self.name),
        }


@dataclass(frozen=True)
class Referent:
    """Something of a domain that definitions may name by its code (a metric, a role). `existing` gives those of the
    codes that exist and may be used; `path` leads to one."""

    kind: str
    name: Text
    existing: Callable[[frozenset[str]], frozenset[str]]


@dataclass(frozen=True)
class Shelf:
    """Definitions that a domain keeps in tables of its own, shown beside the kinds as a way there. `url` is the name of
    their list, `count` how many there are, in one query."""

    code: str
    name: Text
    url: str
    permission: Permission
    count: Callable[[], int]


_shelves: dict[str, Shelf] = {}
_kinds: dict[str, DefinitionKind] = {}
_referents: dict[str, Referent] = {}


def register_kind(kind: DefinitionKind) -> None:
    """Make a kind known; ValueError when its code is taken or badly written, or its upgrades have a gap."""
    _check_code(kind.code, _kinds, kind)
    check_chain(kind.upgrades)
    if kind.model.model_config.get("extra") != "forbid":
        raise ValueError(f"{kind.code}: a model that ignores unknown keys would lose what was written in them")
    _kinds[kind.code] = kind


def register_referent(referent: Referent) -> None:
    """Make something of a domain known to references; ValueError when its kind is taken."""
    _check_code(referent.kind, _referents, referent)
    if referent.kind in _kinds:
        raise ValueError(f"{referent.kind} is a kind of definition")
    _referents[referent.kind] = referent


def register_shelf(shelf: Shelf) -> None:
    """Make a domain's own definitions findable from the centre; ValueError when the code is taken."""
    _check_code(shelf.code, {**_kinds, **_shelves}, shelf)
    _shelves[shelf.code] = shelf


def list_shelves() -> tuple[Shelf, ...]:
    """Every shelf, in the order of registration."""
    load_catalogs()
    return tuple(_shelves.values())


def list_kinds() -> tuple[DefinitionKind, ...]:
    """Every kind, in the order of their registration."""
    load_catalogs()
    return tuple(_kinds.values())


def find_kind(code: str) -> DefinitionKind | None:
    """The kind with this code, or None."""
    load_catalogs()
    return _kinds.get(code)


def get_kind(code: str) -> DefinitionKind:
    """The kind with this code; KeyError when no catalog registers it."""
    load_catalogs()
    return _kinds[code]


def find_referent(kind: str) -> Referent | None:
    """What a domain registered under this kind, or None."""
    load_catalogs()
    return _referents.get(kind)


def _check_code(code: str, taken: Mapping[str, object], newcomer: object) -> None:
    if not code.isidentifier() or not code.islower() or len(code) > 40:
        raise ValueError(f"{code!r}: a code is small letters, digits and underscores, at most 40")
    if taken.get(code, newcomer) != newcomer:
        raise ValueError(f"{code} is registered twice")
