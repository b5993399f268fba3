"""Whether the files of the ledger are on the disk as its log says; a number from half a ledger would be a wrong one."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

import duckdb

from sextant.foundation.damage import DataDamaged
from sextant.metrics.ledger.damage import Damage, Fault
from sextant.metrics.messages.ledger import say_damage


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


class LedgerDamaged(DataDamaged):
    """Files of the ledger are missing, cut short or unreadable. Nothing is computed from the others."""

    def __init__(self, damages: Sequence[Damage]) -> None:
        super().__init__(*damages)
        self.damages = tuple(damages)

    @property
    def sentence(self) -> str:
        """The first damage and its remedy, in the active language."""
        return say_damage(self.damages[0])

    def __str__(self) -> str:
        return self.sentence


def refuse_damaged(files: Iterable[Recorded]) -> None:
    """Raise LedgerDamaged unless every file is there with its recorded size. Costs a stat a file."""
    if damages := [damage for file in files if (damage := damage_of(file))]:
        raise LedgerDamaged(damages)


def read_through(connection: duckdb.DuckDBPyConnection, files: Iterable[Recorded]) -> list[Damage]:
    """Every damage, also inside files of the right size: each column is read to its end."""
    return [damage for file in files if (damage := damage_of(file) or _unreadable(connection, file))]


def damage_of(file: Recorded) -> Damage | None:
    """What can be seen without opening the file: that it is missing, or has another size. None when neither."""
    try:
        size = Path(unquote(file.uri)).stat().st_size
    except FileNotFoundError:
        return Damage(file.uri, Fault.MISSING, file.batches)
    return None if size == file.size else Damage(file.uri, Fault.SIZE, file.batches)


def _unreadable(connection: duckdb.DuckDBPyConnection, file: Recorded) -> Damage | None:
    path = file.uri.replace("'", "''")
    try:
        found = connection.execute(f"SELECT count(*), bit_xor(hash(COLUMNS(*))) FROM read_parquet('{path}')").fetchall()
    except duckdb.Error:
        return Damage(file.uri, Fault.CONTENT, file.batches)
    return None if found[0][0] == file.rows else Damage(file.uri, Fault.CONTENT, file.batches)
