"""What domains offer to formulas: named values of a subject, and subjects to try a formula on. A domain registers its
own in its `catalog.py`."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar, cast

from django.utils.functional import Promise

from sextant.engines.formula import FormulaType
from sextant.foundation.access.contracts import Actor
from sextant.foundation.catalogs import load_catalogs


@dataclass(frozen=True, slots=True)
class NameSpec:
    """A value a formula may read: `[name]`. `group` is the heading in the list beside the editor, `unit` stands behind
    a value, `is_ratio` shows it as a percentage."""

    name: str
    type: FormulaType
    group: str | Promise = ""
    description: str | Promise = ""
    unit: str | Promise = ""
    is_ratio: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody or something a formula is computed for. `person_id` where it is a person, for the face."""

    id: int
    name: str
    note: str = ""
    person_id: int | None = None


class FormulaContext(Protocol):
    """The names of one kind of subject, and their values. Rows are the domain's to guard: every method that gives some
    asks who wants to see them."""

    @property
    def code(self) -> str:
        """By which documents name it."""
        ...

    @property
    def name(self) -> str | Promise:
        """What people call it."""
        ...

    def names(self) -> tuple[NameSpec, ...]:
        """Every name, in the order of the list beside the editor. At most one query."""
        ...

    def period(self, *, now: datetime) -> str:
        """What the values are of, in words: a cycle, "" while there is none. At most one query."""
        ...

    def subjects(self, *, actor: Actor, now: datetime, search: str = "", limit: int = 20) -> tuple[Subject, ...]:
        """Subjects in the actor's sight, by name. A constant number of queries."""
        ...

    def values(
        self, subject_ids: Collection[int], *, actor: Actor, now: datetime
    ) -> Mapping[int, Mapping[str, object]]:
        """Values by name of those of the subjects that are in the actor's sight; an absent name is missing. A constant
        number of queries."""
        ...


Read = TypeVar("Read")
_contexts: dict[str, FormulaContext] = {}
_kept: ContextVar[dict[str, object] | None] = ContextVar("read_once", default=None)


def register_context(context: FormulaContext) -> None:
    """Make the names of a subject known; ValueError when its code is taken."""
    taken = _contexts.get(context.code)
    if taken is not None and type(taken) is not type(context):
        raise ValueError(f"{context.code} is registered twice")
    _contexts[context.code] = context


def list_contexts() -> tuple[FormulaContext, ...]:
    """Every context, in the order of registration."""
    load_catalogs()
    return tuple(_contexts.values())


def find_context(code: str) -> FormulaContext | None:
    """The context with this code, or None."""
    load_catalogs()
    return _contexts.get(code)


@contextmanager
def read_once() -> Iterator[None]:
    """What contexts read is read once while this lasts: a page of formulas asks for names and values many times."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(key: str, read: Callable[[], Read]) -> Read:
    """What `read` gives: kept under the key within `read_once`, read again each time without."""
    kept = _kept.get()
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    return cast(Read, kept[key])


def list_names(context: FormulaContext) -> tuple[NameSpec, ...]:
    """Every name of the context. At most one query, none again within `read_once`."""
    return once(f"names:{context.code}", context.names)
