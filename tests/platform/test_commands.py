"""The command line: help everywhere, exit statuses, one line per failure."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
import typer
from typer.testing import CliRunner

from sextant.conf.cli.base import progress
from sextant.conf.cli.output import to_json, to_text
from sextant.conf.cli.root import GROUPS, build
from sextant.conf.cli.supervision import LONGEST_PAUSE_SECONDS, Backoff
from sextant.engines.values import Light
from tests.platform.processes import COMMAND, environment, run_command, temporary_home


def _commands(app: typer.Typer, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield above
    for command in app.registered_commands:
        assert command.callback is not None
        yield (*above, command.name or command.callback.__name__)
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield from _commands(group.typer_instance, (*above, str(group.name)))


ROOT = build(wanted="*")


@pytest.mark.parametrize("words", sorted(_commands(ROOT)), ids=" ".join)
def test_every_command_has_help(words: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(ROOT, [*words, "--help"])
    assert answer.exit_code == 0, answer.output
    assert "Usage:" in answer.output


@pytest.mark.parametrize("words", sorted(_commands(ROOT)), ids=" ".join)
def test_every_command_says_what_it_does(words: tuple[str, ...]) -> None:
    lines = CliRunner().invoke(ROOT, [*words, "--help"]).output.strip().splitlines()
    assert any(line.strip() for line in lines[1:3])


def test_help_of_the_root_names_every_group_and_is_quick() -> None:
    code = "import sys; from sextant.conf.cli.root import run; run(['--help']); sys.exit('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, "--help has loaded Django"
    assert [name for name in GROUPS if name not in done.stdout] == []


@pytest.mark.parametrize(
    "words",
    [("nonsense",), ("serve", "--port", "many"), ("serve", "--port", "0"), ("createuser",), ("people", "import")],
    ids=" ".join,
)
def test_wrong_usage_ends_with_status_2_and_one_line(words: tuple[str, ...]) -> None:
    with temporary_home() as home:
        done = run_command(home, *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "--help" in done.stderr


def test_unreachable_database_ends_with_status_1_and_one_line() -> None:
    with temporary_home() as home:
        done = run_command(home, "createuser", "anna", "--generate", DATABASE_URL="postgresql://nobody@127.0.0.1:1/x")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "DATABASE_URL" in done.stderr


def test_bad_variable_ends_with_status_1_and_an_example() -> None:
    with temporary_home() as home:
        done = run_command(home, "people", "import", "x.csv", "--mapping", "y.toml", SEXTANT_ZONE="Mars/Olympus")
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1)
    assert "Asia/Shanghai" in done.stderr


def test_taken_port_is_refused_with_a_remedy() -> None:
    import socket

    with temporary_home() as home, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run_command(home, "serve", "--port", str(taken.getsockname()[1]))
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1)
    assert "--port" in done.stderr


@pytest.mark.slow
def test_account_is_opened_once_and_a_weak_password_is_refused() -> None:
    with temporary_home() as home:
        words = ("createuser", "anna", "--name", "安娜", "--role", "hr", "--json")
        weak = run_command(home, *words, given="short\n")
        first = run_command(home, *words, given="correct horse battery\n")
        second = run_command(home, *words, given="correct horse battery\n")
    assert (weak.returncode, first.returncode, second.returncode) == (1, 0, 1)
    assert json.loads(first.stdout)["username"] == "anna"
    assert len(weak.stderr.strip().splitlines()) == 1
    assert "anna" in second.stderr


def test_closed_pipe_ends_quietly() -> None:
    with temporary_home() as home:
        script = f"{' '.join(COMMAND)} --help | true"
        done = subprocess.run(script, shell=True, env=environment(home), capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_json_keeps_decimals_exact_and_dates_iso() -> None:
    row = {
        "value": Decimal("0.10000000000000000001"),
        "on": date(2026, 1, 5),
        "at": datetime(2026, 1, 5, tzinfo=UTC),
        "light": Light.RED,
        "lists": [(1, None), {"名": True}],
    }
    assert to_json(row) == (
        '{"value": 0.10000000000000000001, "on": "2026-01-05", "at": "2026-01-05T00:00:00+00:00",'
        f' "light": "{Light.RED.value}", "lists": [[1, null], {{"名": true}}]}}'
    )
    assert json.loads(to_json(row), parse_float=Decimal)["value"] == row["value"]


def test_rows_are_laid_out_as_a_table() -> None:
    lines = to_text([{"目标": "签约额", "value": Decimal("1.5")}, {"目标": "回款", "value": None}]).splitlines()
    assert lines[0].split() == ["目标", "value"]
    assert lines[1].split() == ["签约额", "1.5"]
    assert lines[2].split() == ["回款"]


def test_progress_is_silent_when_piped(monkeypatch: pytest.MonkeyPatch) -> None:
    piped = StringIO()
    monkeypatch.setattr(sys, "stderr", piped)
    with progress("导入", 10) as advance:
        advance(10)
    assert piped.getvalue() == ""


def test_pause_after_failures_grows_to_a_limit() -> None:
    backoff = Backoff()
    pauses = [backoff.failed(now=0.0) for _ in range(10)]
    assert pauses[:3] == [0.5, 1.0, 2.0]
    assert pauses[-1] == LONGEST_PAUSE_SECONDS
