"""`sextant metrics library …` and `sextant metrics derive`."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from sextant.foundation.cli import command_line
from sextant.foundation.clock import company_day

app = typer.Typer(help="The metric library: list, show, save.", no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Code = Annotated[str, typer.Argument(help="Code of a metric, e.g. sales.collections.")]


@app.command("list")
def list_metrics(
    ctx: typer.Context,
    search: Annotated[str, typer.Option(help="Part of a name, code, description, or a tag.")] = "",
    state: Annotated[str, typer.Option(help="used, derived, late, silent or retired.")] = "",
    as_json: AsJson = False,
) -> None:
    """Metrics with freshness and uses."""
    from django.conf import settings

    from sextant.metrics.queries.metric_library import STATES, LibraryFilter, count_library, list_library

    cli = command_line(ctx)
    if state and state not in STATES:
        cli.fail(_("没有状态“%(state)s”。可选：%(known)s。") % {"state": state, "known": ", ".join(STATES)})
    with cli.database_ready():
        today, wanted = company_day(cli.now(), settings.SEXTANT_ZONE), LibraryFilter(search=search, state=state)
        rows = list_library(wanted, today=today, limit=count_library(wanted, today=today) or 1)
    lines = [f"{row.code}\t{row.name}\t{row.light.value}\t{row.last_on or '-'}\t{row.uses}" for row in rows]
    cli.emit(rows, as_json=as_json, human="\n".join(lines) or _("没有符合条件的指标"))


@app.command("show")
def show(
    ctx: typer.Context,
    code: Code,
    version: Annotated[int, typer.Option(help="A version; without one the definition in force.")] = 0,
    as_json: AsJson = False,
) -> None:
    """One definition as YAML: what `save` takes."""
    from sextant.metrics.definition import plain_of
    from sextant.metrics.models import Metric, MetricVersion
    from sextant.metrics.queries.metric_versions import get_document, get_version_document

    cli = command_line(ctx)
    with cli.database_ready():
        try:
            document = get_version_document(code, version) if version else get_document(code)
        except (Metric.DoesNotExist, MetricVersion.DoesNotExist):
            cli.fail(_("没有这个指标或版本。用 sextant metrics library list 看有哪些。"))
    cli.emit(plain_of(document), as_json=as_json, human=document.to_yaml())


@app.command("save")
def save(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="YAML file with one definition; see docs/metrics.md.")],
    reason: Annotated[str, typer.Option(help="Why it changes; needed unless the metric is new.")] = "",
    as_json: AsJson = False,
) -> None:
    """Save a definition: a new metric, or the next version of one. An equal one changes nothing."""
    from sextant.metrics.actions.metric_versions import save_metric
    from sextant.metrics.definition import DefinitionRefused, parse_document
    from sextant.metrics.messages.library import say

    cli = command_line(ctx)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        cli.fail(_("读不了文件“%(path)s”。请检查路径，并另存为 UTF-8。") % {"path": file})
    with cli.database_ready():
        try:
            row = save_metric(parse_document(text), reason=reason, actor=cli.actor(), now=cli.now())
        except DefinitionRefused as error:
            cli.fail(" ".join(say(problem) for problem in error.problems))
    human = _("%(name)s（%(code)s）现在是第 %(version)s 版。")
    values = {"name": row.name, "code": row.code, "version": row.version}
    cli.emit(row, as_json=as_json, human=human % values)


@app.command("schema")
def schema(ctx: typer.Context) -> None:
    """The JSON Schema of a definition, for editors."""
    from sextant.metrics.definition import MetricDocument

    command_line(ctx).emit(MetricDocument.model_json_schema(), as_json=True)


def derive(
    ctx: typer.Context,
    codes: Annotated[list[str] | None, typer.Argument(help="Derived metrics; without any, all that are stale.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring derived metrics up to what the ledger holds."""
    from sextant.metrics.actions.derive import derive_stale
    from sextant.metrics.derived.definitions import DerivationBroken

    cli = command_line(ctx)
    with cli.database_ready():
        try:
            reports = derive_stale(actor=cli.actor(), now=cli.now(), codes=codes or ())
        except DerivationBroken as error:
            cli.fail(_("派生指标的定义已读不懂：%(what)s。请打开它重新保存。") % {"what": error})
    said = _("%(code)s：写入 %(written)s，收回 %(withdrawn)s，缺数据 %(missing)s，算不出 %(failed)s")
    lines = [
        said
        % {
            "code": one.code,
            "written": one.written,
            "withdrawn": one.withdrawn,
            "missing": one.missing,
            "failed": one.failed,
        }
        for one in reports
    ]
    cli.emit(reports, as_json=as_json, human="\n".join(lines) or _("派生指标都是最新的。"))
