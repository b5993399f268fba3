"""The state of the ledger's files, for those who run the product."""

from dataclasses import dataclass

from sextant.metrics import ledger
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger_health import Damage, read_through


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The newest version, its files and rows, and every damage found in them."""

    version: int
    files: int
    rows: int
    damages: tuple[Damage, ...]


def check_ledger() -> LedgerState:
    """Read every file of the newest version to its end: seconds for millions of rows. Nothing is repaired."""
    files = ledger.list_files()
    with open_engine() as connection:
        damages = read_through(connection, files)
    return LedgerState(ledger.current_version(), len(files), sum(file.rows for file in files), tuple(damages))
