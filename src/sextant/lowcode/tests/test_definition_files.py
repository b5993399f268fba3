"""Definitions as files: out and in again changes nothing, what is wrong is said file by file."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sextant.lowcode.actions.definition_files import FileOutcome, import_definitions
from sextant.lowcode.actions.definitions import save_draft
from sextant.lowcode.cli import definitions as cli
from sextant.lowcode.definition_files import file_name, write_file
from sextant.lowcode.messages.definitions import say_all, say_changes
from sextant.lowcode.models import Definition
from sextant.lowcode.queries.definitions import current_versions, find_current
from sextant.lowcode.registry import get_kind
from sextant.lowcode.tests.definition_makers import HR, NOW, formula, make_formula

TOTAL = """\
kind: formula
code: total
name: 总分
document:
  text: |
    [系数] * 10
    + 1
  names:
    - {name: 系数, formula: bonus}
"""


def written(folder: Path, **texts: str) -> list[Path]:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return [folder / f"{name}.yaml" for name in texts]


@pytest.mark.django_db
def test_files_come_in_as_drafts_or_published_in_the_order_of_what_they_name(tmp_path):
    bonus = "kind: formula\ncode: bonus\nname: 系数\ndocument: {text: '2'}\n"
    paths = written(tmp_path, a_total=TOTAL, b_bonus=bonus)
    looked = import_definitions(paths, reason="试试", actor=HR, now=NOW, is_dry_run=True)
    assert all(one.is_published for one in looked), [one.problems for one in looked]
    assert not Definition.objects.exists()
    lines = import_definitions(paths, reason="上线", actor=HR, now=NOW)
    assert [(one.outcome, one.is_published, one.problems) for one in lines] == [(FileOutcome.CREATED, True, ())] * 2

    again = import_definitions(paths, reason="上线", actor=HR, now=NOW)
    assert [one.outcome for one in again] == [FileOutcome.SAME] * 2
    current = current_versions("formula", on=NOW)
    assert {one.number for one in current.values()} == {1}, "the same file again publishes nothing"

    text = write_file(current["total"])
    assert text.index("text: |") < text.index("names:"), "keys in the order of the shape, lines as lines"
    (path,) = written(tmp_path, out=text)
    assert import_definitions([path], actor=HR, now=NOW)[0].outcome is FileOutcome.SAME
    assert file_name(current["total"]) == "formula.total.yaml"

    (path,) = written(tmp_path, changed=text.replace("* 10", "* 12"))
    (line,) = import_definitions([path], actor=HR, now=NOW)
    (said,) = say_changes(line.changes, get_kind("formula"))
    assert (line.outcome, said.verb, said.place) == (FileOutcome.CHANGED, "修改", "公式")
    assert find_current("formula", "total", on=NOW).number == 1, "a draft"


@pytest.mark.django_db
def test_each_file_says_what_is_wrong_with_it(tmp_path):
    open_one = make_formula("opened", name="已打开")
    save_draft(open_one, document=formula("9"), revision=0, actor=HR, now=NOW)
    wrong = {
        "broken": "kind: formula\n  code: [",
        "misspelt": TOTAL.replace("code:", "cod:"),
        "poem": TOTAL.replace("kind: formula", "kind: poem"),
        "newer": TOTAL.replace("name: 总分", "name: 总分\nformat: 7"),
        "shouted": TOTAL.replace("code: total", "code: Total"),
        "opened": TOTAL.replace("code: total", "code: opened"),
        "alias": "a: &a [1]\nb: *a\n",
    }
    lines = import_definitions(written(tmp_path, **wrong), actor=HR, now=NOW)
    assert {one.outcome for one in lines} == {FileOutcome.REFUSED}
    assert {one.path.removesuffix(".yaml"): one.problems[0].code for one in lines} == {
        "broken": "definition.yaml",
        "misspelt": "definition.missing_key",
        "poem": "definition.unknown_kind",
        "newer": "definition.newer_format",
        "shouted": "definition.bad_code",
        "opened": "definition.draft_open",
        "alias": "definition.yaml",
    }
    assert all(say_all(one.problems) for one in lines)
    (tmp_path / "gbk.yaml").write_bytes("名".encode("gbk"))
    (line,) = import_definitions([tmp_path / "gbk.yaml"], actor=HR, now=NOW)
    assert [one.code for one in line.problems] == ["definition.unreadable"]
    # shape and reference wrong: the draft is taken, its publication is not, and both are said
    inside = TOTAL.replace("  names:", "  note: 1\n  name:").replace("text: |", "txt: |")
    (line,) = import_definitions(written(tmp_path, inside=inside), reason="上线", actor=HR, now=NOW)
    assert (line.outcome, line.is_published) == (FileOutcome.CREATED, False)
    assert {one.code for one in line.problems} == {
        "definition.missing_key",
        "definition.unknown_key",
        "definition.bad_value",
    }
    assert "text" in say_all(line.problems)[0]


class Line:
    """A command line whose database is the test's, and whose clock stands still."""

    def database_ready(self):
        import contextlib

        return contextlib.nullcontext()

    def emit(self, data, *, as_json, human=None):
        typer.echo(json.dumps(data, default=str, ensure_ascii=False) if as_json else human)

    def actor(self):
        return HR

    def now(self):
        return NOW

    def fail(self, message):
        typer.echo(message, err=True)
        raise typer.Exit(1)


@pytest.mark.django_db
def test_commands_give_the_schema_and_move_files(tmp_path):
    def run(*words, status=0):
        result = CliRunner().invoke(cli.app, [str(word) for word in words], obj=Line())
        assert result.exit_code == status, result.output
        return result.stdout

    schema = json.loads(run("schema", "formula"))
    assert schema["additionalProperties"] is False and schema["title"] == "公式"
    assert "formula" in run("kinds")
    run("schema", "poem", status=1)
    make_formula()
    assert "bonus" in run("list")
    run("export", tmp_path / "out")
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["formula.bonus.yaml"]
    (told,) = json.loads(run("import", tmp_path / "out", "--json"))
    assert told["outcome"] == "same"
    written(tmp_path / "out", broken="kind: formula")
    assert "没有填写" in run("import", tmp_path / "out", "--dry-run", status=1)
    run("import", tmp_path / "empty", status=1)
