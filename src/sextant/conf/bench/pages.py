"""`sextant bench pages`: what each page costs in a large company — queries, bytes, processor time.

The company is made through the same actions everyone uses, by a child process in a home of its own that is removed
afterwards. Processor time is that of the process while it answers; the floor is a signed-in page that reads nothing but
its session, so the ratio says what a page adds and holds on any machine.
"""

import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sextant.conf.bench import company
from sextant.conf.bench.memory import peak_mib

if TYPE_CHECKING:
    from django.test import Client

REPEATS = 7
FLOOR_PAGE = "/account/sessions/"


@dataclass(frozen=True, slots=True)
class PageCost:
    """One page as one reader gets it. `ratio` is processor time over that of the floor page."""

    page: str
    reader: str
    status: int
    queries: int
    bytes: int
    gzip_bytes: int
    cpu_ms: float
    ratio: float = 0.0


def run(people: int) -> dict[str, Any]:
    """Build the company in a child process and a temporary home, and return its measurements."""
    with tempfile.TemporaryDirectory(prefix="sextant-bench-") as folder:
        inherited = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "SEXTANT_EMBEDDED"}}
        command = [sys.executable, "-m", "sextant.conf.bench.pages", str(people)]
        home = {"SEXTANT_HOME": str(Path(folder) / "home")}
        done = subprocess.run(command, env={**inherited, **home}, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _measure_company(people: int) -> dict[str, Any]:
    from sextant.conf.cli.base import database_ready
    from sextant.conf.cli.django_ready import set_up_django

    set_up_django()
    with database_ready():
        started = time.monotonic()
        made = make_company(people)
        built = time.monotonic() - started
        costs = list(_measure_pages(made))
    floor = next(cost.cpu_ms for cost in costs if cost.page == FLOOR_PAGE)
    costs = [replace(cost, ratio=round(cost.cpu_ms / floor, 1)) for cost in costs]
    worst = max(costs, key=lambda cost: cost.cpu_ms)
    return {
        "people": people,
        "goals": people * company.GOALS_A_PERSON,
        "seconds": round(built, 1),
        "floor_cpu_ms": floor,
        "ratio": worst.ratio,
        "peak_mib": peak_mib(),
        "most_queries": max(cost.queries for cost in costs),
        "most_bytes": max(cost.bytes for cost in costs),
        "pages": [asdict(cost) for cost in costs],
    }


def make_company(people: int) -> dict[str, int]:
    """Import, ingest and evaluate; returns ids of the accounts and objects the pages are asked for."""
    from django.conf import settings

    from sextant.conf.bench.mappings import METRICS, PEOPLE
    from sextant.foundation.access.contracts import Actor
    from sextant.foundation.clock import company_day, now
    from sextant.goals.actions import evaluate_goals, import_goals
    from sextant.metrics.actions.ingest import ingest_file
    from sextant.metrics.mapping import IngestMapping
    from sextant.people.actions import import_people
    from sextant.people.mapping import PeopleMapping

    actor, moment = Actor.system("bench"), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    name, first, _after = company.quarter_of(today)
    with tempfile.TemporaryDirectory() as folder:
        roster, goals, measured = (Path(folder) / file for file in ("roster.csv", "goals.csv", "weeks.csv"))
        company.write_roster(roster, people)
        import_people(roster, mapping=PeopleMapping.model_validate(PEOPLE), actor=actor, now=moment)
        days = [day for day in company.finished_sundays(first, today) if first <= day] or [today]
        company.write_measurements(measured, people, days=days)
        ingest_file(measured, mapping=IngestMapping.model_validate(METRICS), actor=actor, now=moment)
        company.write_goals(goals, people, period=name)
        report = import_goals(goals, actor=actor, now=moment)
        if report.rejected:
            raise RuntimeError(f"the benchmark's own goals were refused: {report.rejected[0]}")
    evaluate_goals(actor=actor, now=moment, as_of=max(days[-1], today - timedelta(days=1)))
    return _readers()


def _readers() -> dict[str, int]:
    """Accounts of a member, a team head, a region head and HR, linked to their persons."""
    from django.db import connection

    from sextant.foundation.access.contracts import Actor, Role
    from sextant.foundation.accounts.actions import create_account
    from sextant.foundation.clock import now
    from sextant.people.actions import link_account

    readers = {"employee": "E000015", "manager": "E000010", "region": "E000100", "hr": "E000001"}
    ids: dict[str, int] = {}
    for reader, number in readers.items():
        role = Role.HR if reader == "hr" else Role.EMPLOYEE
        user_id = create_account(
            reader, password="a long bench password", name=reader, roles=[role], actor=Actor.system("bench"), now=now()
        )
        with connection.cursor() as cursor:
            cursor.execute("select id from people_person where number = %s", [number])
            person_id = cursor.fetchone()[0]
        link_account(person_id, user_id, actor=Actor.system("bench"), now=now())
        ids |= {reader: user_id, f"{reader}_person": person_id}
    return ids | _objects(ids["employee_person"])


def _objects(person_id: int) -> dict[str, int]:
    from django.db import connection

    wanted = {
        "goal": ("select id from goals_goal where owner_person_id = %s order by id limit 1", [person_id]),
        "team": ("select unit_id from people_post where person_id = %s", [person_id]),
        "company": ("select id from people_unit where parent_id is null", []),
        "batch": ("select id from metrics_batch order by id limit 1", []),
    }
    found = {}
    with connection.cursor() as cursor:
        for name, (query, parameters) in wanted.items():
            cursor.execute(query, parameters)
            found[name] = cursor.fetchone()[0]
    return found


def _measure_pages(made: dict[str, int]) -> Iterator[PageCost]:
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment(debug=False)
    pages = {
        FLOOR_PAGE: ("employee",),
        "/": ("employee", "manager", "region", "hr"),
        "/goals/": ("employee", "region", "hr"),
        "/goals/?view=list": ("region", "hr"),
        f"/goals/{made['goal']}/": ("employee", "manager", "hr"),
        f"/goals/{made['goal']}/explain/": ("employee",),
        "/people/": ("region", "hr"),
        f"/people/{made['employee_person']}/": ("employee", "manager", "hr"),
        f"/units/{made['team']}/": ("manager", "hr"),
        f"/units/{made['company']}/": ("hr",),
        "/metrics/batches/": ("hr",),
        f"/metrics/batches/{made['batch']}/": ("hr",),
        "/metrics/runs/": ("hr",),
    }
    for page, readers in pages.items():
        for reader in readers:
            client = Client(raise_request_exception=True)
            client.force_login(get_user_model().objects.get(pk=made[reader]))
            yield _measure(page, reader, client)


def _measure(page: str, reader: str, client: "Client") -> PageCost:
    """One page, REPEATS times after a warm-up; the median processor time counts, queries are those of the last."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    answer = client.get(page)
    times = []
    for _ in range(REPEATS):
        started = time.process_time()
        answer = client.get(page)
        times.append((time.process_time() - started) * 1000)
    with CaptureQueriesContext(connection) as captured:
        client.get(page)
    body = answer.getvalue() if answer.streaming else answer.content
    return PageCost(
        page=page,
        reader=reader,
        status=answer.status_code,
        queries=len(captured),
        bytes=len(body),
        gzip_bytes=len(gzip.compress(body)),
        cpu_ms=round(statistics.median(times), 1),
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure_company(int(sys.argv[1]))))
