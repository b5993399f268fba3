"""`sextant connectors …`: a document from the check to its rows, every failure one line with the remedy."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sextant.metrics.cli.connectors import app
from sextant.metrics.connectors.tests.makers import document_text
from sextant.metrics.connectors.tests.stub import Asked, Reply, serving
from sextant.metrics.models import ConnectorSecret
from sextant.metrics.tests.test_cli import Terminal as QuietTerminal
from sextant.people.tests.makers import make_person

pytestmark = pytest.mark.django_db


class Terminal(QuietTerminal):
    """As the other tests', for values that JSON has no word for."""

    def emit(self, data: object, *, as_json: bool, human: str | None = None) -> None:
        typer.echo(json.dumps(data, ensure_ascii=False, default=str) if as_json else human)


@pytest.fixture
def command(tmp_path: Path, settings):
    settings.SEXTANT_HOME = settings.SEXTANT_CONNECTOR_FILES = tmp_path
    settings.SEXTANT_CONNECTOR_HOSTS = frozenset({"127.0.0.1"})

    def invoke(*words: object, given: str = "", expect: int = 0) -> str:
        done = CliRunner().invoke(app, [str(word) for word in words], obj=Terminal(), input=given)
        assert done.exit_code == expect, done.output
        return done.stdout if expect == 0 else done.output

    return invoke


def key_at_the_door(asked: Asked) -> Reply:
    if asked.headers.get("authorization") != "Bearer k3y":
        return Reply({}, status=401)
    return Reply({"rows": [{"id": 1, "who": "E1", "day": "2026-01-02", "amount": 5}]})


def test_from_the_check_to_the_rows(command, tmp_path: Path) -> None:
    make_person(number="E1")
    file = tmp_path / "shop.yaml"
    with serving(key_at_the_door) as stub:
        auth = {"kind": "header", "secret": "token"}
        source = {"kind": "rest", "url": stub.url, "rows": "rows", "auth": auth, "limits": {"attempts": 1}}
        file.write_text(document_text(source=source, backfill=None), encoding="utf-8")
        assert json.loads(command("check", file, "--json")) == {"name": "shop", "kind": "rest"}
        assert json.loads(command("save", file, "--json"))["version"] == 1
        assert json.loads(command("save", file, "--json"))["is_changed"] is False
        assert "还没有设置" in command("run", "shop", expect=1)
        command("secret", "shop", "token", given="wrong\n")
        assert "来源拒绝了凭据" in command("preview", "shop", expect=1)
        command("secret", "shop", "token", given="k3y\n")
        assert ConnectorSecret.objects.count() == 1
        assert json.loads(command("preview", file, "--json"))["accepted"] == 1
        done = json.loads(command("run", "shop", "--json"))
        assert (done["state"], done["rows_read"], done["accepted"]) == ("done", 1, 1)
    (listed,) = json.loads(command("list", "--json"))
    assert (listed["name"], listed["last_run"]["state"]) == ("shop", "done")
    assert "shop" in command("list")


def test_what_is_missing_or_wrong_is_one_line_and_status_one(command, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(document_text(closing_days=99), encoding="utf-8")
    assert "closing_days" in command("check", tmp_path / "bad.yaml", expect=1)
    assert "closing_days" in command("save", tmp_path / "bad.yaml", expect=1)
    assert "找不到" in command("check", tmp_path / "none.yaml", expect=1)
    for words in (("run", "nobody"), ("preview", "nobody"), ("secret", "nobody", "token")):
        assert "没有连接器“nobody”" in command(*words, given="x", expect=1)
    assert "还没有连接器" in command("list")
