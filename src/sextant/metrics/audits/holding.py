"""The judged rows of a held batch, kept until somebody decides: what was audited is what comes in, to the last row.

A file under SEXTANT_HOME/files, named by its content. Keys and cells, which may name people, are left out: the
quarantine holds what was kept back, and measurements know subjects by number.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet

from sextant.foundation.tabular import Table
from sextant.foundation.tabular.table import TableKind
from sextant.metrics.engine import open_engine, spill_root
from sextant.metrics.files import keep, path_of
from sextant.metrics.intake.delivery import Delivery, JudgedDelivery
from sextant.metrics.intake.judging import Judged
from sextant.metrics.intake.plan import plan_intake
from sextant.metrics.intake.staging import Staged
from sextant.metrics.mapping import MappingRefused, build_mapping
from sextant.metrics.models import Batch
from sextant.metrics.queries.library import list_metrics

_CHUNK = 1024 * 1024
_ROWS_AT_ONCE = 200_000
_KEPT = "* REPLACE (CAST(NULL AS VARCHAR) AS key, CAST(NULL AS VARCHAR) AS cell)"


def keep_rows(judged: JudgedDelivery) -> str:
    """Keep the judged rows and return the SHA-256 of the file that holds them; OSError when the disk refuses."""
    found = judged.connection.sql(f"SELECT {_KEPT} FROM judged")
    root = spill_root()
    root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=root) as folder:
        path = Path(folder) / "judged.parquet"
        reader = found.to_arrow_reader(_ROWS_AT_ONCE)
        with pyarrow.parquet.ParquetWriter(path, reader.schema) as writer:
            for rows in reader:
                writer.write_batch(rows)
        with path.open("rb") as file:
            return keep(iter(lambda: file.read(_CHUNK), b""), limit=path.stat().st_size)


@contextmanager
def kept_rows(batch: Batch, *, today: date) -> Iterator[JudgedDelivery]:
    """The rows that were kept for a held batch, as judged then, ready for the ledger; asked until the block ends.

    Raises FileUnknown when the file is gone, MappingRefused when a metric of the mapping is gone.
    """
    mapping = build_mapping(batch.mapping)
    library = {row.code: row for row in list_metrics()}
    outcome = plan_intake(mapping, columns=batch.columns, library=library, today=today)
    if outcome.value is None:
        raise MappingRefused(*outcome.problems)
    nothing = Table(tuple(batch.columns), TableKind.RECORDS, lambda: iter(()))
    delivery = Delivery(batch.filename, nothing, outcome.value, batch.sha256, batch.key, today)
    path = path_of(batch.held_file)
    with open_engine(files=[path]) as connection:
        connection.execute("CREATE TEMP TABLE judged AS SELECT * FROM read_parquet($path)", {"path": str(path)})
        counts = Judged(0, 0, 0, 0, batch.accepted, batch.first_on, batch.last_on, {})
        yield JudgedDelivery(delivery, connection, Staged(), counts)
