"""Two imports at the same time."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from sextant.foundation.access.contracts import Actor
from sextant.people.actions import import_people
from sextant.people.mapping import parse_mapping
from sextant.people.models import Person, Unit

NOW = datetime(2026, 3, 2, tzinfo=UTC)
MAPPING = parse_mapping({"number": "no", "name": "name", "unit": "unit"})


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_follow_each_other(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("no,name,unit\n" + "".join(f"{n},P{n},U{n % 5}\n" for n in range(200)), encoding="utf-8")
    reports, start = [], threading.Barrier(2)

    def run():
        try:
            start.wait()
            reports.append(import_people(path, mapping=MAPPING, actor=Actor.system("test"), now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((report.created, report.unchanged) for report in reports) == [(0, 200), (200, 0)]
    assert (Person.objects.count(), Unit.objects.count()) == (200, 5)
