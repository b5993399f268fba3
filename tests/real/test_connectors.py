"""The same exports arriving through connectors give exactly the standings that the files give.

The CRM is served page by page by a web server of the standard library, with a key at the door, and lies in a SQLite
database; the factory's export lies in a database as well. Each way has an empty company of its own; what is compared is
the digest of the run, which covers every standing.
"""

import csv
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from sextant.foundation.access.contracts import Actor
from sextant.goals.actions import evaluate_goals, import_goals
from sextant.metrics.actions.connector_runs import run_connector
from sextant.metrics.actions.connectors import save_connector, set_secret
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.connectors.contracts import RunOutcome, RunState, Trigger
from sextant.metrics.connectors.opening import Surroundings
from sextant.metrics.connectors.tests.stub import Asked, Reply, serving
from sextant.metrics.connectors.web import Clock
from sextant.metrics.mapping import load_mapping
from sextant.people.actions import import_people
from sextant.people.mapping import load_mapping as load_people_mapping
from tests.real.test_crm import METRICS_MAPPING, PEOPLE_MAPPING, write_goals
from tests.real.test_garments import EXAMPLES, mean_by_team

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, reset_sequences=True)]
PER_PAGE = 500
NOW = datetime(2018, 1, 2, 4, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")
Delivery = Callable[[Path], int]
"""Brings the measurements into an empty company that lives in the folder; how many came in."""


@pytest.fixture
def standings_of(tmp_path: Path, settings) -> Callable[..., tuple[int, str]]:
    """`standings_of(way, …)`: an empty company, its people, one way of delivery, its goals: measurements and digest."""
    ways = iter(range(100))

    def stand(deliver: Delivery, *, people: tuple[Path, Path], goals: Path, as_of: date) -> tuple[int, str]:
        home = tmp_path / f"way{next(ways)}"
        (home / "connectors").mkdir(parents=True)
        settings.SEXTANT_HOME = home
        call_command("flush", interactive=False, reset_sequences=True, verbosity=0)
        import_people(people[0], mapping=load_people_mapping(people[1]), actor=SYSTEM, now=NOW)
        accepted = deliver(home)
        import_goals(goals, actor=SYSTEM, now=NOW)
        run = evaluate_goals(actor=SYSTEM, now=NOW, as_of=as_of)
        assert run.green + run.yellow + run.red > 0
        return accepted, run.digest

    return stand


def from_file(file: Path, mapping: Path) -> Delivery:
    return lambda home: ingest_file(file, mapping=load_mapping(mapping), actor=SYSTEM, now=NOW).accepted


def run(home: Path, mapping: Path, *, secret: str = "", **document: Any) -> RunOutcome:
    """Save the connector, set its secret, run it; a second run finds nothing new."""
    text = yaml.safe_dump({**document, "mapping": yaml.safe_load(mapping.read_text("utf-8"))}, allow_unicode=True)
    saved = save_connector(text, actor=SYSTEM, now=NOW)
    if secret:
        set_secret(saved.name, "key", secret, actor=SYSTEM, now=NOW)
    around = Surroundings({"127.0.0.1"}, home / "connectors", home / "tmp", Clock(sleep=lambda _: None))
    done = run_connector(saved.id, trigger=Trigger.PERSON, actor=SYSTEM, now=NOW, around=around)
    assert (done.state, done.error, done.quarantined) == (RunState.DONE, "", 0)
    if "backfill" not in document:
        again = run_connector(saved.id, trigger=Trigger.PERSON, actor=SYSTEM, now=NOW, around=around)
        assert (again.state, again.rows_read) == (RunState.UNCHANGED, done.rows_read)
    return done


def to_sqlite(file: Path, database: Path, table: str) -> None:
    """The file as a table of text, cell by cell; empty cells are NULL, as an export from a database would have it."""
    with file.open(encoding="utf-8", newline="") as text, sqlite3.connect(database) as connection:
        rows = csv.reader(text)
        names = next(rows)
        connection.execute(f"CREATE TABLE {table} ({', '.join(f'{chr(34)}{name}{chr(34)} TEXT' for name in names)})")
        marks = ", ".join("?" * len(names))
        connection.executemany(
            f"INSERT INTO {table} VALUES ({marks})", ([cell or None for cell in row] for row in rows)
        )


@pytest.fixture
def door(real_files: Path) -> Iterator[str]:
    """The CRM's interface: a page at a time, only with the key, and busy now and then."""
    with (real_files / "crm/sales_pipeline.csv").open(encoding="utf-8", newline="") as text:
        rows = [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(text)]
    busy = iter([False, False, True, False, True])

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("authorization") != "Bearer k3y":
            return Reply({"error": "who are you"}, status=401)
        if next(busy, False):
            return Reply("busy", status=429, headers={"Retry-After": "7"})
        start = (int(asked.params["page"]) - 1) * PER_PAGE
        return Reply({"data": rows[start : start + PER_PAGE], "meta": {"total": len(rows)}})

    with serving(answer) as stub:
        yield stub.url


def test_the_crm_stands_the_same_from_file_interface_and_database(
    real_files: Path, tmp_path: Path, door: str, standings_of
) -> None:
    pipeline = real_files / "crm/sales_pipeline.csv"
    write_goals(tmp_path / "goals.csv", pipeline)
    company = {
        "people": (real_files / "crm/sales_teams.csv", PEOPLE_MAPPING),
        "goals": tmp_path / "goals.csv",
        "as_of": date(2017, 9, 17),
    }

    def by_interface(home: Path) -> int:
        source = {
            "kind": "rest",
            "url": f"{door}/opportunities",
            "auth": {"kind": "header", "secret": "key"},
            "rows": "data",
            "pages": {"kind": "page", "total": "meta.total"},
        }
        done = run(home, METRICS_MAPPING, secret="k3y", name="crm", source=source)
        assert (done.rows_read, done.requests) == (8800, 20)  # 18 pages, two of them asked for again
        return done.accepted

    def by_database(home: Path) -> int:
        to_sqlite(pipeline, home / "connectors/crm.db", "pipeline")
        day = "coalesce(engage_date, '2017-01-01')"
        query = f"SELECT * FROM pipeline WHERE {day} >= :from AND {day} < :until"
        source = {"kind": "sql", "database": "sqlite", "file": "crm.db", "query": query}
        backfill = {"from": "2016-01-01", "until": "2018-01-01", "slice_days": 200}
        done = run(home, METRICS_MAPPING, name="crm", source=source, backfill=backfill)
        assert (done.rows_read, len(done.batches)) == (8800, 3)
        return done.accepted

    by_file = standings_of(from_file(pipeline, METRICS_MAPPING), **company)
    assert by_file[0] > 0
    assert standings_of(by_interface, **company) == by_file
    assert standings_of(by_database, **company) == by_file


def test_the_factory_stands_the_same_from_file_and_database(real_files: Path, tmp_path: Path, standings_of) -> None:
    file, mapping = real_files / "garments/garments_worker_productivity.csv", EXAMPLES / "metrics.yaml"
    with (tmp_path / "goals.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["owner", "metric", "base", "stretch", "weight", "period"])
        for team, base in mean_by_team(file, "targeted_productivity", until_on=date(2015, 4, 1)).items():
            writer.writerow([f"unit:team-{team}", "mes.actual", base, base + 1, 100, "2015Q1"])
    company = {
        "people": (EXAMPLES / "teams.csv", EXAMPLES / "people.yaml"),
        "goals": tmp_path / "goals.csv",
        "as_of": date(2015, 2, 1),
    }

    def by_database(home: Path) -> int:
        to_sqlite(file, home / "connectors/mes.db", "productivity")
        source = {"kind": "sql", "database": "sqlite", "file": "mes.db", "query": "SELECT * FROM productivity"}
        return run(home, mapping, name="mes", source=source).accepted

    by_file = standings_of(from_file(file, mapping), **company)
    assert by_file[0] == 1197 * 4
    assert standings_of(by_database, **company) == by_file
