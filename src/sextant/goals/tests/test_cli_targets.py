"""`goals suggest` and `goals allocate` as an operator types them: their JSON is a contract."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sextant.engines.allocation import Bound
from sextant.engines.allocation.codes import FIELDS, STEPS, Code, problem
from sextant.engines.values import Step
from sextant.goals.cli import goals as cli
from sextant.goals.messages import allocation as allocation_messages
from sextant.goals.models import Goal
from sextant.goals.tests.test_cli import Line
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.tests.makers import make_person, make_unit

WEEKS = [date(2026, 1, 30) - timedelta(weeks=back) for back in range(29, -1, -1)]
TABLE = """姓名,客户数,去年,下限,上限
安娜,60,30,,
鲍勃,30,30,,35
陈晨,10,40,20,
"""


@pytest.fixture
def run(settings, tmp_path: Path):
    """Type a command; returns (exit status, what it said)."""
    settings.SEXTANT_HOME = tmp_path / "home"
    group = typer.Typer()
    cli.register(group)
    root = typer.Typer()
    root.add_typer(cli.app, name="goals")
    root.add_typer(group, name="metrics")

    def type_(*words: object) -> tuple[int, str]:
        result = CliRunner().invoke(root, [str(word) for word in words], obj=Line())
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return type_


@pytest.fixture
def team(db, run) -> None:
    """Anna sells ten a week and Bob twenty, in one team; a sister team has nobody measured."""
    sales = make_unit("销售", code="S")
    south, north = make_unit("苏南", code="S1", parent=sales), make_unit("苏北", code="S2", parent=sales)
    metric = make_metric("回款额", code="collections")
    anna, bob = make_person("安娜", number="A1", unit=south), make_person("鲍勃", number="A2", unit=south)
    make_person("新人", number="A3", unit=north)
    ingest_rows(metric, [(anna, day, 10) for day in WEEKS] + [(bob, day, 20) for day in WEEKS])
    ingest_rows(metric, [(south, day, 30) for day in WEEKS])


def test_suggest_prints_the_promised_shape(run, team: None) -> None:
    status, said = run(
        "metrics", "suggest", "A1", "collections", "2026Q1", "--growth", "10%", "--target", "400", "--json"
    )
    (row,) = json.loads(said)
    assert status == 0
    assert set(row) == {
        *("owner", "metric", "period", "base", "low", "high", "coverage", "method", "known", "tests", "error"),
        *("error_of_last", "target", "own_best", "best", "peers", "problems", "warnings", "lines"),
    }
    # twelve weeks and six days of ten, 2/27 of the way to Bob, and a tenth more
    assert (row["owner"], row["base"], row["own_best"], row["best"], row["peers"]) == ("安娜", 152, 129, 257, 1)
    assert "target.never_reached" in {found["code"] for found in row["problems"]}
    assert any("行业增长 10%" in line for line in row["lines"])


def test_suggest_for_the_members_of_a_unit_and_for_the_unit(run, team: None) -> None:
    rows = json.loads(run("goals", "suggest", "unit:S", "collections", "2026Q1", "--members", "--json")[1])
    assert {row["owner"]: row["method"] for row in rows} == {"安娜": "mean", "鲍勃": "mean", "新人": "peers"}
    (row,) = json.loads(run("goals", "suggest", "unit:S1", "collections", "2026Q1", "--json")[1])
    assert (row["owner"], row["base"], row["peers"]) == ("苏南", 386, 0)


def test_suggest_in_words_ends_with_the_base(run, team: None) -> None:
    said = run("goals", "suggest", "安娜", "collections", "2026Q1")[1]
    assert said.startswith("安娜\n历史 25 周")
    assert "建议基准目标" in said


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("nobody", "collections", "2026Q1"), "工号"),
        (("unit:X", "collections", "2026Q1"), "找不到单位"),
        (("A1", "unknown", "2026Q1"), "指标库里没有"),
        (("A1", "collections", "spring"), "2017Q2"),
        (("A1", "collections", "2026Q1", "--growth", "many"), "不是数字"),
        (("A1", "collections", "2026Q1", "--coverage", "120%"), "覆盖率"),
    ],
)
def test_what_cannot_be_suggested_is_one_line_and_status_1(run, team: None, words: tuple, remedy: str) -> None:
    status, said = run("goals", "suggest", *words)
    assert (status, remedy in said, said.count("\n")) == (1, True, 1)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "split.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_allocate_prints_shares_that_sum(run, table: Path) -> None:
    status, said = run(
        "goals", "allocate", table, "--total", "1万", "--factor", "客户数=60", "--factor", "去年=40", "--json"
    )
    document = json.loads(said)
    shares = {share["key"]: (share["amount"], share["bound"]) for share in document["shares"]}
    assert status == 0
    assert sum(amount for amount, _bound in shares.values()) == document["total"] == 10_000
    # Bob is capped at 35; the 9,965 left go 48 to 22, as 60 × 60 + 40 × 30 is to 60 × 10 + 40 × 40
    assert shares == {"安娜": (6833, None), "鲍勃": (35, "cap"), "陈晨": (3132, None)}


def test_allocate_writes_goals_that_can_be_imported(run, db, table: Path, tmp_path: Path) -> None:
    people = [make_person(name) for name in ("安娜", "鲍勃", "陈晨")]
    make_metric(code="won")
    out = tmp_path / "goals.csv"
    words = ("--total", "100", "--factor", "客户数", "--metric", "won", "--period", "2026Q1", "--out", out)
    status, said = run("goals", "allocate", table, *words)
    assert status == 0
    assert "总量 100，3 个对象" in said and "陈晨：20（平均分 33），占 10.0%，取下限" in said
    run("goals", "import", out)
    bases = dict(Goal.objects.values_list("owner_person__name", "base"))
    assert bases == {"安娜": Decimal(53), "鲍勃": Decimal(27), "陈晨": Decimal(20)}
    assert len(people) == len(bases)


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("--total", "10", "--factor", "客户数"), "下限合计 20"),
        (("--total", "100", "--factor", "面积"), "缺少“面积”列"),
        (("--total", "100.5", "--factor", "客户数"), "整数倍"),
        (("--total", "many", "--factor", "客户数"), "不是数字"),
        (("--total", "100", "--factor", "客户数", "--out", "goals.csv"), "--period"),
    ],
)
def test_what_cannot_be_split_is_status_1_with_the_reason(run, table: Path, words: tuple, remedy: str) -> None:
    status, said = run("goals", "allocate", table, *words)
    assert (status, remedy in said) == (1, True)


def test_a_cell_that_is_no_number_is_named_by_row_and_column(run, tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    path.write_text("姓名,客户数\n安娜,许多\n", encoding="utf-8")
    status, said = run("goals", "allocate", path, "--total", "100", "--factor", "客户数")
    assert (status, "第 2 行，客户数" in said) == (1, True)


def test_every_code_and_step_of_a_split_has_a_sentence_with_its_numbers() -> None:
    for code in Code:
        assert "%(" not in allocation_messages.say_problem(problem(code, **dict.fromkeys(FIELDS[code], Decimal(1))))
    for code, names in STEPS.items():
        assert "%(" not in allocation_messages.say_step(Step(code, dict.fromkeys(names, Decimal(1)), Decimal(1)))
    assert set(allocation_messages.SENTENCES) == set(Code)
    assert set(allocation_messages.STEPS) == set(STEPS)
    assert set(allocation_messages.BOUNDS) == {None, *Bound}
