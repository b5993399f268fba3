"""What the files of the ledger hold: a digest of their rows, kept in PostgreSQL and compared with the disk."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import log as ledger_log
from sextant.metrics.ledger import store as ledger
from sextant.metrics.ledger.damage import Damage, Fault
from sextant.metrics.ledger.health import damage_of
from sextant.metrics.ledger.log import LoggedFile
from sextant.metrics.models import LedgerCommit

_TEXT = ", ".join(f"coalesce(CAST(\"{name}\" AS VARCHAR), '')" for name in ledger.SCHEMA.names)
_ROW = f"concat_ws(chr(31), {_TEXT})"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds. `digest` is the same for the same rows in any order: sums of the halves of their MD5, whose
    definition, unlike the hash of a database, does not change with a release."""

    rows: int
    digest: str
    batches: tuple[int, ...]

    @property
    def document(self) -> dict[str, object]:
        """As it is kept in `LedgerCommit.files`."""
        return {"rows": self.rows, "digest": self.digest, "batches": list(self.batches)}


def contents_of_file(connection: duckdb.DuckDBPyConnection, path: Path) -> Contents:
    """What the file at `path` holds. Raises duckdb.Error when it cannot be read."""
    return _contents(connection, _reading([str(path)]))


def contents_of_table(connection: duckdb.DuckDBPyConnection, rows: pa.Table) -> Contents:
    """What a file of these rows would hold."""
    connection.register("rebuilt_rows", rows)
    try:
        return _contents(connection, "rebuilt_rows")
    finally:
        connection.unregister("rebuilt_rows")


def _contents(connection: duckdb.DuckDBPyConnection, source: str) -> Contents:
    found = connection.execute(
        "SELECT count(*), coalesce(sum(md5_number_lower(line)), 0), coalesce(sum(md5_number_upper(line)), 0),"
        f" coalesce(list_sort(list(DISTINCT batch)), []) FROM (SELECT {_ROW} AS line, batch FROM {source})"
    ).fetchall()
    rows, lower, upper, batches = found[0]
    return Contents(rows, f"{int(upper) % 2**64:016x}{int(lower) % 2**64:016x}", tuple(batches))


def rows_in_files(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], *, batch: int) -> pa.Table:
    """The rows of a batch in these files, each once however many of the files hold it."""
    names = ", ".join(f'"{name}"' for name in ledger.SCHEMA.names)
    found = connection.sql(f"SELECT DISTINCT {names} FROM {_reading(map(str, files))} WHERE batch = {int(batch)}")
    rows: pa.Table = found.to_arrow_table()
    return rows.cast(ledger.SCHEMA)


def _reading(paths: Iterable[str]) -> str:
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    nothing = "SELECT CAST(NULL AS VARCHAR) AS dimensions WHERE FALSE"
    return f"(FROM read_parquet([{listed}], union_by_name = true) UNION ALL BY NAME {nothing})"


def kept_contents() -> dict[str, Contents]:
    """What was kept of every file, by its name."""
    found: dict[str, Contents] = {}
    for files in LedgerCommit.objects.values_list("files", flat=True):
        for name, one in files.items():
            found[name] = Contents(one["rows"], one["digest"], tuple(one["batches"]))
    return found


def damaged_files(folder: Path) -> Iterator[tuple[LoggedFile, Damage]]:
    """Files of any version that are missing, of another size, unreadable, or hold other rows than they did."""
    kept = kept_contents()
    with open_engine() as connection:
        for entry in ledger_log.entries_on_disk(folder).values():
            for file in entry.files if entry else ():
                if damage := _damage(connection, file, kept):
                    yield file, damage


def _damage(connection: duckdb.DuckDBPyConnection, file: LoggedFile, kept: Mapping[str, Contents]) -> Damage | None:
    if damage := damage_of(file):
        return damage
    found = read_contents(connection, Path(file.uri))
    known = kept.get(Path(file.uri).name, found)
    is_same = found is not None and found.rows == file.rows and found == known
    return None if is_same else Damage(file.uri, Fault.CONTENT, file.batches)


def read_contents(connection: duckdb.DuckDBPyConnection, path: Path) -> Contents | None:
    """What the file at `path` holds; None when it cannot be read to its end."""
    try:
        return contents_of_file(connection, path) if path.exists() else None
    except duckdb.Error:
        return None
