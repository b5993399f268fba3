"""`sextant metrics ledger …`: whether the ledger's files are sound, and bringing back those that are not."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from sextant.foundation.cli import command_line
from sextant.metrics.actions.upkeep import Repaired, keep_ledger_log, repair_ledger
from sextant.metrics.messages.ledger import say_damage
from sextant.metrics.queries.ledger_state import check_ledger

app = typer.Typer(rich_markup_mode=None)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def group() -> None:
    """The files measurements lie in: check them, bring lost ones back."""


@app.command("check")
def check(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Read every file of the ledger to its end. Exit status 1 when one is missing or damaged."""
    line = command_line(ctx)
    with line.database_ready():
        state = check_ledger()
        if not state.damages:
            keep_ledger_log(now=line.now())
    told = [say_damage(damage) for damage in state.damages]
    fine = _("账本第 %(version)s 版，%(files)s 个文件，%(rows)s 行，完好。")
    words = {"version": state.version, "files": state.files, "rows": state.rows}
    line.emit(state, as_json=as_json, human="\n".join(told) or fine % words)
    if state.damages:
        raise typer.Exit(1)


@app.command("repair")
def repair(
    ctx: typer.Context,
    file: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="A file that was delivered once, handed in again; several."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring back what is missing or damaged from what was kept. Exit status 1 when something could not be."""
    line = command_line(ctx)
    with line.database_ready():
        done = repair_ledger(actor=line.actor(), now=line.now(), offered=file or ())
    line.emit(done, as_json=as_json, human=_in_words(done))
    if done.refused:
        raise typer.Exit(1)


def _in_words(done: Repaired) -> str:
    told = [one.reason for one in done.refused]
    if done.entries or done.files or done.batches:
        counts = {"entries": len(done.entries), "files": len(done.files), "batches": len(done.batches)}
        told.append(_("已恢复 %(entries)s 条日志、%(files)s 个文件，重新入账 %(batches)s 个批次。") % counts)
    if done.has_moved:
        told.append(_("账本的版本有变动。请运行 sextant metrics evaluate --whole，全部重新评估。"))
    return "\n".join(told) or _("没有要修复的。")
