"""The commands of goals as an operator types them: their JSON is a contract."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import pytest
import typer
from typer.testing import CliRunner

from sextant.foundation.access.contracts import Actor
from sextant.goals.cli import goals as cli
from sextant.goals.tests.makers import make_cycle, make_goal
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.tests.makers import make_person, make_unit

pytestmark = pytest.mark.django_db
DAY = "2026-02-01"


class Line:
    """A command line whose database is the test's, and whose clock stands still."""

    @contextmanager
    def database_ready(self) -> Iterator[None]:
        yield

    @contextmanager
    def progress(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        yield lambda done: None

    def emit(self, data: object, *, as_json: bool, human: str | None = None) -> None:
        typer.echo(json.dumps(data, default=_plain, ensure_ascii=False) if as_json else human)

    def actor(self) -> Actor:
        return Actor.system("cli:test")

    def now(self) -> datetime:
        return datetime(2026, 2, 1, 4, 0, tzinfo=UTC)

    def fail(self, message: str) -> NoReturn:
        typer.echo(message, err=True)
        raise typer.Exit(1)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return float(value) if isinstance(value, Decimal) else str(value)


@pytest.fixture
def run(settings, tmp_path: Path):
    """Type a command; returns (exit status, what it said). A failure speaks on standard error."""
    settings.SEXTANT_HOME = tmp_path
    group = typer.Typer()
    cli.register(group)
    root = typer.Typer()
    root.add_typer(cli.app, name="goals")
    root.add_typer(group, name="metrics")

    def type_(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(root, list(words), obj=Line())
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return type_


@pytest.fixture
def company() -> None:
    """Two people in two units with a goal each, five weeks of figures."""
    sales = make_unit("销售", code="S")
    south = make_unit("苏南", code="S1", parent=sales)
    other = make_unit("服务", code="V")
    metric = make_metric("回款额", code="collections")
    cycle = make_cycle()
    people = [make_person("安娜", unit=south), make_person("鲍勃", unit=other)]
    for person, amount in zip(people, (9, 2), strict=True):
        make_goal(owner=person, metric=metric, cycle=cycle, code=f"G-{person.name}")
        days = [cycle.from_on + timedelta(days=7 * week) for week in range(5)]
        ingest_rows(metric, [(person, day, amount) for day in days], source="CRM", filename=f"{person.name}.csv")


def test_import_prints_the_promised_shape(run, tmp_path: Path) -> None:
    make_person("安娜", number="A1")
    make_metric(code="won")
    file = tmp_path / "goals.csv"
    file.write_text("owner,metric,base,stretch,weight,period\nA1,won,10,12,50,2026Q1\nA9,won,1,2,50,2026Q1\n")
    status, said = run("goals", "import", str(file), "--json")
    assert (status, json.loads(said)) == (
        0,
        {
            "created": 1,
            "updated": 0,
            "unchanged": 0,
            "rejected": [
                {
                    "row": 3,
                    "column": "owner",
                    "value": "A9",
                    "message": "找不到负责人“A9”。请检查工号，或先导入人员。",
                }
            ],
        },
    )
    status, said = run("goals", "import", str(file), "--dry-run")
    assert "未变 1" in said
    assert "第 3 行" in said


def test_a_file_that_is_no_table_is_one_line_and_status_1(run, tmp_path: Path) -> None:
    status, said = run("goals", "import", str(tmp_path / "nothing.csv"))
    assert status == 1
    assert "找不到文件" in said
    assert said.count("\n") == 1


def test_a_missing_argument_is_status_2(run) -> None:
    assert run("goals", "import")[0] == 2


def test_evaluate_prints_the_promised_shape(run, company: None) -> None:
    status, said = run("metrics", "evaluate", "--as-of", DAY, "--json")
    document = json.loads(said)
    assert status == 0
    assert set(document) == {"run", "goals", "evaluated", "lights", "seconds", "digest"}
    assert (document["goals"], document["lights"]) == (2, {"green": 1, "yellow": 0, "red": 1, "none": 0})


def test_standings_print_the_promised_shape(run, company: None) -> None:
    run("metrics", "evaluate", "--as-of", DAY)
    _, said = run("metrics", "standings", "--as-of", DAY, "--json")
    rows = json.loads(said)
    names = {"goal", "owner", "metric", "value", "expected", "base", "stretch", "attainment", "light", "reason"}
    assert [set(row) for row in rows] == [names, names]
    assert [(row["goal"], row["metric"], row["value"], row["light"]) for row in rows] == [
        ("G-安娜", "collections", 45, "green"),
        ("G-鲍勃", "collections", 10, "red"),
    ]
    assert all(row["reason"] for row in rows)


@pytest.mark.parametrize("unit", ["S", "销售", "S1"])
def test_standings_of_a_unit_hold_its_subtree(run, company: None, unit: str) -> None:
    run("metrics", "evaluate", "--as-of", DAY)
    _, said = run("metrics", "standings", "--as-of", DAY, "--unit", unit, "--json")
    assert [row["owner"] for row in json.loads(said)] == ["安娜"]


def test_standings_without_a_run_name_the_remedy(run, company: None) -> None:
    status, said = run("metrics", "standings", "--as-of", DAY)
    assert status == 1
    assert f"sextant metrics evaluate --as-of {DAY}" in said


def test_standings_of_an_unknown_unit_name_the_remedy(run, company: None) -> None:
    run("metrics", "evaluate", "--as-of", DAY)
    status, said = run("metrics", "standings", "--as-of", DAY, "--unit", "西藏")
    assert (status, "找不到单位“西藏”" in said) == (1, True)


def test_explain_leads_from_the_light_to_the_rows(run, company: None) -> None:
    run("metrics", "evaluate", "--as-of", DAY)
    status, said = run("metrics", "explain", "G-鲍勃", "--as-of", DAY)
    assert status == 0
    for words in ("风险", "得分", "鲍勃.csv 第 2 行", "原始记录 5 条", "和保存的结果一致"):
        assert words in said, words
    document = json.loads(run("metrics", "explain", "G-鲍勃", "--as-of", DAY, "--json")[1])
    assert (document["light"], len(document["measurements"]), document["is_reproduced"]) == ("red", 5, True)


def test_explain_of_an_unknown_goal_names_the_remedy(run, company: None) -> None:
    status, said = run("metrics", "explain", "G-0", "--as-of", DAY)
    assert (status, "sextant metrics standings" in said) == (1, True)


def test_the_day_is_today_when_none_is_given(run, company: None) -> None:
    run("metrics", "evaluate")
    assert len(json.loads(run("metrics", "standings", "--as-of", date(2026, 2, 1).isoformat(), "--json")[1])) == 2


def test_explain_of_a_week_is_that_of_its_sunday(run, company: None) -> None:
    year, week, _day = date.fromisoformat(DAY).isocalendar()
    status, said = run("metrics", "explain", "G-鲍勃", "--week", f"{year}-W{week:02}", "--json")
    assert (status, json.loads(said)["as_of"]) == (0, date.fromisocalendar(year, week, 7).isoformat())
    assert run("metrics", "explain", "G-鲍勃", "--week", f"{year}-W99")[0] == 1


def test_replay_and_publish_say_what_they_found(run, company: None) -> None:
    number = json.loads(run("metrics", "evaluate", "--as-of", DAY, "--json")[1])["run"]
    status, said = run("metrics", "replay", str(number), "--json")
    assert (status, json.loads(said)["is_same"]) == (0, True)
    assert run("metrics", "replay", "999999")[0] == 1
    assert json.loads(run("metrics", "publish", str(number), "--json")[1])["published"] is True
    assert json.loads(run("metrics", "publish", str(number), "--json")[1])["published"] is False
    space = json.loads(run("metrics", "kept-inputs", "--sweep", "--keep", "1", "--json")[1])
    nothing = {"runs": 0, "files": 0, "size": 0}
    assert (space["swept"], space["to_sweep"], space["kept"]["runs"]) == (nothing, nothing, 1)
    assert "MiB" in run("metrics", "kept-inputs")[1]
