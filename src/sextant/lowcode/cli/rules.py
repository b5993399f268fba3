"""`sextant rules …`: what rules there are, what they did and why, and what a draft would have done."""

from typing import Annotated

import typer
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sextant.foundation.cli import command_line
from sextant.lowcode.actions.rules import run_rules
from sextant.lowcode.contracts.rules import FiringRow, LineRow, SimulationReport
from sextant.lowcode.messages.rules import ACT_STATES, say_reason, say_rule
from sextant.lowcode.queries.definitions import find_current, find_definition, find_draft, list_definitions
from sextant.lowcode.queries.rule_loading import KIND
from sextant.lowcode.queries.rules import Why, explain, list_log, simulate
from sextant.lowcode.rules.document import RuleDocument

app = typer.Typer(rich_markup_mode=None)
Code = Annotated[str, typer.Argument(help="Code of the rule.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def group() -> None:
    """Rules: what they do, did, and would have done."""


@app.command("list")
def list_rules(ctx: typer.Context, as_json: Json = False) -> None:
    """Rules with the version in force."""
    cli = command_line(ctx)
    with cli.database_ready():
        rows = list_definitions(on=cli.now(), kind=KIND, limit=1000)
    found = [{"code": one.code, "name": one.name, "version": one.current, "retired": one.is_retired} for one in rows]
    human = "\n".join(f"{one['code']:30} {one['version'] or '-':>3}  {one['name']}" for one in found)
    cli.emit(found, as_json=as_json, human=human or _("还没有规则。"))


@app.command("run")
def run(ctx: typer.Context, as_json: Json = False) -> None:
    """Do now what rules have to do, as the job does every few minutes."""
    cli = command_line(ctx)
    with cli.database_ready():
        report = run_rules(now=cli.now())
    params = {"judged": report.judged, "fired": report.fired, "done": report.done}
    human = _("看了 %(judged)s 个对象，触发 %(fired)s 次，做了 %(done)s 件事") % params
    cli.emit(report, as_json=as_json, human=human)


@app.command("simulate")
def simulate_rule(
    ctx: typer.Context,
    code: Code,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=26, help="So many finished weeks.")] = 12,
    as_json: Json = False,
) -> None:
    """Try the draft (or the version in force) on the past, beside the version in force."""
    cli = command_line(ctx)
    with cli.database_ready():
        definition_id = find_definition(KIND, code)
        version = find_draft(definition_id) if definition_id else None
        version = version or find_current(KIND, code, on=cli.now())
        if version is None:
            cli.fail(_("没有规则“%(code)s”。") % {"code": code})
        document = RuleDocument.model_validate(version.document)
        report = simulate(document, code=code, actor=cli.actor(), now=cli.now(), weeks=weeks)
    if report.problems:
        cli.fail("\n".join(say_rule(one) for one in report.problems))
    cli.emit(report, as_json=as_json, human=_said_report(report))


@app.command("log")
def log(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="Code of one rule; all without it.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 20,
    as_json: Json = False,
) -> None:
    """What rules did, the latest first, with the reason and every act."""
    cli = command_line(ctx)
    with cli.database_ready():
        rows = list_log(actor=cli.actor(), now=cli.now(), code=code, limit=limit)
    cli.emit(rows, as_json=as_json, human="\n".join(_said_firing(one) for one in rows) or _("还没有触发过。"))


@app.command("explain")
def explain_rule(
    ctx: typer.Context,
    code: Code,
    subject_id: Annotated[int, typer.Argument(help="Id of the goal or person.")],
    as_json: Json = False,
) -> None:
    """Why a rule does or does not act on a subject now."""
    cli = command_line(ctx)
    with cli.database_ready():
        why = explain(code, subject_id, actor=cli.actor(), now=cli.now())
    if why is None:
        cli.fail(_("没有规则“%(code)s”，或没有这个对象。") % {"code": code})
    cli.emit(why, as_json=as_json, human=_said_why(why))


def _said_report(report: SimulationReport) -> str:
    fired = ngettext("触发 %(n)s 次", "触发 %(n)s 次", report.fired) % {"n": report.fired}
    current = _("现行版本 %(n)s 次") % {"n": report.fired_in_force} if report.in_force else ""
    weeks = [f"{one.ends_on:%m-%d}  {one.fired:>4} {one.in_force:>4}" for one in report.weeks]
    firings = [f"{one.week:%m-%d}  {one.name}  {_said_figures(one.figures)}" for one in report.firings]
    load = [f"{one.said}: {one.times}" for one in report.load]
    notes = [say_rule(one) for one in report.notes]
    return "\n".join(line for line in (fired, current, *weeks, *firings, *load, *notes) if line)


def _said_firing(row: FiringRow) -> str:
    at = date_format(row.at.astimezone(settings.SEXTANT_ZONE), "SHORT_DATETIME_FORMAT")
    head = f"{at}  {row.rule_name} v{row.version}  {row.subject_name}  {_said_figures(row.figures)}"
    acts = [
        f"    {one.said}: {ACT_STATES[one.state]}{f' · {say_rule(one.problem)}' if one.problem else ''}"
        for one in row.acts
    ]
    return "\n".join([head, *acts])


def _said_why(why: Why) -> str:
    return "\n".join(
        [f"{why.subject.name}: {say_reason(why.reason)}", *(f"    {_said_line(one)}" for one in why.lines)]
    )


def _said_line(line: LineRow) -> str:
    mark = {True: "+", False: "-", None: "?"}[line.holds]
    return f"{mark} {line.text}  {_said_figures(line.figures)}"


def _said_figures(figures: tuple[tuple[str, str], ...]) -> str:
    return "  ".join(f"{name} {value}" for name, value in figures)
