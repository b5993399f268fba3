"""The commands of the library: what `show` prints, `save` takes; refusals are one line with the remedy."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sextant.metrics.cli.metrics import app
from sextant.metrics.models import Metric
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.metrics.tests.test_cli import Terminal
from sextant.people.tests.makers import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.SEXTANT_HOME = tmp_path
    return tmp_path


def run(*words: str):
    return CliRunner().invoke(app, list(words), obj=Terminal())


def test_what_show_prints_save_takes(tmp_path: Path) -> None:
    make_metric("赢单", code="s.won", limit=100)
    file = tmp_path / "metric.yaml"
    file.write_text(run("library", "show", "s.won").stdout.replace("赢单", "赢单额"), encoding="utf-8")
    answer = run("library", "save", str(file), "--reason", "改名")
    assert answer.exit_code == 0, answer.stderr
    assert Metric.objects.get(code="s.won").name == "赢单额"
    assert run("library", "show", "s.won", "--version", "1").stdout.splitlines()[1] == "name: 赢单"
    assert "s.won" in run("library", "list").stdout


def test_a_refusal_is_one_line_with_the_remedy(tmp_path: Path) -> None:
    file = tmp_path / "metric.yaml"
    file.write_text("{code: s.x, name: x, kind: derived, formula: '[没有的]'}", encoding="utf-8")
    answer = run("library", "save", str(file))
    assert answer.exit_code == 1 and "没有“没有的”这项数据" in answer.stderr
    assert run("library", "show", "no.such").exit_code == 1
    assert run("library", "list", "--state", "x").exit_code == 1
    assert json.loads(run("library", "schema").stdout)["properties"]["code"]


def test_derive_reports_what_it_wrote_and_then_nothing(tmp_path: Path) -> None:
    metric = make_metric("赢单", code="s.won")
    ingest_rows(metric, [(make_person(), date(2026, 2, 2), 3)])
    file = tmp_path / "metric.yaml"
    file.write_text("{code: s.double, name: 双倍, kind: derived, formula: '[赢单] * 2'}", encoding="utf-8")
    run("library", "save", str(file))
    assert "s.double：写入 1" in run("derive").stdout
    assert "都是最新的" in run("derive").stdout
