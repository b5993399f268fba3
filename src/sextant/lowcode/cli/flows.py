"""`sextant flows …`: flows as BPMN files, many started from a file, and what runs moved to another version."""

import csv
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sextant.foundation.cli import CommandLine, command_line
from sextant.lowcode.actions.definitions import create_definition, save_draft
from sextant.lowcode.actions.flow_starting import KIND, start_flows
from sextant.lowcode.actions.flow_upgrading import move_instances
from sextant.lowcode.cli.flow_times import times
from sextant.lowcode.contracts.definitions import DefinitionRefused, SaveIsStale
from sextant.lowcode.contracts.flows import FlowRefused, NewInstance
from sextant.lowcode.flows.bpmn_reading import read_bpmn
from sextant.lowcode.flows.bpmn_writing import write_bpmn
from sextant.lowcode.flows.document import FlowDocument
from sextant.lowcode.messages.definitions import say_all
from sextant.lowcode.messages.flows import say_flow
from sextant.lowcode.queries.definitions import find_current, find_definition, find_draft
from sextant.lowcode.registry import find_kind
from sextant.lowcode.registry_people import directory

app = typer.Typer(rich_markup_mode=None)
app.command("times")(times)
Code = Annotated[str, typer.Argument(help="Code of the flow.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def group() -> None:
    """Flows: BPMN files, starting many, moving what runs."""


@app.command("export")
def export(ctx: typer.Context, code: Code, path: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Write the version in force as a BPMN 2.0 file."""
    cli = command_line(ctx)
    with cli.database_ready():
        version = find_current(KIND, code, on=cli.now())
        if version is None:
            cli.fail(_("没有在用的流程“%(code)s”。") % {"code": code})
        document = FlowDocument.model_validate(version.document)
        path.write_bytes(write_bpmn(document, code=code, name=version.name))
    cli.emit({"path": str(path)}, as_json=False, human=_("已写出 %(path)s") % {"path": path})


@app.command("import")
def bring(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="A BPMN 2.0 file.")],
    code: Annotated[str, typer.Option("--code", help="Code of the flow; a new one is made.")],
    name: Annotated[str, typer.Option("--name", help="Name of a new flow.")] = "",
) -> None:
    """Take a BPMN file as the draft of a flow, to be looked at and published."""
    cli = command_line(ctx)
    try:
        outcome = read_bpmn(path.read_bytes())
    except OSError as error:
        cli.fail(_("读不了 %(path)s：%(reason)s") % {"path": path, "reason": error.strerror or ""})
    if outcome.value is None:
        cli.fail("\n".join(say_flow(one) for one in outcome.problems))
    document = outcome.value.model_dump(mode="json")
    with cli.database_ready():
        try:
            found = find_definition(KIND, code)
            actor, now = cli.actor(), cli.now()
            if found is None:
                saved = create_definition(KIND, code=code, name=name or code, document=document, actor=actor, now=now)
            else:
                draft = find_draft(found)
                revision = draft.revision if draft else 0
                saved = save_draft(found, document=document, revision=revision, actor=actor, now=now)
        except (DefinitionRefused, SaveIsStale) as error:
            cli.fail("\n".join(say_all(getattr(error, "problems", ()), find_kind(KIND))) or str(error))
    told = [*(say_flow(one) for one in outcome.problems), *say_all(saved.problems, find_kind(KIND))]
    human = "\n".join([_("已存为草稿，发布前请检查。"), *told])
    cli.emit({"definition": saved.definition_id, "problems": told}, as_json=False, human=human)


@app.command("start")
def start(
    ctx: typer.Context,
    code: Code,
    path: Annotated[Path, typer.Argument(help="CSV: key, number (of the person), title, and a column for each field.")],
    as_json: Json = False,
) -> None:
    """Start an instance for each row. Rows whose key was started before are passed over."""
    cli = command_line(ctx)
    with cli.database_ready(), path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not {"key", "number", "title"} <= set(rows.fieldnames or ()):
            cli.fail(_("文件要有 key、number、title 三列。"))
        try:
            report = start_flows(code, _instances(cli, rows), actor=cli.actor(), now=cli.now())
        except FlowRefused as error:
            cli.fail("\n".join(say_flow(one) for one in error.problems))
    said = _("发起 %(started)s 个，已有 %(present)s 个") % asdict(report)
    cli.emit(report, as_json=as_json, human=said)


@app.command("move")
def move(
    ctx: typer.Context,
    code: Code,
    from_number: Annotated[int, typer.Option("--from", help="Version that runs.")],
    to_number: Annotated[int, typer.Option("--to", help="Version to go on with.")],
    steps: Annotated[list[str] | None, typer.Option("--step", help="old=new, for a removed or renamed step.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would move, and change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Let what runs on one version go on with another."""
    cli = command_line(ctx)
    mapping = dict(one.split("=", 1) for one in steps or () if "=" in one)
    with cli.database_ready():
        try:
            report = move_instances(
                code,
                from_number=from_number,
                to_number=to_number,
                mapping=mapping,
                dry_run=dry_run,
                actor=cli.actor(),
                now=cli.now(),
            )
        except FlowRefused as error:
            cli.fail("\n".join(say_flow(one) for one in error.problems))
    stay = [_("留在“%(step)s”：%(n)s 个") % {"step": step, "n": number} for step, number in report.staying.items()]
    said = ngettext("换版 %(n)s 个", "换版 %(n)s 个", report.moved) % {"n": report.moved}
    cli.emit(asdict(report), as_json=as_json, human="\n".join([said, *stay]))


def _instances(cli: CommandLine, rows: "csv.DictReader[str]") -> Iterator[NewInstance]:
    """Rows as instances; numbers are looked up once each."""
    known: dict[str, int | None] = {}
    for row in rows:
        number = row["number"].strip()
        if number not in known:
            known[number] = directory().by_number([number]).get(number)
        about_id = known[number]
        if about_id is None:
            cli.fail(_("找不到工号“%(number)s”。请检查第 %(row)s 行。") % {"number": number, "row": rows.line_num})
        values = {name: value for name, value in row.items() if name not in {"key", "number", "title"} and value}
        yield NewInstance(title=row["title"], about_id=about_id, key=row["key"] or None, values=values)
