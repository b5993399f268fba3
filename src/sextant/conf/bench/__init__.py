"""`sextant bench`: measures the product on this machine, in homes of its own that are removed afterwards."""

from pathlib import Path
from typing import Annotated

import typer

from sextant.foundation.cli import command_line

app = typer.Typer(help="Measure the product on this machine.", no_args_is_help=True)

People = Annotated[int, typer.Option("--people", min=1, help="How large a company to measure.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def _group() -> None:
    """Measure the product on this machine."""


@app.command("evaluate")
def evaluate(ctx: typer.Context, people: People = 10_000, as_json: AsJson = False) -> None:
    """Evaluate ten goals a person over thirteen weeks, beside the floor of reading, joining and writing the rows."""
    from sextant.conf.bench.evaluate import run

    command_line(ctx).emit(run(people), as_json=as_json)


@app.command("incremental")
def incremental(ctx: typer.Context, people: People = 10_000, as_json: AsJson = False) -> None:
    """A run after one goal in a hundred was touched, beside a run over everything."""
    from sextant.conf.bench.runs import run_incremental

    command_line(ctx).emit(run_incremental(people), as_json=as_json)


@app.command("checkin")
def checkin(ctx: typer.Context, people: People = 10_000, as_json: AsJson = False) -> None:
    """One value recorded by hand, until the goal's standing and light are stored."""
    from sextant.conf.bench.runs import run_checkin

    command_line(ctx).emit(run_checkin(people), as_json=as_json)


@app.command("recompute")
def recompute(
    ctx: typer.Context,
    goals: Annotated[int, typer.Option("--goals", min=10, help="How many goals to compute.")] = 15_000,
    as_json: AsJson = False,
) -> None:
    """Compute and store every standing once more."""
    from sextant.conf.bench.runs import run_recompute

    command_line(ctx).emit(run_recompute(goals), as_json=as_json)


@app.command("pages")
def pages(ctx: typer.Context, people: People = 5_000, as_json: AsJson = False) -> None:
    """Queries, bytes and processor time of each page in a large company."""
    from sextant.conf.bench.pages import run

    command_line(ctx).emit(run(people), as_json=as_json)


@app.command("goals")
def goals(ctx: typer.Context, people: People = 1_000, as_json: AsJson = False) -> None:
    """Map, reports, a push to everybody and updates of progress in a company with ten goals a person."""
    from sextant.conf.bench.goals import run

    command_line(ctx).emit(run(people), as_json=as_json)


@app.command("forecast")
def forecast(
    ctx: typer.Context,
    crm: Annotated[
        Path | None, typer.Option("--crm", help="Folder of the public CRM export, to be tested too.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Back-test suggested targets: their error beside "the same as last time", and what their intervals held."""
    from sextant.conf.bench.forecast import in_words, run

    document = run(crm)
    command_line(ctx).emit(document, as_json=as_json, human=in_words(document))


@app.command("ingest")
def ingest(
    ctx: typer.Context,
    rows: Annotated[int, typer.Option("--rows", min=1000, help="How many rows each file has.")] = 1_000_000,
    as_json: AsJson = False,
) -> None:
    """Rows a second from CSV and Parquet into the ledger, beside the floor of reading and writing them."""
    from sextant.conf.bench.ingest import run

    command_line(ctx).emit(run(rows), as_json=as_json)


@app.command("flows")
def flows(
    ctx: typer.Context,
    instances: Annotated[int, typer.Option("--instances", min=100, help="How many to start.")] = 100_000,
    as_json: AsJson = False,
) -> None:
    """Start instances in one job, answer some, move all to a new version."""
    from sextant.conf.bench.flows import run

    command_line(ctx).emit(run("flows", instances), as_json=as_json)


@app.command("inbox")
def inbox(
    ctx: typer.Context,
    items: Annotated[int, typer.Option("--items", min=1000, help="How many open items there are.")] = 100_000,
    as_json: AsJson = False,
) -> None:
    """One person's open items among everybody's: the list, and the number on the navigation."""
    from sextant.conf.bench.flows import run

    command_line(ctx).emit(run("inbox", items), as_json=as_json)


@app.command("timers")
def timers(
    ctx: typer.Context,
    timers: Annotated[int, typer.Option("--timers", min=100, help="How many are due.")] = 10_000,
    as_json: AsJson = False,
) -> None:
    """Fire due time limits of flows by one worker."""
    from sextant.conf.bench.flows import run

    command_line(ctx).emit(run("timers", timers), as_json=as_json)


@app.command("objects")
def objects(
    ctx: typer.Context,
    answers: Annotated[int, typer.Option("--answers", min=1000, help="How many answers there are.")] = 1_000_000,
    objects: Annotated[int, typer.Option("--objects", min=1, help="Over how many forms.")] = 50,
    fields: Annotated[int, typer.Option("--fields", min=3, max=24, help="Fields of each form.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Lists of answers, filtered and sorted by any field of their form."""
    from sextant.conf.bench.objects import run

    command_line(ctx).emit(run(answers, objects, fields), as_json=as_json)
