"""Whose answers a sheet holds, and who may see them: asked of whoever the sheet belongs to.

The low-code core keeps answers without knowing what they are about. An app that gives out forms registers, in its
`catalog.py`, who somebody is to the subject of a sheet.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable

from sextant.engines.forms import Viewer
from sextant.foundation.access.contracts import Actor
from sextant.foundation.catalogs import load_catalogs
from sextant.lowcode.contracts.sheets import SheetRow


class SheetHost(Protocol):
    """Decides who opens the sheets of one kind of subject."""

    def viewer(self, sheet: SheetRow, *, actor: Actor) -> Viewer | None:
        """Who the actor is to this sheet, and in which step they write; None when it is not theirs to open."""

    def handed_in(self, sheet: SheetRow, *, values: Mapping[str, object], actor: Actor, now: datetime) -> None:
        """The sheet was closed; in the transaction that closed it. `values` are the answers as formulas call them.

        Raises SheetRefused where that cannot be now: then it stays open.
        """


@runtime_checkable
class LeadsBack(Protocol):
    """A host whose sheets belong to a page of their own."""

    def page_of(self, sheet: SheetRow) -> str:
        """The page the sheet was opened from, for the way back."""
        ...


_HOSTS: dict[str, SheetHost] = {}


def register_sheet_host(subject_kind: str, host: SheetHost) -> None:
    """Add a host of a kind of subject, or of all whose names begin with it and a dot; ValueError when it has one."""
    if _HOSTS.get(subject_kind, host) is not host:
        raise ValueError(f"sheets of {subject_kind} are registered twice")
    _HOSTS[subject_kind] = host


def find_sheet_host(subject_kind: str) -> SheetHost | None:
    """The host of this kind of subject; None: nobody may open its sheets."""
    load_catalogs()
    return _HOSTS.get(subject_kind) or _HOSTS.get(subject_kind.split(".")[0])
