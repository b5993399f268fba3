"""Default deny, proved: every URL has a row in tests/access_table/, and answers each of the cast as the row says.

A new URL or job without a row fails here. Statuses are written in the rows by hand, never generated: a row is a
promise somebody made.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import CAST, Cast, make_cast

TABLE = Path(__file__).parent / "access_table"


def _rows(kind: str) -> list[dict]:
    files = sorted(TABLE.glob("*.toml"))
    return [row for file in files for row in tomllib.loads(file.read_text(encoding="utf-8")).get(kind, [])]


URLS, JOBS = _rows("url"), _rows("job")


def _named_urls(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Qualified names of every URL pattern; an unnamed pattern counts as its route, so that it cannot hide."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _named_urls(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or str(pattern.pattern))


def test_every_url_has_a_row() -> None:
    assert sorted(set(_named_urls()) - {row["name"] for row in URLS}) == []


def test_every_row_names_a_url() -> None:
    assert sorted({row["name"] for row in URLS} - set(_named_urls())) == []


def test_every_row_answers_for_the_whole_cast() -> None:
    assert [row["name"] for row in URLS if set(CAST) - set(row)] == []


def test_every_job_has_a_row() -> None:
    from procrastinate.contrib.django import app

    from sextant.foundation.jobs.discovery import load_jobs

    load_jobs()
    ours = {name for name in app.tasks if name.startswith("sextant.")}
    assert ours == {row["name"] for row in JOBS}


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.mark.parametrize("row", URLS, ids=lambda row: f"{row['name']}-{row.get('case', '')}")
def test_url_answers_as_its_row_says(row: dict, cast: Cast) -> None:
    answers = {}
    for who in CAST:
        with transaction.atomic():
            answers[who] = _ask(row, who, cast)
            # what one of the cast changed must not show to the next
            transaction.set_rollback(True)
    assert answers == {who: row[who] for who in CAST}


def _ask(row: dict, who: str, cast: Cast) -> int:
    client = Client(raise_request_exception=False)
    cast.sign_in(client, who)
    path = reverse(row["name"], kwargs={key: cast.resolve(value) for key, value in row.get("kwargs", {}).items()})
    form = {key: cast.resolve(value) for key, value in row.get("form", {}).items()}
    send = client.post if row.get("method") == "POST" else client.get
    return send(path, form).status_code
