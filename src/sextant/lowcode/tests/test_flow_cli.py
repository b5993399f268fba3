"""Flows at the command line, as an operator types them; and every code and line of flows in words."""

import json
import re
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sextant.engines.flow import Code, LineCode, StepKind
from sextant.foundation.access.contracts import Actor
from sextant.lowcode import actions
from sextant.lowcode.cli import flows as cli
from sextant.lowcode.contracts.flows import InstanceState, StepState
from sextant.lowcode.messages import flows as said
from sextant.lowcode.models import FlowInstance
from sextant.lowcode.queries.definitions import find_definition, find_draft
from sextant.lowcode.tests.flow_makers import NOW, approve, end, make_flow, manager, publish_again


class Line:
    """A command line whose database is the test's, and whose clock stands still."""

    @contextmanager
    def database_ready(self):
        yield

    def emit(self, data, *, as_json, human=None):
        data = asdict(data) if is_dataclass(data) else data
        typer.echo(json.dumps(data, ensure_ascii=False) if as_json else human)

    def actor(self):
        return Actor.system("test")

    def now(self):
        return NOW

    def fail(self, message):
        typer.echo(message)
        raise typer.Exit(1)


def run(*arguments):
    done = CliRunner().invoke(cli.app, [str(one) for one in arguments], obj=Line())
    return done.exit_code, done.output


@pytest.mark.django_db
def test_flows_go_out_and_in_start_from_a_file_and_change_over(company, tmp_path):
    make_flow([approve("ask", manager()), end()], fields=[("金额", "number")])
    file = tmp_path / "adjust.bpmn"
    assert run("export", "adjust", file)[0] == 0 and run("export", "nothing", file)[0] == 1
    assert run("import", file, "--code", "copy", "--name", "副本")[0] == 0
    draft = find_draft(find_definition("flow", "copy"))
    assert [step["code"] for step in draft.document["steps"]] == ["ask", "z"]
    file.write_text("x", encoding="utf-8")
    assert run("import", file, "--code", "copy") == (1, "这不是可以读取的 BPMN 文件。\n")

    rows = tmp_path / "rows.csv"
    rows.write_text("key,number,title,金额\n一,1,甲,5\n二,5,乙,\n", encoding="utf-8")
    assert json.loads(run("start", "adjust", rows, "--json")[1]) == {"started": 2, "present": 0}
    assert json.loads(run("start", "adjust", rows, "--json")[1]) == {"started": 0, "present": 2}
    assert FlowInstance.objects.get(key="一").values == {"金额": "5"}
    rows.write_text("key,title\n", encoding="utf-8")
    assert run("start", "adjust", rows)[0] == 1

    publish_again("adjust", [approve("lead", manager()), end()])
    move = ("move", "adjust", "--from", 1, "--to", 2, "--json")
    assert json.loads(run(*move, "--dry-run")[1]) == {"moved": 0, "staying": {"ask": 2}}
    assert json.loads(run(*move, "--step", "ask=lead")[1])["moved"] == 2


def test_every_code_and_every_line_has_its_words():
    assert {one.value for one in Code} <= set(said.SENTENCES)
    assert {one.value for one in LineCode} <= set(said.LINES)
    assert (set(said.KINDS), set(said.STATES), set(said.STEP_STATES)) == (
        set(StepKind),
        set(InstanceState),
        set(StepState),
    )
    folder = Path(actions.__file__).parent
    text = "".join(file.read_text(encoding="utf-8") for file in folder.glob("flow*.py"))
    assert set(re.findall(r'Problem\("(flow\.[a-z_]+)"', text)) <= set(said.SENTENCES)
    written = set(re.findall(r'"(flow\.line\.[a-z_]+)"', text))
    assert len(written) > 10 and written <= set(said.LINES)
    assert said.say_line("flow.line.escalated", {"amount": 4, "unit": "hour"}, names={}) == "超过4 小时，升级"
    assert said.say_line("flow.line.assigned", {"to": [1, 2]}, names={1: "甲", 2: "乙"}) == "指定甲、乙处理"
