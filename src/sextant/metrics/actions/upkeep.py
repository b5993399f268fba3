"""Looking after the ledger's files: remembering what they held, and bringing back what was lost.

A file comes back under its own name and with the size the log records, so that every version that names it, also that
of a published run, reads again; the log itself is never rewritten. What comes back must be what was there: the digest
kept of the file decides, and where none was kept yet, the delivered file's own digest with the count and the extremes
in the log. Nothing that cannot be proved is put back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.metrics.actions.ingest import LEDGER_LOCK
from sextant.metrics.contracts import BatchState
from sextant.metrics.engine import open_engine
from sextant.metrics.intake.locks import locked
from sextant.metrics.ledger import log as ledger_log
from sextant.metrics.ledger import store as ledger
from sextant.metrics.ledger.contents import (
    Contents,
    contents_of_table,
    damaged_files,
    kept_contents,
    read_contents,
    rows_in_files,
)
from sextant.metrics.ledger.damage import Damage, Fault
from sextant.metrics.ledger.files import NoRoom, write_in_size
from sextant.metrics.ledger.health import LedgerDamaged
from sextant.metrics.ledger.log import LoggedFile
from sextant.metrics.ledger.rows import rows_again
from sextant.metrics.messages.ledger import say_refusal
from sextant.metrics.models import Batch, LedgerCommit


@dataclass(frozen=True, slots=True)
class NotRestored:
    """A file, or a batch without one, that could not be brought back. `reason` says why and what to deliver again."""

    file: str
    batches: tuple[int, ...]
    code: str
    reason: str


@dataclass(slots=True)
class Repaired:
    """What a repair did: versions whose log entry was put back, names of the files, batches taken in anew because no
    entry knew them, and what is still missing. `has_moved`: versions may hold other batches than runs remember, so that
    everything has to be evaluated anew."""

    entries: list[int] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    refused: list[NotRestored] = field(default_factory=list)
    has_moved: bool = False


class _Refused(Exception):
    """Something cannot be brought back; `code` of ledger_messages.WHY."""

    def __init__(self, code: str, batch: Batch | None = None) -> None:
        super().__init__(code)
        self.code = code
        said = {"batch": batch.pk, "source": batch.source, "name": batch.filename} if batch else {}
        self.params: Mapping[str, object] = said


def keep_ledger_log(*, now: datetime) -> int:
    """Keep every log entry that is not kept yet, and what its files hold; how many. For a job: nobody's right is asked.

    Stops at an entry that is missing or was cut short: `repair_ledger` is for that.
    """
    folder = ledger.ledger_path()
    last = LedgerCommit.objects.order_by("-version").values_list("version", flat=True).first()
    first = 0 if last is None else last + 1
    for version in range(first, ledger_log.newest_entry(folder) + 1):
        path = ledger_log.entry_path(folder, version)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        entry = ledger_log.read_entry(folder, text)
        if entry is None:
            return version - first
        kept = {"entry": text, "files": _contents(entry.files), "kept_at": now}
        LedgerCommit.objects.get_or_create(version=version, defaults=kept)
    return max(0, ledger_log.newest_entry(folder) + 1 - first)


def _contents(files: Sequence[LoggedFile]) -> dict[str, object]:
    found: dict[str, object] = {}
    with open_engine(threads=1) as connection:
        for file in files:
            if held := read_contents(connection, Path(file.uri)):
                found[Path(file.uri).name] = held.document
    return found


def repair_ledger(*, actor: Actor, now: datetime, offered: Sequence[Path] = ()) -> Repaired:
    """Bring back what is missing or damaged, as far as it can be proved to be what was there; the rest is named.

    `offered` are delivered files handed in again, told by their content. No batch comes in meanwhile. Repairing a sound
    ledger does nothing. Raises AccessDenied; LedgerDamaged when the log cannot be put back, and no file is touched.
    """
    require(actor, Permission.METRIC_INGEST)
    folder, done = ledger.ledger_path(), Repaired()
    by_digest = {_sha256(path): path for path in offered}
    if not folder.exists() and ledger_log.newest_known() is not None:
        # the whole folder: its disk is not mounted, or it was moved; nothing here would be a repair
        raise LedgerDamaged([Damage(str(folder), Fault.MISSING, None)])
    with locked(LEDGER_LOCK):
        done.entries = ledger_log.restore_entries(folder)
        ledger_log.renew_checkpoints(folder)
        keep_ledger_log(now=now)
        for file, _damage in list(damaged_files(folder)):
            _restore_file(file, by_digest, done)
        _take_in_anew(folder, by_digest, done)
        keep_ledger_log(now=now)
        if done.entries or done.files or done.has_moved:
            changes = {"entries": done.entries, "files": len(done.files), "batches": done.batches}
            record("repair_ledger", actor=actor, now=now, object_kind="ledger", object_id="all", changes=changes)
    return done


def _restore_file(file: LoggedFile, offered: Mapping[str, Path], done: Repaired) -> None:
    path = Path(file.uri)
    kept = kept_contents()
    expected = kept.get(path.name)
    numbers = expected.batches if expected else _only_batch(file)
    try:
        with open_engine() as connection:
            rows = _rows_of(connection, file, numbers, kept, offered)
            if contents_of_table(connection, rows) != expected and not _fits_log(file, rows, expected):
                raise _Refused("ledger.other_rows", Batch.objects.filter(pk__in=numbers).first())
        write_in_size(rows, path, size=file.size)
        done.files.append(path.name)
    except NoRoom:
        _refuse(done, path.name, numbers, _Refused("ledger.no_room"))
    except _Refused as error:
        _refuse(done, path.name, numbers, error)


def _only_batch(file: LoggedFile) -> tuple[int, ...]:
    """The batch of a file of which nothing was kept: the log knows it where there is just one."""
    return file.batches[:1] if file.batches and file.batches[0] == file.batches[1] else ()


def _fits_log(file: LoggedFile, rows: pa.Table, expected: Contents | None) -> bool:
    """Without a kept digest: one batch of as many rows. The delivered file itself was told by its own digest."""
    return expected is None and rows.num_rows == file.rows


def _rows_of(
    connection: duckdb.DuckDBPyConnection,
    file: LoggedFile,
    numbers: Sequence[int],
    kept: Mapping[str, Contents],
    offered: Mapping[str, Path],
) -> pa.Table:
    if not numbers:
        raise _Refused("ledger.not_kept")
    damaged = Path(file.uri)
    parts = []
    for batch in Batch.objects.filter(pk__in=numbers).order_by("pk"):
        names = [name for name, held in kept.items() if batch.pk in held.batches and name != damaged.name]
        others = [damaged.parent / name for name in names]
        sound = [path for path in others if read_contents(connection, path) == kept[path.name]]
        rows = rows_in_files(connection, sound, batch=batch.pk) if sound else rows_again(batch, offered=offered)
        if rows is None:
            raise _Refused("ledger.no_source", batch)
        parts.append(rows)
    if len(parts) != len(numbers):
        raise _Refused("ledger.not_kept")
    return pa.concat_tables(parts).sort_by([("metric_id", "ascending"), ("day", "ascending")])


def _take_in_anew(folder: Path, offered: Mapping[str, Path], done: Repaired) -> None:
    """Batches that are done and in no entry of the log: committed once more, or open to be delivered again."""
    found = [(batch, _rows_anew(batch, offered, done)) for batch in _lost(folder)]
    done.has_moved = bool(found)
    for batch, rows in found:
        # the ledger cannot be opened while the database says that they are in it
        batch.state = BatchState.FAILED if rows is None else BatchState.RUNNING
        batch.error = done.refused[-1].reason if rows is None else ""
        batch.save(update_fields=["state", "error"])
    ledger.reopen()
    for batch, rows in found:
        if rows is not None:
            batch.ledger_version, batch.state = ledger.append(rows, batch=batch.pk), BatchState.DONE
            batch.save(update_fields=["ledger_version", "state"])
            done.batches.append(batch.pk)


def _lost(folder: Path) -> list[Batch]:
    return list(Batch.objects.filter(pk__in=ledger_log.list_lost_batches(folder)).order_by("ledger_version", "pk"))


def _rows_anew(batch: Batch, offered: Mapping[str, Path], done: Repaired) -> pa.Table | None:
    rows = rows_again(batch, offered=offered)
    if rows is None:
        _refuse(done, "", (batch.pk,), _Refused("ledger.no_source", batch))
    elif rows.num_rows != batch.accepted + batch.withdrawn:
        _refuse(done, "", (batch.pk,), _Refused("ledger.other_rows", batch))
    else:
        return rows
    return None


def _refuse(done: Repaired, file: str, batches: Sequence[int], error: _Refused) -> None:
    reason = say_refusal(file, error.code, error.params)
    done.refused.append(NotRestored(file, tuple(batches), error.code, reason))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
