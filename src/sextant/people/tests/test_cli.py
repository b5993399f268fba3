"""`sextant people import` as an operator meets it."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sextant.foundation.access.contracts import Actor
from sextant.foundation.audit.models import AuditEntry
from sextant.people.cli import app
from sextant.people.models import Person, Post
from sextant.people.queries import list_units

pytestmark = pytest.mark.django_db
EXAMPLES = Path(__file__).parents[4] / "examples"
ROSTER = """工号,姓名,部门路径,岗位,职级,直线主管工号,虚线主管工号,入职日期,离职日期,邮箱,是否负责人
E001,赵总,星图公司,总经理,M5,,,2018/3/1,,zhao@example.com,是
E002,钱敏,星图公司/销售中心/华东区,销售经理,M2,E001,,2020年5月6日,,qian@example.com,是
E003,孙立,星图公司/销售中心/华东区,销售代表,P3,E002,E001,2021-07-01,2026-01-31,,否
E004,李离,星图公司/销售中心/华东区,销售代表,P3,E002,,2026-13-01,,,否
"""
AGENTS = "sales_agent,manager,regional_office\nAnn,Max,East\nBen,Max,East\nCid,Mia,West\n"


class Terminal:
    """The command line of these tests: output is kept, the clock stands still."""

    def database_ready(self):
        return contextlib.nullcontext()

    def emit(self, data, *, as_json, human=None):
        typer.echo(json.dumps(data, ensure_ascii=False) if as_json else human)

    def progress(self, label, total):
        return contextlib.nullcontext(lambda done: None)

    def actor(self):
        return Actor.system("cli:test")

    def now(self):
        return datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def fail(self, message):
        typer.echo(message)
        raise SystemExit(1)


@pytest.fixture
def roster(tmp_path):
    path = tmp_path / "花名册.csv"
    path.write_text(ROSTER, encoding="gb18030")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["import", *map(str, arguments)], obj=Terminal())


def run_json(*arguments):
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


STANDARD = ("--mapping", EXAMPLES / "people-standard.yaml")


def test_json_has_exactly_the_promised_shape(roster):
    assert run_json(roster, *STANDARD) == {
        "created": 3,
        "updated": 0,
        "unchanged": 0,
        "rejected": [
            {
                "row": 5,
                "column": "入职日期",
                "value": "2026-13-01",
                "message": "“2026-13-01”不是日期。请写成 2026-01-31，或在映射文件中声明日期格式。",
            }
        ],
    }
    assert AuditEntry.objects.get().actor_label == "cli:test"
    # the last working day was 31 January
    assert Person.objects.get(number="E003").left_on.isoformat() == "2026-02-01"


def test_second_run_finds_everybody_unchanged(roster):
    run_json(roster, *STANDARD)
    again = run_json(roster, *STANDARD)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)


def test_dry_run_says_so_and_changes_nothing(roster):
    result = run(roster, *STANDARD, "--dry-run")
    assert result.exit_code == 0
    assert "试运行" in result.output
    assert "新建 3 人，更新 0 人，未变 0 人，拒绝 1 处。" in result.output
    assert "第 5 行 入职日期：" in result.output
    assert Person.objects.count() == 0


def test_refused_rows_go_to_the_errors_file(roster, tmp_path):
    errors = tmp_path / "errors.csv"
    run_json(roster, *STANDARD, "--errors", errors)
    lines = errors.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[0].endswith(",拒绝原因")
    assert lines[1].startswith("E004,李离,")


def test_errors_file_that_cannot_be_written_is_named(roster, tmp_path):
    result = run(roster, *STANDARD, "--errors", tmp_path / "no" / "errors.csv")
    assert result.exit_code == 1
    assert "errors.csv" in result.output


def test_effective_day_is_taken(roster):
    text = ROSTER.replace("2018/3/1", "")
    roster.write_text(text, encoding="utf-8")
    run_json(roster, *STANDARD, "--effective-on", "2025-05-01")
    assert Post.objects.get(person__number="E001").valid_from.isoformat() == "2025-05-01"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["{roster}"], 2, "--mapping"),
        (["{roster}", "--mapping", "none.yaml"], 1, "none.yaml"),
        (["none.csv", *STANDARD], 1, "none.csv"),
        (["{roster}", "--mapping", EXAMPLES / "crm/people.yaml"], 1, "sales_agent"),
        (["{roster}", *STANDARD, "--effective-on", "soon"], 2, "soon"),
    ],
)
def test_wrong_use_ends_with_status_and_a_line_that_names_it(roster, arguments, status, said):
    result = run(*[str(argument).format(roster=roster) for argument in arguments])
    assert result.exit_code == status
    assert said in result.output


def test_crm_example_brings_agents_managers_and_offices(tmp_path):
    path = tmp_path / "sales_teams.csv"
    path.write_text(AGENTS, encoding="utf-8")
    crm = ("--mapping", EXAMPLES / "crm/people.yaml")
    assert run_json(path, *crm) == {"created": 5, "updated": 0, "unchanged": 0, "rejected": []}
    assert run_json(path, *crm) == {"created": 0, "updated": 0, "unchanged": 5, "rejected": []}
    first_day = datetime(2016, 10, 1, tzinfo=UTC).date()
    assert [(unit.name, unit.depth, unit.head_name) for unit in list_units(on=first_day)] == [
        ("全球销售公司", 1, None),
        ("East 大区", 2, None),
        ("Max 的团队", 3, "Max"),
        ("West 大区", 2, None),
        ("Mia 的团队", 3, "Mia"),
    ]
