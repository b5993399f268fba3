"""The state of the ledger's files, for those who run the product."""

from dataclasses import dataclass

from sextant.metrics.ledger import log as ledger_log
from sextant.metrics.ledger import store as ledger
from sextant.metrics.ledger.contents import damaged_files
from sextant.metrics.ledger.damage import Damage
from sextant.metrics.ledger.health import LedgerDamaged


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The newest version (None while the log cannot be read), its files and rows, and every damage found: in the log,
    and in the files of any version."""

    version: int | None
    files: int
    rows: int
    damages: tuple[Damage, ...]


def check_ledger() -> LedgerState:
    """Read every file to its end: seconds for millions of rows. Nothing is repaired."""
    folder = ledger.ledger_path()
    damages = [*ledger_log.list_log_damages(folder), *(damage for _, damage in damaged_files(folder))]
    try:
        ledger.reopen()
        files, version = ledger.list_files(), ledger.current_version()
    except LedgerDamaged as error:
        return LedgerState(None, 0, 0, tuple(damages) or error.damages)
    return LedgerState(version, len(files), sum(file.rows for file in files), tuple(damages))
