"""Real processes: killed between the commits, and two at once. All of a batch counts or none of it, and once."""

import hashlib
import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from sextant.foundation.access.contracts import Actor
from sextant.foundation.audit.models import AuditEntry
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.mapping import parse_mapping
from sextant.metrics.models import Batch, Metric, QuarantinedRow
from sextant.people.tests.makers import make_person

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
MAPPING = """
source: 计件
person: {column: who, by: number}
columns: {pieces: {type: number}}
metrics: [{code: p.pieces, name: 件数, aggregation: sum}]
record: id
measurements: [{metric: p.pieces, date: day, value: "[pieces]"}]
"""
ROWS = "id,who,day,pieces\n1,E1,2026-03-01,5\n2,E9,2026-03-01,5\n3,E1,2026-03-02,7\n"

CHILD = """
import os, signal, sys, django
django.setup()
from datetime import datetime, UTC
from pathlib import Path
from sextant.foundation.access.contracts import Actor
from sextant.metrics.ledger import store as ledger
from sextant.metrics.actions import ingest
from sextant.metrics.mapping import load_mapping

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def commit_then_die(rows, *, batch):
    write(rows, batch=batch)
    die()

moment, write = sys.argv[2], ledger.append
if moment == "before ledger":
    ledger.append = die
elif moment == "after ledger":
    ledger.append = commit_then_die
elif moment == "while saving":
    ingest._save_quarantine = die
print("ready", flush=True)
sys.stdin.readline()
folder = Path(sys.argv[1])
report = ingest.ingest_file(folder / "rows.csv", mapping=load_mapping(folder / "mapping.yaml"),
    actor=Actor.system("child"), now=datetime(2026, 3, 10, 4, tzinfo=UTC))
print(report.accepted, report.already_known)
"""


@pytest.fixture
def folder(transactional_db: None, tmp_path: Path) -> Path:
    make_person(number="E1")
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def start(folder: Path, moment: str = "never") -> subprocess.Popen[str]:
    """A process that is ready to take the file in, and waits for a line."""
    known = connection.settings_dict
    url = make_conninfo(
        host=known["HOST"], port=known["PORT"] or None, user=known["USER"] or None, dbname=known["NAME"]
    )
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), moment],
        env={**os.environ, "DATABASE_URL": url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None and child.stdout.readline() == "ready\n"
    return child


def go(*children: subprocess.Popen[str]) -> list[str]:
    """Let them run at once; what each printed."""
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    return [child.communicate(timeout=60)[0].strip() for child in children]


def counted() -> list[tuple[date, Decimal]]:
    metric = Metric.objects.filter(code="p.pieces").first()
    if metric is None:
        return []
    with open_engine() as duck:
        return sorted(ledger.relation(duck, metric_ids=[metric.pk]).project("day, value").fetchall())


WHOLE = [(date(2026, 3, 1), Decimal(5)), (date(2026, 3, 2), Decimal(7))]


@pytest.mark.parametrize(
    ("moment", "left_behind"), [("while saving", []), ("before ledger", []), ("after ledger", WHOLE)]
)
def test_killed_at_any_moment_all_or_nothing_counts_and_the_next_delivery_completes_it_once(
    folder: Path, moment: str, left_behind: list
) -> None:
    child = start(folder, moment)
    go(child)
    assert child.returncode == -signal.SIGKILL
    assert counted() == left_behind
    assert Batch.objects.get().state == "running"

    report = ingest_file(folder / "rows.csv", mapping=parse_mapping(MAPPING), actor=Actor.system("test"), now=NOW)
    assert (report.accepted, len(report.quarantined), report.already_known) == (2, 1, False)
    assert counted() == WHOLE
    batch = Batch.objects.get()
    assert (batch.state, batch.rows_read, batch.accepted, batch.ledger_version) == ("done", 3, 2, report.ledger_version)
    assert QuarantinedRow.objects.count() == 1
    assert AuditEntry.objects.filter(verb="ingest_file", object_id=str(batch.pk)).count() == 1


def test_after_the_ledger_commit_the_quarantine_stays_what_was_decided_then(folder: Path) -> None:
    go(start(folder, "after ledger"))
    make_person(number="E9")  # would be known by now
    report = ingest_file(folder / "rows.csv", mapping=parse_mapping(MAPPING), actor=Actor.system("test"), now=NOW)
    assert (report.accepted, [one.value for one in report.quarantined]) == (2, ["E9"])
    assert counted() == WHOLE


def test_two_processes_taking_in_one_file_at_once_count_it_once(folder: Path) -> None:
    printed = go(start(folder), start(folder))
    assert sorted(printed) == ["0 True", "2 False"]
    assert counted() == WHOLE
    assert Batch.objects.count() == 1


def test_two_files_with_the_same_record_at_once_leave_one_value(folder: Path, tmp_path_factory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "rows.csv").write_text(ROWS.replace("03-02,7", "03-02,9"), encoding="utf-8")
    (other / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    go(start(folder), start(other))
    latest = Batch.objects.order_by("-pk").first()
    assert latest is not None
    expected = Decimal(9) if latest.sha256 != _sha(folder) else Decimal(7)
    assert counted() == [WHOLE[0], (date(2026, 3, 2), expected)]


def _sha(folder: Path) -> str:

    return hashlib.sha256((folder / "rows.csv").read_bytes()).hexdigest()
