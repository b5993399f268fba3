"""The log of the ledger: what it says of every file ever written, and the copy of it that PostgreSQL keeps.

A Delta table is its log. An entry that is lost from the middle makes the table unreadable; one that is lost from the
end makes it shorter without a word. So each entry is kept in the database, to the letter, soon after it was written
(`actions.upkeep.keep_ledger_log`), and opening the table asks whether it is as long as the batches say.

Functions take the table's folder, so that `ledger` itself can call them.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from sextant.metrics.contracts import BatchState
from sextant.metrics.ledger.damage import Damage, Fault
from sextant.metrics.ledger.health import LedgerDamaged
from sextant.metrics.models import Batch, LedgerCommit

_IN_LEDGER = (BatchState.DONE, BatchState.REJECTED)


@dataclass(frozen=True, slots=True)
class LoggedFile:
    """A file as an entry of the log recorded it when it was written; see `ledger_health.Recorded`."""

    uri: str
    rows: int
    size: int
    batches: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log: the files it added, and the batches whose commit it is (one, or none for a compaction)."""

    files: tuple[LoggedFile, ...]
    batches: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Newest:
    """The batch the database knows in the highest version, and that version."""

    version: int
    batch: int


def newest_known() -> Newest | None:
    """How far the ledger got, as the batches say; None while nothing was taken in. Ask before the log is read: a batch
    that comes in meanwhile must not make the log look short."""
    found = (
        Batch.objects.filter(state__in=_IN_LEDGER, ledger_version__gt=0, accepted__gt=0)
        .order_by("-ledger_version", "-pk")
        .values_list("ledger_version", "pk")
        .first()
    )
    return Newest(found[0] or 0, found[1]) if found else None


def refuse_shortened(folder: Path, table: DeltaTable | None, known: Newest | None) -> None:
    """LedgerDamaged when the table lacks what the database knows is in it, or is not there at all."""
    if known is None:
        return
    is_whole = table is not None and table.version() >= known.version
    if table is None or not is_whole or table.transaction_version(transaction_of(known.batch)) is None:
        raise LedgerDamaged([Damage(str(folder / "_delta_log"), Fault.SHORT, (known.batch, known.batch))])


@contextmanager
def readable_log(folder: Path) -> Iterator[None]:
    """What Delta raises about a log it cannot read, as LedgerDamaged."""
    try:
        yield
    except DeltaError as error:
        raise LedgerDamaged([Damage(str(folder / "_delta_log"), Fault.LOG, None)]) from error


def transaction_of(batch: int) -> str:
    """The name under which a batch's commit is known in the log."""
    return f"batch-{batch}"


def entry_path(folder: Path, version: int) -> Path:
    """Where the entry of a version lies."""
    return folder / "_delta_log" / f"{version:020}.json"


def newest_entry(folder: Path) -> int:
    """The highest version of which there is an entry; -1 without any."""
    found = [int(path.stem) for path in (folder / "_delta_log").glob("*.json") if path.stem.isdecimal()]
    return max(found, default=-1)


def read_entry(folder: Path, text: str) -> Entry | None:
    """An entry's text taken apart; None when it is empty or was cut short."""
    try:
        actions = [json.loads(line) for line in text.splitlines()]
    except ValueError:
        return None
    if not actions or not text.endswith(("}", "}\n")):
        return None
    added = tuple(_logged(folder, action["add"]) for action in actions if "add" in action)
    named = [action["txn"]["appId"] for action in actions if "txn" in action]
    return Entry(added, tuple(int(name.removeprefix("batch-")) for name in named if name.startswith("batch-")))


def _logged(folder: Path, action: dict[str, object]) -> LoggedFile:
    statistics = json.loads(str(action.get("stats") or "{}"))
    low, high = (statistics.get(name, {}).get("batch") for name in ("minValues", "maxValues"))
    uri = str(folder / unquote(str(action["path"])))
    rows, size = int(statistics.get("numRecords", 0)), int(str(action["size"]))
    return LoggedFile(uri, rows, size, None if low is None or high is None else (low, high))


def entries_on_disk(folder: Path) -> dict[int, Entry | None]:
    """Every version up to the newest with its entry; None where it is missing or was cut short."""
    return {version: read_entry(folder, _text(folder, version)) for version in range(newest_entry(folder) + 1)}


def list_log_damages(folder: Path) -> list[Damage]:
    """Entries that are missing, cut short, or not what was kept of them; and batches that are in no entry."""
    entries = entries_on_disk(folder)
    kept = dict(LedgerCommit.objects.order_by("version").values_list("version", "entry"))
    broken = {version for version, entry in entries.items() if entry is None}
    broken |= {version for version, entry in kept.items() if _text(folder, version) != entry}
    damages = [Damage(str(entry_path(folder, version)), Fault.LOG, None) for version in sorted(broken)]
    if damages:
        return damages
    return [Damage(str(folder / "_delta_log"), Fault.SHORT, (batch, batch)) for batch in list_lost_batches(folder)]


def list_lost_batches(folder: Path) -> list[int]:
    """Batches that are done, and in no entry of the log, in the order in which they came in."""
    there = {batch for entry in entries_on_disk(folder).values() if entry for batch in entry.batches}
    done = Batch.objects.filter(state__in=_IN_LEDGER, ledger_version__isnull=False, accepted__gt=0)
    return [pk for pk in done.order_by("ledger_version", "pk").values_list("pk", flat=True) if pk not in there]


def restore_entries(folder: Path) -> list[int]:
    """Put back every kept entry that is missing or was cut short; which. One that reads well but says something else is
    left as it is: it belongs to another history, and a person has to look at it."""
    restored = []
    for version, text in LedgerCommit.objects.order_by("version").values_list("version", "entry"):
        found = _text(folder, version)
        if found == text or read_entry(folder, found) is not None:
            continue
        path = entry_path(folder, version)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".restored")
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
        restored.append(version)
    return restored


def renew_checkpoints(folder: Path) -> bool:
    """Make the summaries of the log anew when the table cannot be opened because of them; whether that was done."""
    try:
        DeltaTable(str(folder))
    except DeltaError:
        log = folder / "_delta_log"
        for path in [*log.glob("*.checkpoint*.parquet"), log / "_last_checkpoint"]:
            path.unlink(missing_ok=True)
        with readable_log(folder):
            DeltaTable(str(folder)).create_checkpoint()
        return True
    return False


def _text(folder: Path, version: int) -> str:
    try:
        return entry_path(folder, version).read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
