"""Default deny, proved: every URL has a row in tests/access_table/, and answers each of the cast as the row says.

A new URL, operation of the API or job without a row fails here. Statuses are written in the rows by hand, never
generated: a row is a promise somebody made.
"""

import tomllib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from sextant.foundation.access.contracts import Actor
from sextant.foundation.access.http import SIGNED
from sextant.foundation.api.actions import revoke_client
from sextant.foundation.api.http import Operation
from sextant.foundation.api.models import ApiClient
from sextant.foundation.api.openapi import list_operations
from sextant.foundation.api.tests.makers import make_client, post
from sextant.foundation.clock import now as clock_now
from tests.cast import CAST, Cast, make_cast

TABLE = Path(__file__).parent / "access_table"


def _rows(kind: str) -> list[dict]:
    files = sorted(TABLE.glob("*.toml"))
    return [row for file in files for row in tomllib.loads(file.read_text(encoding="utf-8")).get(kind, [])]


URLS, JOBS, OPERATIONS = _rows("url"), _rows("job"), _rows("operation")


def _named_urls(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Qualified names of every URL pattern; an unnamed pattern counts as its route, so that it cannot hide."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _named_urls(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or str(pattern.pattern))


def _views(resolver: URLResolver | None = None) -> Iterator[Callable[..., object]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern)
        elif isinstance(pattern, URLPattern):
            yield pattern.callback


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


def test_every_operation_has_a_row_with_its_scope() -> None:
    served = {(one.name, str(one.scope)) for _, one in list_operations()}
    assert served == {(row["name"], row["scope"]) for row in OPERATIONS}


def test_only_operations_skip_the_session() -> None:
    """The mark SIGNED is no way round: whoever carries it checks a signature."""
    marked = [view for view in _views() if getattr(view, "access_rule", None) == SIGNED]
    assert [view for view in marked if not isinstance(getattr(view, "operation", None), Operation)] == []
    assert len(marked) == len(OPERATIONS)


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row["name"])
def test_operation_answers_clients_as_its_row_says(row: dict, db: None) -> None:
    path = next(path for path, one in list_operations() if one.name == row["name"])
    now = clock_now()
    term = {"now": now, "expires_at": now + timedelta(days=30)}
    agreed = make_client(**term)
    without_scope, revoked = make_client(**term), make_client(**term)
    ApiClient.objects.filter(pk=without_scope.client_id).update(scopes=[])
    revoke_client(revoked.client_id, actor=Actor.system("test"), now=now)
    expired = make_client(now=now - timedelta(days=2), expires_at=now - timedelta(days=1))
    answers = {
        "unsigned": Client().post(path, b"{}", content_type="application/json").status_code,
        "without_scope": post(without_scope, path, {}, now=now).status_code,
        "expired": post(expired, path, {}, now=now).status_code,
        "revoked": post(revoked, path, {}, now=now).status_code,
        "agreed": post(agreed, path, {}, now=now).status_code,
    }
    assert answers == {case: row[case] for case in answers}


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
