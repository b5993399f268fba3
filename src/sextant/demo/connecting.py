"""A system that is read and not exported: the personnel database, as its own table, behind a connector that runs."""

import csv
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.conf import settings

from sextant.demo.contracts import DemoRefused
from sextant.demo.services import TALKS_FILE
from sextant.foundation.access.contracts import Actor
from sextant.metrics.actions.connector_runs import run_connector
from sextant.metrics.actions.connectors import save_connector
from sextant.metrics.connectors.contracts import RunState, Trigger

DOCUMENT = Path(__file__).parent / "connectors" / "talks.yaml"
DATABASE = Path("demo") / "hr.db"
"""Below the folder that connectors may read, as the document says."""


def load_talks(folder: Path, *, actor: Actor, now: datetime) -> None:
    """Fill the personnel database with what its export in `folder` holds, connect it, and read it once.

    Made anew by a start that repeats an interrupted one; the connector then finds nothing new. Raises DemoRefused when
    the source could not be read.
    """
    _fill(Path(settings.SEXTANT_CONNECTOR_FILES) / DATABASE, folder / TALKS_FILE)
    saved = save_connector(DOCUMENT.read_text(encoding="utf-8"), actor=actor, now=now)
    outcome = run_connector(saved.id, trigger=Trigger.PERSON, actor=actor, now=now)
    if outcome.state not in (RunState.DONE, RunState.UNCHANGED):
        raise DemoRefused(f"{saved.name}: {outcome.state} {outcome.error}")


def _fill(path: Path, export: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database, export.open(encoding="utf-8", newline="") as file, database:
        database.execute("CREATE TABLE one_to_one (friday TEXT, number TEXT, name TEXT, talks INTEGER)")
        database.executemany("INSERT INTO one_to_one VALUES (?, ?, ?, ?)", list(csv.reader(file))[1:])
