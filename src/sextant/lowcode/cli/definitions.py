"""`sextant definitions …`: the published shape of each kind, and definitions as files."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sextant.foundation.cli import CommandLine, command_line
from sextant.lowcode.actions.definition_files import FileLine, FileOutcome, import_definitions
from sextant.lowcode.definition_files import file_name, write_file
from sextant.lowcode.messages.definitions import ChangeLine, say_all, say_changes
from sextant.lowcode.queries.definitions import current_versions, list_definitions
from sextant.lowcode.registry import DefinitionKind, find_kind, list_kinds

app = typer.Typer(rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
KindOption = Annotated[str | None, typer.Option("--kind", help="Only of this kind.")]
_ALL = 100_000


@app.callback()
def group() -> None:
    """Definitions: everything HR may change, as versioned documents."""


@app.command("kinds")
def kinds(ctx: typer.Context, as_json: Json = False) -> None:
    """The kinds there are."""
    rows = [{"code": one.code, "name": str(one.name), "format": one.format} for one in list_kinds()]
    command_line(ctx).emit(rows, as_json=as_json, human="\n".join(f"{one['code']}  {one['name']}" for one in rows))


@app.command("schema")
def schema(
    ctx: typer.Context, kind: Annotated[str, typer.Argument(help="Code of the kind, as `kinds` lists.")]
) -> None:
    """The JSON Schema of a kind's documents."""
    cli = command_line(ctx)
    cli.emit(_kind(cli, kind).schema(), as_json=True)


@app.command("list")
def list_all(ctx: typer.Context, kind: KindOption = None, as_json: Json = False) -> None:
    """Every definition, with the version in force and the open draft."""
    cli = command_line(ctx)
    with cli.database_ready():
        found = list_definitions(on=cli.now(), kind=kind, limit=_ALL)
    said = [f"{one.kind}.{one.code}  {one.name}  {_version(one.current)}" for one in found]
    cli.emit([asdict(one) for one in found], as_json=as_json, human="\n".join(said))


@app.command("export")
def export(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where the files go; made if it is not there.")],
    kind: KindOption = None,
    code: Annotated[list[str] | None, typer.Option("--code", help="Only these codes.")] = None,
) -> None:
    """Write the versions in force as YAML files, one a definition."""
    cli = command_line(ctx)
    wanted = [_kind(cli, kind)] if kind else list_kinds()
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    with cli.database_ready():
        for one in wanted:
            for version in current_versions(one.code, on=cli.now(), codes=code).values():
                (folder / file_name(version)).write_text(write_file(version), encoding="utf-8")
                written += 1
    said = ngettext("已写出 %(n)s 个方案", "已写出 %(n)s 个方案", written) % {"n": written}
    cli.emit({"written": written}, as_json=False, human=said)


@app.command("import")
def import_files(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="YAML files, or folders of them.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and keep nothing.")] = False,
    publish: Annotated[str, typer.Option("--publish", help="Publish at once, for this reason.")] = "",
    as_json: Json = False,
) -> None:
    """Take definitions from files as drafts, or publish them. Taking the same files again changes nothing."""
    cli = command_line(ctx)
    files = list(_files(paths))
    if not files:
        cli.fail(_("没有找到 YAML 文件。请检查路径。"))
    with cli.database_ready():
        lines = import_definitions(files, reason=publish, actor=cli.actor(), now=cli.now(), is_dry_run=dry_run)
    told = [_told(one) for one in lines]
    cli.emit(told, as_json=as_json, human="\n".join(_in_words(one) for one in told))
    if refused := sum(one.outcome is FileOutcome.REFUSED or bool(publish and not _is_settled(one)) for one in lines):
        cli.fail(ngettext("%(n)s 个文件没有通过。", "%(n)s 个文件没有通过。", refused) % {"n": refused})


def _kind(cli: CommandLine, code: str) -> DefinitionKind:
    found = find_kind(code)
    if found is None:
        known = ", ".join(one.code for one in list_kinds())
        cli.fail(_("没有“%(kind)s”这一类方案。可选：%(known)s。") % {"kind": code, "known": known})
    return found


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        yield from sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]


def _is_settled(line: FileLine) -> bool:
    """Whether nothing of the file is left to do."""
    return line.is_published or (line.outcome is FileOutcome.SAME and not line.problems)


def _told(line: FileLine) -> dict[str, Any]:
    kind = find_kind(line.kind)
    return {
        "path": line.path,
        "kind": line.kind,
        "code": line.code,
        "outcome": line.outcome.value,
        "is_published": line.is_published,
        "changes": [asdict(one) for one in say_changes(line.changes, kind)] if kind else [],
        "problems": say_all(line.problems, kind),
    }


def _in_words(told: dict[str, Any]) -> str:
    outcomes = {"created": _("新建"), "changed": _("改动"), "same": _("没有变化"), "refused": _("没有通过")}
    head = f"{told['path']}  {outcomes[told['outcome']]}"
    if told["is_published"]:
        head = f"{head}  {_('已发布')}"
    changes = [_change_in_words(ChangeLine(**one)) for one in told["changes"]] if told["outcome"] == "changed" else []
    return "\n    ".join([head, *changes, *told["problems"]])


def _change_in_words(line: ChangeLine) -> str:
    values = " → ".join(value for value in (line.old, line.new) if value)
    return f"{line.verb}  {line.place}  {values}".rstrip()


def _version(number: int | None) -> str:
    return _("还没有发布") if number is None else _("第 %(number)s 版") % {"number": number}
