"""Which kinds of work there are. An app names its own in its `catalog.py`; the inbox shows them all alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.foundation.catalogs import load_catalogs
from sextant.lowcode.contracts.work import Decision, Preview, WorkGroup, WorkRow

Text = Promise | str


class Completion(Protocol):
    """Answers an item for its person, through the action of the app that opened it.

    Raises WorkRefused with the reasons, AccessDenied when the item is no longer theirs. It closes the item itself.
    """

    def __call__(self, item: WorkRow, *, decision: Decision, note: str, actor: Actor, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class WorkSpec:
    """A kind of work. `title` is filled from the params of an item; `verb` is what the button says.

    `complete` makes the item answerable in the inbox; without it the button leads to the item's path. `batch` says that
    many may be agreed to at once. `may_pass_on` lets a deputy act for an absent person, and the person hand it on: only
    where the app asks the item, and not the person's post, who may act. `preview` shows what is needed to decide.
    """

    kind: str
    name: Text
    title: Text
    verb: Text
    group: WorkGroup = WorkGroup.CONFIRM
    batch: bool = False
    may_pass_on: bool = False
    complete: Completion | None = None
    preview: Callable[[WorkRow], Preview] | None = None
    heading: Text = ""
    say: Callable[[Problem], str] | None = None

    def __post_init__(self) -> None:
        if self.batch and self.complete is None:
            raise ValueError(f"{self.kind}: what is done in a batch must be answerable in the inbox")


_SPECS: dict[str, WorkSpec] = {}


def register_work(spec: WorkSpec) -> None:
    """Add a kind. ValueError when the kind is taken: two apps would answer each other's items."""
    if _SPECS.get(spec.kind, spec) != spec:
        raise ValueError(f"work {spec.kind} is registered twice")
    _SPECS[spec.kind] = spec


def find_work(kind: str) -> WorkSpec | None:
    """The kind of that name, or None: an item may outlive the app that opened it."""
    return list_work().get(kind)


def list_work() -> Mapping[str, WorkSpec]:
    """Every kind by its name."""
    load_catalogs()
    return _SPECS
