"""`sextant api-client`: the secret once, the JSON a contract, failures one line with the remedy."""

import json
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import NoReturn

import pytest
import typer
from typer.testing import CliRunner, Result

from sextant.foundation.access.contracts import Actor
from sextant.foundation.api.cli import app
from sextant.foundation.api.models import ApiClient
from sextant.foundation.api.tests.makers import NOON
from sextant.foundation.secrets import unseal

pytestmark = pytest.mark.django_db
AGREED = ["--owner", "周信息", "--purpose", "回款", "--until", "2027-11-20"]


class Terminal:
    """A command line whose database is the test's and whose clock stands still."""

    def database_ready(self) -> AbstractContextManager[None]:
        return nullcontext()

    def emit(self, data: object, *, as_json: bool, human: str | None = None) -> None:
        typer.echo(json.dumps(data, ensure_ascii=False, default=str) if as_json else human)

    def actor(self) -> Actor:
        return Actor.system("cli:test")

    def now(self) -> datetime:
        return NOON

    def fail(self, message: str) -> NoReturn:
        typer.echo(message, err=True)
        raise typer.Exit(1)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), obj=Terminal())


def test_create_prints_a_secret_that_opens_the_client() -> None:
    done = run("create", "CRM", *AGREED, "--metric", "a.b", "--network", "10.0.0.0/8", "--json")
    made = json.loads(done.stdout)
    client = ApiClient.objects.get(key=made["key"])
    assert unseal(bytes(client.secret)) == made["secret"]
    assert client.scopes == [{"scope": "measurement:push", "only": ["a.b"]}]
    (listed,) = json.loads(run("list", "--json").stdout)
    assert (listed["name"], listed["state"], listed["networks"]) == ("CRM", "active", ["10.0.0.0/8"])
    assert made["secret"] not in json.dumps(listed)


def test_rotate_and_revoke_find_a_client_by_name_or_key() -> None:
    made = json.loads(run("create", "CRM", *AGREED, "--json").stdout)
    rotated = json.loads(run("rotate", "CRM", "--json").stdout)
    assert rotated["secret"] != made["secret"]
    assert json.loads(run("revoke", made["key"], "--json").stdout)["state"] == "revoked"
    assert made["key"] in run("list").stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["create", "CRM", *AGREED], "已有同名的客户端"),
        (["create", "ERP", *AGREED[:-1], "2026-11-19"], "有效期须在将来"),
        (["revoke", "nobody"], "没有客户端“nobody”"),
        (["rotate", "old"], "已吊销的客户端不能再改"),
        (["revoke", "old"], "早已吊销"),
    ],
)
def test_a_failure_is_one_line_with_the_remedy(words: list[str], sentence: str) -> None:
    run("create", "CRM", *AGREED)
    run("create", "old", *AGREED)
    run("revoke", "old")
    failed = run(*words)
    assert (failed.exit_code, len(failed.stderr.splitlines())) == (1, 1)
    assert sentence in failed.stderr
