"""Faults that belong to no single room: no room on the disk while a file comes in, a clock that jumps."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from deltalake.exceptions import DeltaError

from sextant.foundation.access.contracts import Actor
from sextant.metrics.actions.connector_runs import claim_due
from sextant.metrics.actions.connectors import save_connector
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.connectors.tests.makers import document_text
from sextant.metrics.contracts import BatchState
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.mapping import parse_mapping
from sextant.metrics.models import Batch, Connector
from sextant.metrics.tests.test_ingest import HEADER, MAPPING
from sextant.metrics.tests.test_run_processes import small_disk  # noqa: F401 - a fixture
from sextant.people.tests.makers import make_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.SEXTANT_HOME = tmp_path / "home"
    settings.SEXTANT_HOME.mkdir()
    return settings.SEXTANT_HOME


def test_a_full_disk_ends_an_ingest_with_nothing_counted_and_the_same_file_comes_in_later(
    home: Path,
    small_disk: Path,  # noqa: F811 - the fixture
) -> None:
    (home / "ledger").symlink_to(small_disk, target_is_directory=True)
    make_person(number="E1")
    path = home / "a.csv"
    path.write_text(HEADER + "".join(f"{n},E1,2026-03-01,{n},won\n" for n in range(2_000)), encoding="utf-8")
    rest = small_disk / "rest"
    with pytest.raises(OSError, match="No space left"), rest.open("wb") as file:
        file.write(bytes(4 << 20))
    with pytest.raises((OSError, DeltaError)):
        ingest_file(path, mapping=parse_mapping(MAPPING), actor=SYSTEM, now=NOW)
    assert Batch.objects.get().state == BatchState.FAILED
    rest.unlink()
    assert ledger.list_files() == ()
    assert ingest_file(path, mapping=parse_mapping(MAPPING), actor=SYSTEM, now=NOW).accepted == 4_000
    with open_engine() as connection:
        assert ledger.relation(connection).aggregate("count(*)").fetchall() == [(4_000,)]


def test_a_clock_that_was_a_year_ahead_leaves_no_connector_waiting_for_that_year() -> None:
    save_connector(document_text(schedule={"cron": "0 * * * *", "zone": "UTC"}), actor=SYSTEM, now=NOW)
    started: list[int] = []
    claim_due(now=NOW + timedelta(days=365), start=started.append)
    assert claim_due(now=NOW + timedelta(minutes=1), start=started.append) == 0
    assert Connector.objects.get().next_due_at == NOW + timedelta(hours=1)
    assert claim_due(now=NOW + timedelta(minutes=61), start=started.append) == 1


def test_a_clock_that_goes_back_changes_no_row_and_loses_none(home: Path) -> None:
    make_person(number="E1")
    (home / "a.csv").write_text(HEADER + "1,E1,2026-03-09,5,won\n", encoding="utf-8")
    (home / "b.csv").write_text(HEADER + "1,E1,2026-03-09,6,won\n2,E1,2026-03-01,6,won\n", encoding="utf-8")
    first = ingest_file(home / "a.csv", mapping=parse_mapping(MAPPING), actor=SYSTEM, now=NOW)
    # two days back: the record corrects all the same, because batches go by number; its day is not here yet
    second = ingest_file(home / "b.csv", mapping=parse_mapping(MAPPING), actor=SYSTEM, now=NOW - timedelta(days=2))
    assert [one.code for one in second.quarantined] == ["ingest.date_in_future"]
    again = ingest_file(home / "a.csv", mapping=parse_mapping(MAPPING), actor=SYSTEM, now=NOW - timedelta(days=2))
    assert (again.already_known, again.batch) == (True, first.batch)
    with open_engine() as connection:
        assert ledger.relation(connection).aggregate("count(*), sum(value)").fetchall()[0][0] == 4
