"""`sextant metrics …`: what needs only metrics. Commands that need goals are added from above."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from sextant.foundation.cli import command_line
from sextant.foundation.tabular import TableUnreadable
from sextant.foundation.tabular import messages as tabular_messages
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.cli import audit as cli_audit
from sextant.metrics.cli import ledger as cli_ledger
from sextant.metrics.cli import library as library_cli
from sextant.metrics.contracts import IngestReport
from sextant.metrics.intake.messages import say_mapping, title_of
from sextant.metrics.mapping import MappingRefused, load_mapping

app = typer.Typer(rich_markup_mode=None)
app.add_typer(library_cli.app, name="library")
app.add_typer(cli_ledger.app, name="ledger")
cli_audit.register(app)
app.command("derive")(library_cli.derive)
_SHOWN = 20


@app.callback()
def group() -> None:
    """Measurements: take them in, evaluate them, explain them."""


@app.command("ingest")
def ingest(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV, Excel, Parquet or JSONL file.")],
    mapping: Annotated[Path, typer.Option(help="What the columns mean; see docs/ingest.md and examples/.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would happen and change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Take a file of measurements into the ledger: once, whole or not at all."""
    cli = command_line(ctx)
    try:
        known = load_mapping(mapping)
        with cli.database_ready(), cli.progress(_("读取行"), None) as done:
            report = ingest_file(file, mapping=known, actor=cli.actor(), now=cli.now(), dry_run=dry_run, progress=done)
    except MappingRefused as error:
        cli.fail(" ".join(say_mapping(problem) for problem in error.problems))
    except TableUnreadable as error:
        cli.fail(tabular_messages.say(error.problem))
    cli.emit(_document(report), as_json=as_json, human=_in_words(report, dry_run=dry_run))


def _document(report: IngestReport) -> dict[str, object]:
    """The promised JSON shape. A reason starts with its code, so that a script can group by it."""
    return {
        "batch": report.batch,
        "accepted": report.accepted,
        "quarantined": [
            {"row": one.row, "reason": f"{one.code}: {one.reason}", "value": one.value} for one in report.quarantined
        ],
        "ledger_version": report.ledger_version,
        "already_known": report.already_known,
        "held": report.is_held,
    }


def _in_words(report: IngestReport, *, dry_run: bool) -> str:
    """The report for a reader at a terminal: counts, reasons, then the first rows kept back."""
    waits = _("数据稽核留住了批次 %(batch)s：有人决定之后才入账。") % {"batch": report.batch}
    if report.already_known:
        known = _("这份文件用同一份映射导入过，没有新增。")
        return "\n".join([known, waits]) if report.is_held else known
    lines = [_("试运行，未改动任何数据。")] if dry_run else []
    counts = {"accepted": report.accepted, "quarantined": len(report.quarantined), "version": report.ledger_version}
    lines.append(_("入账 %(accepted)s 条度量，隔离 %(quarantined)s 处，账本版本 %(version)s。") % counts)
    if report.is_held:
        lines.append(waits)
    for code, count in Counter(one.code for one in report.quarantined).most_common():
        lines.append(_("　%(title)s：%(count)s") % {"title": title_of(code), "count": count})
    for one in report.quarantined[:_SHOWN]:
        lines.append(_("第 %(row)s 行：%(reason)s") % {"row": one.row, "reason": one.reason})
    return "\n".join(lines)
