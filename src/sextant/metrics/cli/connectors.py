"""`sextant connectors …`: documents as files, secrets from the terminal, runs by hand."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from django.utils.translation import gettext as _

from sextant.engines.values import Problem
from sextant.foundation.cli import CommandLine, command_line
from sextant.foundation.tabular import TableUnreadable
from sextant.metrics.actions.connector_runs import preview_connector, run_connector
from sextant.metrics.actions.connectors import SecretUnknown, save_connector, set_secret
from sextant.metrics.connectors.contracts import ConnectorRow, RunOutcome, RunState, SourceFailed, Trigger
from sextant.metrics.connectors.document import parse_connector
from sextant.metrics.connectors.messages import say
from sextant.metrics.contracts import IngestPreview
from sextant.metrics.documents import DocumentRefused
from sextant.metrics.queries.connectors import ConnectorUnknown, get_connector, get_text, list_connectors

app = typer.Typer(rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
File = Annotated[Path, typer.Argument(help="A connector's YAML document; see docs/connectors.md and examples/.")]
Name = Annotated[str, typer.Argument(help="Name of a saved connector.")]
_SHOWN = 20


@app.callback()
def group() -> None:
    """Connectors: sources that deliver by themselves."""


@app.command("list")
def list_all(ctx: typer.Context, as_json: Json = False) -> None:
    """Every connector, with its last run and its next."""
    cli = command_line(ctx)
    with cli.database_ready():
        found = list_connectors(limit=10_000)
    cli.emit([_listed(one) for one in found], as_json=as_json, human=_list_in_words(found))


@app.command("check")
def check(ctx: typer.Context, file: File, as_json: Json = False) -> None:
    """Whether the document could be saved. Reads no source and no database."""
    cli = command_line(ctx)
    try:
        document = parse_connector(_text_of(cli, file))
    except DocumentRefused as error:
        _refuse(cli, *error.problems)
    said = _("可以保存：%(name)s") % {"name": document.name}
    cli.emit({"name": document.name, "kind": document.source.kind}, as_json=as_json, human=said)


@app.command("save")
def save(ctx: typer.Context, file: File, as_json: Json = False) -> None:
    """Save the document as the connector's next version."""
    cli = command_line(ctx)
    try:
        with cli.database_ready():
            saved = save_connector(_text_of(cli, file), actor=cli.actor(), now=cli.now())
    except DocumentRefused as error:
        _refuse(cli, *error.problems)
    words = (
        _("已保存 %(name)s，第 %(version)s 版") if saved.is_changed else _("%(name)s 没有变化，仍是第 %(version)s 版")
    )
    cli.emit(asdict(saved), as_json=as_json, human=words % {"name": saved.name, "version": saved.version})


@app.command("secret")
def secret(
    ctx: typer.Context,
    name: Name,
    secret: Annotated[str, typer.Argument(help="The secret's name in the document.")],
) -> None:
    """Set a secret: asked for at a terminal, else read from standard input. It can never be read back."""
    cli = command_line(ctx)
    value = typer.prompt(_("凭据"), hide_input=True) if sys.stdin.isatty() else sys.stdin.read().rstrip("\r\n")
    try:
        with cli.database_ready():
            set_secret(name, secret, value, actor=cli.actor(), now=cli.now())
    except ConnectorUnknown:
        _unknown(cli, name)
    except SecretUnknown:
        cli.fail(_("%(name)s 的文档里没有凭据“%(secret)s”。") % {"name": name, "secret": secret})
    except ValueError:
        cli.fail(_("凭据是空的，或者太长。"))
    cli.emit({"name": name, "secret": secret, "is_set": True}, as_json=False, human=_("凭据已设置。"))


@app.command("run")
def run(
    ctx: typer.Context,
    name: Name,
    from_start: Annotated[bool, typer.Option("--from-start", help="Read everything again.")] = False,
    as_json: Json = False,
) -> None:
    """Run a connector now. Exit status 1 when it failed; the run log keeps the reason."""
    cli = command_line(ctx)
    try:
        with cli.database_ready():
            found = get_connector(name)
            done = run_connector(
                found.id, trigger=Trigger.PERSON, actor=cli.actor(), now=cli.now(), from_start=from_start
            )
    except ConnectorUnknown:
        _unknown(cli, name)
    cli.emit(asdict(done), as_json=as_json, human=_run_in_words(done))
    if done.state is RunState.FAILED:
        raise typer.Exit(1)


@app.command("preview")
def preview(ctx: typer.Context, name: Name, as_json: Json = False) -> None:
    """The first measurements a connector would give now; NAME is a saved connector or a file. Writes nothing."""
    cli = command_line(ctx)
    try:
        with cli.database_ready():
            text = _text_of(cli, Path(name)) if Path(name).is_file() else get_text(name)
            found = preview_connector(text, actor=cli.actor(), now=cli.now(), first=_SHOWN)
    except ConnectorUnknown:
        _unknown(cli, name)
    except DocumentRefused as error:
        _refuse(cli, *error.problems)
    except (SourceFailed, TableUnreadable) as error:
        _refuse(cli, error.problem)
    cli.emit(asdict(found) if found else None, as_json=as_json, human=_preview_in_words(found))


def _text_of(cli: CommandLine, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError:
        _refuse(cli, Problem("mapping.missing", {"path": str(file)}))
    except UnicodeDecodeError:
        _refuse(cli, Problem("mapping.encoding", {"path": str(file)}))


def _refuse(cli: CommandLine, *problems: Problem) -> NoReturn:
    cli.fail(" ".join(map(say, problems)))


def _unknown(cli: CommandLine, name: str) -> NoReturn:
    cli.fail(_("没有连接器“%(name)s”。用 sextant connectors list 看有哪些。") % {"name": name})


def _listed(one: ConnectorRow) -> dict[str, object]:
    return asdict(one)


def _list_in_words(found: list[ConnectorRow]) -> str:
    if not found:
        return _("还没有连接器。")
    return "\n".join(
        f"{one.name}\t{one.kind}\t{one.last_run.state if one.last_run else '—'}\t{one.title}" for one in found
    )


def _run_in_words(done: RunOutcome) -> str:
    if done.state is RunState.FAILED:
        return done.error
    counts = {"rows": done.rows_read, "accepted": done.accepted, "quarantined": done.quarantined}
    return _("读到 %(rows)s 行，入账 %(accepted)s 条度量，隔离 %(quarantined)s 处。") % counts


def _preview_in_words(found: IngestPreview | None) -> str:
    if found is None:
        return _("来源现在没有数据。")
    lines = [f"{one.subject}\t{one.metric_code}\t{one.day}\t{one.value}" for one in found.measurements]
    counts = {"accepted": found.accepted, "quarantined": found.quarantined_count}
    return "\n".join([_("可入账 %(accepted)s 条，隔离 %(quarantined)s 处：") % counts, *lines])
