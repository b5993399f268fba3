"""`sextant flows times`: how long a flow takes."""

from datetime import timedelta
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from sextant.foundation.cli import command_line
from sextant.lowcode.actions.flow_starting import KIND
from sextant.lowcode.messages.flow_times import HEADS, csv_of, say_line
from sextant.lowcode.queries.definitions import find_definition
from sextant.lowcode.queries.flow_time_tables import By, list_time_lines


def times(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="Code of the flow.")],
    by: Annotated[By, typer.Option(help="A line for each step, person who was asked, or unit.")] = By.STEP,
    days: Annotated[int, typer.Option(help="How many days back.", min=1, max=3660)] = 90,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV: hours, counts, shares from 0 to 1.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """How long each step took, its median and 90th percentile, and how often too late."""
    cli = command_line(ctx)
    with cli.database_ready():
        definition_id = find_definition(KIND, code)
        if definition_id is None:
            cli.fail(_("没有流程“%(code)s”。") % {"code": code})
        now = cli.now()
        span = {"from_at": now - timedelta(days=days), "until_at": now + timedelta(seconds=1)}
        lines = list_time_lines(definition_id, by=by, now=now, **span)
    human = csv_of(HEADS[by], lines).rstrip() if as_csv else "\n".join(map(say_line, lines))
    listed = [{"name": line.name, **line.times.figures} for line in lines]
    cli.emit({"flow": code, "by": by.value, "days": days, "lines": listed}, as_json=as_json, human=human)
