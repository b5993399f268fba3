"""Folders and buckets as sources: each content once, nothing outside, nothing half-written."""

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyarrow import fs

from sextant.foundation.access.contracts import Actor
from sextant.metrics.actions.connector_runs import run_connector
from sextant.metrics.actions.connectors import save_connector
from sextant.metrics.connectors.contracts import Meter, RunState, SourceFailed, Trigger
from sextant.metrics.connectors.document import FilesSource
from sextant.metrics.connectors.files import ArrowStore, FilesDriver, FolderStore, open_store
from sextant.metrics.connectors.opening import Surroundings
from sextant.metrics.connectors.tests.makers import document_text
from sextant.metrics.connectors.tests.test_runs import counted
from sextant.metrics.models import Batch
from sextant.people.tests.makers import make_person

NOW = datetime(2026, 1, 20, 4, 0, tzinfo=UTC)
SYSTEM = Actor.system("测试")
OLD = NOW.timestamp() - 3600
CSV = "id,who,day,amount\n1,E1,2026-01-02,5\n2,E1,2026-01-03,7\n"


@pytest.fixture
def root(tmp_path: Path, settings) -> Path:
    settings.SEXTANT_HOME = tmp_path
    folder = tmp_path / "connectors"
    (folder / "in").mkdir(parents=True)
    return folder


def put(path: Path, text: str, *, at: float = OLD) -> Path:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (at, at))
    return path


def declare(**source: Any) -> FilesSource:
    return FilesSource.model_validate({"kind": "files", "folder": "in", **source})


def names(root: Path, **source: Any) -> list[str]:
    declared = declare(**source)
    driver = FilesDriver(declared, store=FolderStore(declared, root=root), work_folder=root / "tmp", now=NOW)
    return [file.name for file in driver.files(meter=Meter())]


class TestFolder:
    def test_files_that_match_come_oldest_first_and_fresh_ones_wait(self, root: Path) -> None:
        put(root / "in/b.csv", CSV, at=OLD - 60)
        put(root / "in/a.csv", CSV)
        put(root / "in/still-written.csv", CSV, at=NOW.timestamp() - 5)
        put(root / "in/notes.txt", "x")
        put(root / "in/.hidden.csv", "x")
        assert names(root, glob="*.csv") == ["b.csv", "a.csv"]

    def test_links_and_folders_that_lead_out_are_refused(self, root: Path, tmp_path: Path) -> None:
        put(tmp_path / "secret.csv", CSV)
        (root / "in/link.csv").symlink_to(tmp_path / "secret.csv")
        with pytest.raises(SourceFailed) as caught:
            names(root)
        assert caught.value.problem.code == "connector.outside_root"
        (root / "out").symlink_to(tmp_path)
        for folder in ("..", str(tmp_path), "out"):
            with pytest.raises(SourceFailed) as caught:
                names(root, folder=folder)
            assert caught.value.problem.code == "connector.outside_root"

    def test_a_folder_that_is_not_there_is_said_as_such(self, root: Path) -> None:
        with pytest.raises(SourceFailed) as caught:
            names(root, folder="none")
        assert caught.value.problem.code == "connector.folder_missing"


class TestBucket:
    """The same driver over Arrow's file systems, here a local one: what S3 itself answers is not tested."""

    def test_files_are_fetched_and_archived_without_overwriting(self, root: Path) -> None:
        put(root / "in/a.csv", CSV)
        declared = declare(archive="done", glob="*.csv")
        store = ArrowStore(declared, fs.SubTreeFileSystem(str(root.parent), fs.LocalFileSystem()), bucket="connectors")
        driver = FilesDriver(declared, store=store, work_folder=root / "tmp", now=NOW)
        for _ in range(2):
            put(root / "in/a.csv", CSV + f"{len(list(root.glob('done/*')))},E1,2026-01-04,1\n")
            for file in driver.files(meter=Meter()):
                assert file.path.read_text().startswith("id,who")
                driver.archive(file)
        assert list((root / "in").iterdir()) == []
        assert len(list((root / "done").glob("a-20260120T040000-*.csv"))) == 2

    def test_a_bucket_that_is_not_there_is_no_empty_one(self, root: Path) -> None:
        declared = declare(folder="in")
        store = ArrowStore(declared, fs.SubTreeFileSystem(str(root.parent), fs.LocalFileSystem()), bucket="no-such")
        with pytest.raises(SourceFailed) as caught:
            store.names(unchanged_since=NOW)
        assert caught.value.problem.code == "connector.bucket_missing"

    def test_an_endpoint_inside_is_refused_unless_named(self, root: Path) -> None:
        s3 = {"bucket": "reports", "endpoint": "http://10.0.0.9:9000", "access_key": "k", "secret": "token"}
        with pytest.raises(SourceFailed) as caught:
            open_store(declare(s3=s3), root=root, secrets=lambda name: "s")
        assert caught.value.problem.code == "connector.host_private"


@pytest.mark.django_db
class TestRun:
    def run(self, root: Path, **source: Any):
        declared = {"kind": "files", "folder": "in", **source}
        connector = save_connector(document_text(source=declared, backfill=None), actor=SYSTEM, now=NOW)
        around = Surroundings((), root, root.parent / "tmp")
        return run_connector(connector.id, trigger=Trigger.PERSON, actor=SYSTEM, now=NOW, around=around)

    def test_each_content_is_taken_in_once_whatever_it_is_called(self, root: Path) -> None:
        make_person(number="E1")
        put(root / "in/a.csv", CSV)
        first = self.run(root)
        assert (first.state, first.rows_read, first.accepted) == (RunState.DONE, 2, 2)
        (root / "in/a.csv").rename(root / "in/renamed.csv")
        assert self.run(root).state is RunState.UNCHANGED
        assert Batch.objects.get().filename == "a.csv"

    def test_json_documents_tables_and_lines_come_in_side_by_side_and_go_to_the_archive(self, root: Path) -> None:
        make_person(number="E1")
        rows = [{"id": 8, "who": "E1", "day": "2026-01-05", "amount": 1.25}]
        put(root / "in/a.json", json.dumps({"data": {"items": rows}}))
        put(root / "in/b.jsonl", json.dumps({**rows[0], "id": 9}) + "\n")
        put(root / "in/c.csv", CSV)
        done = self.run(root, archive="done", rows="data.items")
        assert (done.state, done.accepted, len(done.batches)) == (RunState.DONE, 4, 3)
        assert counted() == (Decimal("14.5"), 4)
        assert list((root / "in").iterdir()) == []
        assert len(list((root / "done").iterdir())) == 3

    def test_a_broken_file_is_named_and_keeps_no_other_out(self, root: Path) -> None:
        make_person(number="E1")
        put(root / "in/a.csv", "id,who\n1,E1\n")
        put(root / "in/b.csv", CSV)
        failed = self.run(root, archive="done")
        assert (failed.state, failed.accepted, failed.error_code) == (RunState.FAILED, 2, "connector.file_refused")
        assert "a.csv" in failed.error and "amount" in failed.error
        assert [path.name for path in (root / "in").iterdir()] == ["a.csv"]
