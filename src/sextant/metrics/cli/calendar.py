"""`sextant calendar …`: which days are worked."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from sextant.foundation.cli import command_line
from sextant.foundation.tabular import TableUnreadable
from sextant.foundation.tabular import messages as tabular

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Working days: import holidays and adjusted working days, and let units count by another calendar."""


@app.command("import")
def import_file(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV or Excel: date, kind (休 or 班).")],
    code: Annotated[str, typer.Option(help="Which calendar; `company` counts everyone's days.")] = "company",
    weekdays: Annotated[str, typer.Option(help="Days worked every week, Monday 1: 123456 is a six-day week.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Take holidays and adjusted working days in; the years the file names are replaced, others stay."""
    from sextant.metrics.actions.lights import import_calendar
    from sextant.metrics.documents import DocumentRefused
    from sextant.metrics.messages.lights import say

    line = command_line(ctx)
    if not set(weekdays) <= set("1234567"):
        line.fail(_("“%(weekdays)s”不是星期。请写成 12345 的样子，1 是星期一。") % {"weekdays": weekdays})
    pattern = tuple(sorted({int(digit) for digit in weekdays})) or None
    try:
        with line.database_ready():
            version, calendar = import_calendar(file, code=code, weekdays=pattern, actor=line.actor(), now=line.now())
    except TableUnreadable as error:
        line.fail(tabular.say(error.problem))
    except DocumentRefused as error:
        line.fail("\n".join(say(problem) for problem in error.problems))
    counts = {"code": code, "version": version, "off": len(calendar.days_off), "on": len(calendar.days_on)}
    human = _("日历 %(code)s 第 %(version)s 版：放假 %(off)s 天，调休上班 %(on)s 天。从下一次评估起按它计算。") % counts
    line.emit({**counts, "weekdays": list(calendar.weekdays)}, as_json=as_json, human=human)


@app.command("use")
def use(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="The calendar.")],
    unit: Annotated[str, typer.Option(help="Code of the unit; it holds for the units below as well.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Count the days of a unit by another calendar than the company's."""
    from sextant.metrics.actions.calendars import use_calendar
    from sextant.metrics.documents import DocumentRefused
    from sextant.metrics.messages.lights import say

    line = command_line(ctx)
    try:
        with line.database_ready():
            use_calendar(code, unit_code=unit, actor=line.actor(), now=line.now())
    except DocumentRefused as error:
        line.fail("\n".join(say(problem) for problem in error.problems))
    human = _("单位 %(unit)s 及其下级从下一次评估起按日历 %(code)s 计算。") % {"unit": unit, "code": code}
    line.emit({"unit": unit, "code": code}, as_json=as_json, human=human)


@app.command("drop")
def drop(
    ctx: typer.Context,
    unit: Annotated[str, typer.Option(help="Code of the unit.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Count a unit's days as the unit above it does again."""
    from sextant.metrics.actions.calendars import drop_calendar
    from sextant.metrics.documents import DocumentRefused
    from sextant.metrics.messages.lights import say

    line = command_line(ctx)
    try:
        with line.database_ready():
            dropped = drop_calendar(unit_code=unit, actor=line.actor(), now=line.now())
    except DocumentRefused as error:
        line.fail("\n".join(say(problem) for problem in error.problems))
    human = _("单位 %(unit)s 不再用自己的日历。") if dropped else _("单位 %(unit)s 没有自己的日历。")
    line.emit({"unit": unit, "dropped": dropped}, as_json=as_json, human=human % {"unit": unit})
