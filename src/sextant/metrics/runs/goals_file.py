"""The goals of a run: most runs of a day are given the very file that the run before was given, and kept then as a
table, which is read in a third of the time."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sextant.engines.evaluation.sql import GOAL_COLUMNS
from sextant.metrics import files
from sextant.metrics.evaluation_inputs import load_goals
from sextant.metrics.models import EvaluationRun
from sextant.metrics.runs.inputs import GOALS, KeptInputs

_READ_AS = repr(sorted(GOAL_COLUMNS.items())).encode()
"""Part of the digest: what a program with other columns made of the same file is not what this one makes of it."""


@dataclass(frozen=True, slots=True)
class GoalsFile:
    """A file of goals by its digest; `kept` is the name of the table that was kept of it, None while there is none."""

    path: Path
    sha256: str
    kept: str | None

    @classmethod
    def of(cls, path: Path) -> "GoalsFile":
        """The file, and the table of it that the latest run kept if it was given the same file."""
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, lambda: hashlib.sha256(_READ_AS)).hexdigest()
        latest = KeptInputs.of(EvaluationRun.objects.order_by("-id").values_list("inputs", flat=True).first() or {})
        kept = latest.tables[GOALS] if latest is not None and latest.goals_file == sha256 else None
        return cls(path, sha256, kept if kept is not None and _is_whole(kept) else None)

    @property
    def reads(self) -> Path:
        """What an engine has to be allowed to read."""
        return self.path if self.kept is None else files.path_of(self.kept)

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """The goals as `goal_specs`: a table, or a view of the kept one, of which a run over few goals reads little."""
        if self.kept is None:
            load_goals(connection, self.path)
        else:
            path = str(self.reads.resolve()).replace("'", "''")
            connection.execute(f"CREATE TEMP VIEW {GOALS} AS SELECT * FROM read_parquet('{path}')")

    def keep_touched(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Leave only the goals named in the table `touched`."""
        connection.execute(
            f"CREATE TEMP TABLE touched_goals AS SELECT * FROM {GOALS} SEMI JOIN touched USING (goal_id);"
            f" DROP {'TABLE' if self.kept is None else 'VIEW'} {GOALS}; ALTER TABLE touched_goals RENAME TO {GOALS}"
        )


def _is_whole(sha256: str) -> bool:
    """Whether the kept file is there and is what its name says."""
    try:
        with files.path_of(sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except (files.FileUnknown, OSError):
        return False
