"""`sextant people …`"""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from sextant.foundation.cli import CommandLine, command_line
from sextant.foundation.tabular import TableUnreadable
from sextant.people.actions import import_people
from sextant.people.contracts import ImportReport, MappingInvalid
from sextant.people.mapping import PeopleMapping, load_mapping
from sextant.people.messages import say
from sextant.people.refusals import write_refusals

app = typer.Typer(rich_markup_mode=None)
_SHOWN = 20


@app.callback()
def group() -> None:
    """Persons, units and reporting lines."""


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV, Excel, Parquet or JSONL file, one person a row.")],
    mapping: Annotated[Path, typer.Option(help="Which column becomes what; see examples/people-standard.yaml.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would happen and change nothing.")] = False,
    errors: Annotated[Path | None, typer.Option(help="Write refused rows here (.csv or .xlsx), with reasons.")] = None,
    effective_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day from which changes hold; today if not given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Bring persons, units and reporting lines in line with a file."""
    cli = command_line(ctx)
    try:
        known = load_mapping(mapping)
        with cli.database_ready(), cli.progress(_("导入人员"), None):
            report = import_people(
                file,
                mapping=known,
                actor=cli.actor(),
                now=cli.now(),
                dry_run=dry_run,
                effective_on=effective_on.date() if effective_on else None,
            )
        if errors is not None:
            _write_errors(cli, errors, file, known, report)
    except (MappingInvalid, TableUnreadable) as error:
        cli.fail(say(error.problem))
    cli.emit(asdict(report), as_json=as_json, human=_in_words(report, dry_run=dry_run))


def _write_errors(cli: CommandLine, path: Path, source: Path, mapping: PeopleMapping, report: ImportReport) -> None:
    try:
        write_refusals(path, source=source, mapping=mapping, rejected=report.rejected)
    except OSError as error:
        said = {"path": str(path), "error": str(error)}
        cli.fail(_("人员已导入，但写不了文件“%(path)s”（%(error)s）。请换一个可写的位置。") % said)


def _in_words(report: ImportReport, *, dry_run: bool) -> str:
    """The report for a reader at a terminal: counts, then the first refusals."""
    counts = {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": len(report.rejected),
    }
    lines = [_("试运行，未改动任何数据。")] if dry_run else []
    lines.append(_("新建 %(created)s 人，更新 %(updated)s 人，未变 %(unchanged)s 人，拒绝 %(rejected)s 处。") % counts)
    for rejection in report.rejected[:_SHOWN]:
        place = {"row": rejection.row, "column": rejection.column, "message": rejection.message}
        lines.append(_("第 %(row)s 行 %(column)s：%(message)s") % place)
    if len(report.rejected) > _SHOWN:
        lines.append(_("还有 %(count)s 处，用 --errors 写入文件查看。") % {"count": len(report.rejected) - _SHOWN})
    return "\n".join(lines)
