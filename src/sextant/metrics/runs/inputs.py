"""What a run was told, kept by content: any day later the same inputs can be read again, whatever has changed since.

The tables on the connection (goals, metrics and whatever else the evaluation reads beside the ledger) become Parquet
files; the setting (day, calendar, thresholds) becomes a document. Measurements are not copied: the ledger never
forgets a version.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow import parquet

from sextant.engines.evaluation.sql import GOAL_COLUMNS, Setting
from sextant.metrics import files
from sextant.metrics.runs.documents import from_document, to_document

_NO_LIMIT = 1 << 50
GOALS = "goal_specs"


@dataclass(frozen=True, slots=True)
class KeptInputs:
    """Inputs by reference: the setting as a document, each table as the SHA-256 of its file. `goals_file` is the digest
    of the file that the goals came from, "" where nobody knows."""

    setting: Mapping[str, Any]
    tables: Mapping[str, str]
    goals_file: str = ""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "KeptInputs | None":
        """From what a run remembers; None where it remembers nothing."""
        return cls(document["setting"], document["tables"], document.get("goals_file", "")) if document else None

    @property
    def document(self) -> dict[str, Any]:
        """As a run remembers it."""
        return {"setting": dict(self.setting), "tables": dict(self.tables), "goals_file": self.goals_file}

    def restored_setting(self) -> Setting:
        """The setting as the engine reads it."""
        setting = from_document(self.setting)
        assert isinstance(setting, Setting)
        return setting

    def table(self, name: str) -> pa.Table:
        """A kept table. Raises FileUnknown when the file is gone."""
        return parquet.read_table(files.path_of(self.tables[name]))


def keep_inputs(
    connection: duckdb.DuckDBPyConnection,
    setting: Setting,
    *,
    goals_file: str = "",
    already: Mapping[str, str] | None = None,
) -> KeptInputs:
    """Keep every table of the connection, and the setting. The same content is kept once; what is named in `already` is
    read from its kept file."""
    kept = dict(already or {})
    for name in list_tables(connection):
        if name not in kept:
            kept[name] = _keep_once(_written(connection, name))
    return KeptInputs(setting=to_document(setting), tables=kept, goals_file=goals_file)


def load_inputs(connection: duckdb.DuckDBPyConnection, kept: KeptInputs) -> None:
    """The kept tables as temporary tables of the connection. Raises FileUnknown when a file is gone."""
    for name in kept.tables:
        connection.register("kept", kept.table(name))
        connection.execute(f'CREATE TEMP TABLE "{name}" AS SELECT * FROM kept')
        connection.unregister("kept")
    # an earlier program may have known fewer columns of goals
    for column, kind in GOAL_COLUMNS.items():
        connection.execute(f"ALTER TABLE {GOALS} ADD COLUMN IF NOT EXISTS {column} {kind}")


def list_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the tables and views of the connection, in order: before anything is computed these are its inputs."""
    return [row[0] for row in connection.execute("SHOW TABLES").fetchall()]


def _keep_once(content: bytes) -> str:
    """Keep what is not kept yet: most tables are those of the run before, and to have a file on the disk for certain
    takes longer than to compare it."""
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        if files.path_of(sha256).read_bytes() == content:
            return sha256
    except (files.FileUnknown, OSError):
        pass
    return files.keep([content], limit=_NO_LIMIT)


def _written(connection: duckdb.DuckDBPyConnection, table: str) -> bytes:
    """The table as a Parquet file, in a fixed order, so that equal tables are equal files."""
    reader = connection.sql(f'SELECT * FROM "{table}" ORDER BY ALL').to_arrow_reader(120_000)
    out = BytesIO()
    with parquet.ParquetWriter(out, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
    return out.getvalue()
