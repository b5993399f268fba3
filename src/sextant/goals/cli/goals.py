"""Commands: `sextant goals import`, and under `sextant metrics` what needs goals: evaluate, standings, explain."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from django.conf import settings
from django.utils.translation import gettext as _

from sextant.engines.values import Light
from sextant.foundation.cli import CommandLine, command_line
from sextant.foundation.clock import company_day
from sextant.foundation.tabular import TableUnreadable
from sextant.foundation.tabular import messages as tabular
from sextant.goals.cli import agreement, targets
from sextant.metrics.cli import runs as cli_runs
from sextant.people.contracts import ImportReport
from sextant.people.queries import list_subtree_ids, resolve_units

app = typer.Typer(help="Goals: import.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day to judge by, e.g. 2017-06-25. Default: today."),
]


@app.callback()
def _group() -> None:
    """Goals: import."""


@app.command("import")
def import_file(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV or Excel: owner, metric, base, stretch, weight, period.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide everything, save nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take goals in from a file; a second import of the same file changes nothing."""
    from sextant.goals.actions import import_goals

    line = command_line(ctx)
    with line.database_ready(), line.progress(_("导入目标"), None):
        try:
            report = import_goals(file, actor=line.actor(), now=line.now(), dry_run=dry_run)
        except TableUnreadable as error:
            line.fail(tabular.say(error.problem))
    line.emit(report, as_json=as_json, human=_say_report(report, dry_run=dry_run))


targets.register(app)
agreement.register(app)


def register(metrics_group: typer.Typer) -> None:
    """Add the commands that need goals to the group `metrics`, which lies a floor below."""
    metrics_group.command("evaluate")(evaluate)
    metrics_group.command("standings")(standings)
    metrics_group.command("explain")(explain)
    metrics_group.command("suggest")(targets.suggest)
    cli_runs.register(metrics_group)


def evaluate(
    ctx: typer.Context,
    as_of: AsOf = None,
    whole: Annotated[bool, typer.Option("--whole", help="Compute every goal, also those nothing touched.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compute where every running goal stands on a day, and its light."""
    from sextant.goals.actions import evaluate_goals

    line = command_line(ctx)
    day = _day(line, as_of)
    with line.database_ready(), line.progress(_("评估目标"), None) as done:
        run = evaluate_goals(actor=line.actor(), now=line.now(), as_of=day, progress=done, whole=whole)
    document = {
        "run": run.id,
        "goals": run.goals,
        "evaluated": run.evaluated,
        "lights": {"green": run.green, "yellow": run.yellow, "red": run.red, "none": run.none},
        "seconds": run.seconds,
        "digest": run.digest,
    }
    summary = _(
        "评估 %(run)s：%(goals)s 个目标，绿 %(green)s，黄 %(yellow)s，红 %(red)s，灰 %(none)s。%(seconds)s 秒。"
    )
    lights = {light.value: getattr(run, light.value) for light in Light}
    human = summary % {"run": run.id, "goals": run.goals, "seconds": run.seconds, **lights}
    line.emit(document, as_json=as_json, human=human)


def standings(
    ctx: typer.Context,
    as_of: AsOf = None,
    unit: Annotated[str, typer.Option("--unit", help="Only this unit and those below: code or name.")] = "",
    as_json: AsJson = False,
) -> None:
    """List where goals stand on a day for which an evaluation was run."""
    from sextant.goals.queries import list_standings

    line = command_line(ctx)
    day = _day(line, as_of)
    with line.database_ready():
        unit_ids = _unit_ids(line, unit, on=day) if unit else None
        rows = list_standings(as_of=day, unit_ids=unit_ids)
        if not rows and not list_standings(as_of=day):
            line.fail(_("没有 %(day)s 的评估结果。请先运行：sextant metrics evaluate --as-of %(day)s") % {"day": day})
    line.emit(rows, as_json=as_json)


def explain(
    ctx: typer.Context,
    goal: Annotated[str, typer.Argument(help="Code of the goal, as standings show it.")],
    as_of: AsOf = None,
    week: Annotated[str, typer.Option("--week", help="Instead of a day: the end of an ISO week, e.g. 2017-W25.")] = "",
    as_json: AsJson = False,
) -> None:
    """Open a light and a score down to formulas, weeks, batches and the rows of the files they came in."""
    from sextant.goals.queries import find_goal_id, spec_of
    from sextant.goals.trace import write_trace
    from sextant.metrics import queries as metrics

    line = command_line(ctx)
    day = cli_runs.end_of_week(line, week) if week else _day(line, as_of)
    with line.database_ready():
        goal_id = find_goal_id(goal)
        if goal_id is None:
            line.fail(_("没有编号为“%(goal)s”的目标。sextant metrics standings 列出全部编号。") % {"goal": goal})
        spec = spec_of(goal_id, on=day)
        if spec is None:
            line.fail(_("目标“%(goal)s”没有指标，没有可以解释的结果。") % {"goal": goal})
        told = metrics.explain(spec, as_of=day)
        rows = list(metrics.measurement_rows(spec, as_of=day))
    whole = replace(told, measurements=tuple(rows), page=1, pages=1)
    line.emit(whole, as_json=as_json, human=write_trace(goal, whole))


def _unit_ids(line: CommandLine, unit: str, *, on: date) -> Sequence[int]:
    ways: tuple[Literal["code", "name"], ...] = ("code", "name")
    for way in ways:
        found = resolve_units([unit], by=way)
        unit_id = found.get(unit)
        if unit_id is not None:
            return list_subtree_ids([unit_id], on=on)
        if unit in found:
            line.fail(_("有多个单位叫“%(unit)s”。请改用单位编码。") % {"unit": unit})
    return line.fail(_("找不到单位“%(unit)s”。请检查编码或名称。") % {"unit": unit})


def _day(line: CommandLine, as_of: datetime | None) -> date:
    return as_of.date() if as_of else company_day(line.now(), settings.SEXTANT_ZONE)


def _say_report(report: ImportReport, *, dry_run: bool) -> str:
    summary = _("新建 %(created)s，更新 %(updated)s，未变 %(unchanged)s，退回 %(rejected)s。")
    counts = {"created": report.created, "updated": report.updated, "unchanged": report.unchanged}
    lines = [summary % {**counts, "rejected": len({rejection.row for rejection in report.rejected})}]
    if dry_run:
        lines.append(_("这是试运行，没有保存。"))
    row = _("第 %(row)s 行，%(column)s，“%(value)s”：%(message)s")
    for rejection in report.rejected:
        names = ("row", "column", "value", "message")
        lines.append(row % {name: getattr(rejection, name) for name in names})
    return "\n".join(lines)
