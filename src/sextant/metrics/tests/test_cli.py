"""The command: its JSON is a contract, its failures are one line with the remedy."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest
import typer
from typer.testing import CliRunner

from sextant.foundation.access.contracts import Actor
from sextant.metrics.cli.metrics import app
from sextant.metrics.tests.makers import make_metric
from sextant.metrics.tests.test_ingest import HEADER, MAPPING
from sextant.people.tests.makers import make_person

pytestmark = pytest.mark.django_db


def _plain(data: object) -> object:
    """A result as the root's terminal would write it."""
    return asdict(data) if is_dataclass(data) and not isinstance(data, type) else data


class Terminal:
    """A command line whose database is the test's and whose clock stands still."""

    def __init__(self) -> None:
        self.rows = 0

    def database_ready(self) -> AbstractContextManager[None]:
        return nullcontext()

    def emit(self, data: object, *, as_json: bool, human: str | None = None) -> None:
        typer.echo(json.dumps(_plain(data), ensure_ascii=False) if as_json else human)

    @contextmanager
    def progress(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        def more(done: int) -> None:
            self.rows += done

        yield more

    def actor(self) -> Actor:
        return Actor.system("cli:test")

    def now(self) -> datetime:
        return datetime(2026, 3, 10, 4, 0, tzinfo=UTC)

    def fail(self, message: str) -> NoReturn:
        typer.echo(message, err=True)
        raise typer.Exit(1)


@pytest.fixture
def run(tmp_path: Path):
    make_person(number="E1")
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "a.csv").write_text(HEADER + "1,E1,2026-03-01,5,won\n2,E9,2026-03-01,5,won\n", encoding="utf-8")

    def invoke(*arguments: str, file: str = "a.csv", mapping: str = "m.yaml"):
        terminal = Terminal()
        command = ["ingest", str(tmp_path / file), "--mapping", str(tmp_path / mapping), *arguments]
        return CliRunner().invoke(app, command, obj=terminal), terminal

    return invoke


def test_json_has_exactly_the_promised_keys(run) -> None:
    result, terminal = run("--json")
    document = json.loads(result.stdout)
    assert list(document) == ["batch", "accepted", "quarantined", "ledger_version", "already_known", "held"]
    assert (document["accepted"], document["already_known"], document["held"]) == (2, False, False)
    (kept,) = document["quarantined"]
    assert list(kept) == ["row", "reason", "value"]
    assert (kept["row"], kept["value"]) == (3, "E9")
    assert kept["reason"].startswith("ingest.unknown_person: ")
    assert terminal.rows == 2


def test_the_second_time_nothing_is_added(run) -> None:
    first = json.loads(run("--json")[0].stdout)
    again = json.loads(run("--json")[0].stdout)
    assert again == {
        "batch": first["batch"],
        "accepted": 0,
        "quarantined": [],
        "ledger_version": first["ledger_version"],
        "already_known": True,
        "held": False,
    }


def test_a_batch_that_an_audit_rule_holds_says_so_each_time(run, tmp_path: Path) -> None:
    make_metric(code="t.amount")
    rule = "code: top\nname: 上限\nmetric: t.amount\nseverity: block\ncheck: {kind: range, most: 1}\n"
    (tmp_path / "rule.yaml").write_text(rule, encoding="utf-8")
    saved = CliRunner().invoke(app, ["audit", "save", str(tmp_path / "rule.yaml")], obj=Terminal())
    assert saved.exit_code == 0, saved.output
    held, again = json.loads(run("--json")[0].stdout), json.loads(run("--json")[0].stdout)
    assert (held["accepted"], held["held"], held["already_known"]) == (0, True, False)
    assert (again["batch"], again["held"], again["already_known"]) == (held["batch"], True, True)
    assert f"留住了批次 {held['batch']}" in run()[0].stdout


def test_a_dry_run_has_no_batch(run) -> None:
    assert json.loads(run("--dry-run", "--json")[0].stdout)["batch"] is None


def test_words_name_counts_and_reasons(run) -> None:
    text = run()[0].stdout
    assert "入账 2 条度量，隔离 1 处" in text and "人员未匹配：1" in text and "第 3 行" in text


@pytest.mark.parametrize(
    ("file", "mapping", "said"), [("none.csv", "m.yaml", "找不到文件"), ("a.csv", "none.yaml", "找不到映射文件")]
)
def test_what_is_missing_is_one_line_and_status_one(run, file: str, mapping: str, said: str) -> None:
    result, _ = run(file=file, mapping=mapping)
    assert result.exit_code == 1
    assert said in result.stderr and result.stderr.count("\n") == 1
