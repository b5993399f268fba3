"""Whether the files of the ledger are on the disk as its log says; a number from half a ledger would be a wrong one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

import duckdb
from django.utils.translation import gettext as _


class Recorded(Protocol):
    """What the log says of a file."""

    @property
    def uri(self) -> str:
        """Where it is."""

    @property
    def rows(self) -> int:
        """How many rows it holds."""

    @property
    def size(self) -> int:
        """How many bytes it has."""

    @property
    def batches(self) -> tuple[int, int] | None:
        """Its smallest and largest batch."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of the ledger that is not what the log says: `fault` is missing, size or content. `batches` are the
    smallest and the largest batch in it, None where the log does not say."""

    uri: str
    fault: str
    batches: tuple[int, int] | None

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in the active language."""
        faults = {
            "missing": _("账本文件 %(file)s 不见了"),
            "size": _("账本文件 %(file)s 的大小和记录的不一样"),
            "content": _("账本文件 %(file)s 读不出来"),
        }
        first, last = self.batches or ("?", "?")
        remedy = _(
            "%(fault)s，里面是批次 %(first)s 到 %(last)s 的数据。请从备份恢复这个文件，放回 %(folder)s；"
            "恢复之前不评估，也不显示由它算出的数。"
        )
        path = Path(self.uri)
        fault = faults[self.fault] % {"file": path.name}
        return remedy % {"fault": fault, "first": first, "last": last, "folder": path.parent}


class LedgerDamaged(Exception):
    """Files of the ledger are missing, cut short or unreadable. Nothing is computed from the others."""

    def __init__(self, damages: Sequence[Damage]) -> None:
        super().__init__("; ".join(f"{one.uri}: {one.fault}, batches {one.batches}" for one in damages))
        self.damages = tuple(damages)

    @property
    def sentence(self) -> str:
        """The first damage and its remedy, in the active language."""
        return self.damages[0].sentence


def refuse_damaged(files: Iterable[Recorded]) -> None:
    """Raise LedgerDamaged unless every file is there with its recorded size. Costs a stat a file."""
    if damages := [damage for file in files if (damage := _damage_of(file))]:
        raise LedgerDamaged(damages)


def read_through(connection: duckdb.DuckDBPyConnection, files: Iterable[Recorded]) -> list[Damage]:
    """Every damage, also inside files of the right size: each column is read to its end."""
    return [damage for file in files if (damage := _damage_of(file) or _unreadable(connection, file))]


def _damage_of(file: Recorded) -> Damage | None:
    try:
        size = Path(unquote(file.uri)).stat().st_size
    except FileNotFoundError:
        return Damage(file.uri, "missing", file.batches)
    return None if size == file.size else Damage(file.uri, "size", file.batches)


def _unreadable(connection: duckdb.DuckDBPyConnection, file: Recorded) -> Damage | None:
    path = file.uri.replace("'", "''")
    try:
        found = connection.execute(f"SELECT count(*), bit_xor(hash(COLUMNS(*))) FROM read_parquet('{path}')").fetchall()
    except duckdb.Error:
        return Damage(file.uri, "content", file.batches)
    return None if found[0][0] == file.rows else Damage(file.uri, "content", file.batches)
