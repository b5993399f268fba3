"""`sextant bench evaluate`: how long a set evaluation takes beside the floor of any way to do it.

N people with ten cumulative metrics and one number a week for thirteen weeks: N × 130 measurements in a real ledger,
thirteen batches, and N × 10 goals of one quarter. The floor reads the same goals and measurements on the same engine,
joins them, and writes one line a goal and week with its value and target. The evaluation reads them, judges every goal
at the end of every week, and writes one canonical line a goal (value, expectation and light of each week), hashing
them on the way. Both in one process, in turn; the best of the turns counts. Memory is the peak of a process that only
evaluates, and of one that only runs.

A run ends in PostgreSQL, so it has a floor of its own: the same rows in and joined, one row a goal with the columns of
a standing and as many weekly values, judged by nobody, copied into an empty table like that of the standings, its
indexes and all. `run` is a first run, `again` one that replaces every standing of the first.
"""

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sextant.conf.bench.memory import peak_mib
from sextant.conf.bench.meter import Meter, documents

METRICS = 10
WEEKS = 13
FIRST_FRIDAY = date(2026, 4, 10)
FROM_ON, UNTIL_ON = date(2026, 4, 6), date(2026, 7, 6)
AS_OF = date(2026, 7, 5)
MADE_AT = datetime(2026, 7, 5, 18, tzinfo=UTC)
TURNS = 2


def run(people: int) -> dict[str, Any]:
    """Make the measurements and measure, each in a process of its own over one temporary home."""
    with tempfile.TemporaryDirectory(prefix="sextant-bench-") as folder:
        home = Path(folder) / "home"
        kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "SEXTANT_EMBEDDED"}}
        environment = {**kept, "SEXTANT_HOME": str(home)}
        results: dict[str, Any] = {}
        for step in ("make", "evaluate", "compare", "run"):
            command = [sys.executable, "-m", "sextant.conf.bench.evaluate", step, str(people)]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
            results[step] = json.loads(done.stdout)
    alone = results["evaluate"]
    peaks = {"peak_mib": alone["peak_mib"], "run_peak_mib": results["run"]["peak_mib"]}
    return {**results["compare"], **peaks, "digest": alone["digest"]}


def _make(people: int) -> dict[str, Any]:
    """Metrics, thirteen weekly batches and the goals file."""
    from sextant.conf.bench.sample import weekly_numbers, write_goals
    from sextant.metrics.ledger import store as ledger
    from sextant.metrics.models import Batch, Metric

    metric_ids = [
        Metric.objects.create(
            code=f"bench_{number}", name=f"指标{number}", unit_label="件", created_at=MADE_AT, updated_at=MADE_AT
        ).pk
        for number in range(METRICS)
    ]
    for week in range(WEEKS):
        batch = Batch.objects.create(
            key=f"{week:064}", source="bench", filename=f"week-{week}.csv", sha256="0" * 64, state="done",
            delivered_at=MADE_AT, delivered_by="bench",
        )  # fmt: skip
        day = FIRST_FRIDAY + timedelta(weeks=week)
        numbers = partial(weekly_numbers, people, metric_ids, week=week, day=day, batch=batch.pk)
        ledger.append(numbers, batch=batch.pk)
    write_goals(goals_csv(), people, metric_ids, from_on=FROM_ON, until_on=UNTIL_ON)
    return {"measurements": people * METRICS * WEEKS, "peak_mib": peak_mib()}


def goals_csv() -> Path:
    """The goals of the benchmark in its home."""
    from django.conf import settings

    return Path(settings.SEXTANT_HOME) / "goals.csv"


def _evaluate(out: Path) -> str:
    """The evaluation: canonical lines into a file, and their digest."""
    from sextant.metrics.runs.index import RowIndex
    from sextant.metrics.set_evaluation import open_evaluation

    pieces = []
    with open_evaluation(goals_csv(), as_of=AS_OF) as evaluation, out.open("wb") as file:
        for part in evaluation.parts():
            pieces.append(part.index())
            for block, _rows in part.blocks():
                file.write(block)
    return RowIndex.of(pieces).digest


def _floor(out: Path, options: str) -> None:
    """Scan, join, write: what any evaluation has to do."""
    from sextant.metrics.engine import open_engine
    from sextant.metrics.evaluation_inputs import load_goals
    from sextant.metrics.ledger import store as ledger

    with open_engine(files=[goals_csv(), out]) as connection:
        load_goals(connection, goals_csv())
        ledger.relation(connection).create_view("measurements")
        connection.execute(
            "COPY (SELECT g.goal_id, m.day, m.value, g.base FROM measurements AS m JOIN goal_specs AS g"
            " ON m.metric_id = g.metric_id AND m.subject_kind = g.subject_kind AND m.subject_id = g.subject_id"
            f" WHERE m.day >= g.from_on AND m.day < g.until_on) TO '{out}' ({options}, USE_TMP_FILE false)"
        )


_FLOOR_ROWS = """SELECT concat_ws(chr(9), g.goal_id, '{as_of}', sum(m.value), any_value(g.base), '1.000000',
  any_value(g.base), any_value(g.base), any_value(g.weight), 'green', 'floor', '{{}}', '{days}',
  '{{' || string_agg(m.value::VARCHAR, ',') || '}}',
  '{{' || left(repeat(any_value(g.base)::VARCHAR || ',', count(*)::INTEGER), -1) || '}}',
  repeat('g', count(*)::INTEGER), '1') || chr(10)
FROM measurements AS m JOIN goal_specs AS g
  ON m.metric_id = g.metric_id AND m.subject_kind = g.subject_kind AND m.subject_id = g.subject_id
WHERE m.day >= g.from_on AND m.day < g.until_on GROUP BY g.goal_id"""


def _floor_in_postgres() -> None:
    """Scan, join, and one row a goal into PostgreSQL: what any run has to do."""
    from django.db import connection as database
    from django.db import transaction

    from sextant.metrics.engine import open_engine
    from sextant.metrics.evaluation_inputs import load_goals
    from sextant.metrics.ledger import store as ledger
    from sextant.metrics.runs.storing import COLUMN_NAMES

    with transaction.atomic(), database.cursor() as cursor, open_engine(files=[goals_csv()]) as connection:
        cursor.execute("DROP TABLE IF EXISTS bench_floor")
        cursor.execute("CREATE TABLE bench_floor (LIKE metrics_standing INCLUDING ALL)")
        load_goals(connection, goals_csv())
        ledger.relation(connection).create_view("measurements")
        days = ",".join(str(FIRST_FRIDAY + timedelta(weeks=week)) for week in range(WEEKS))
        rows = _FLOOR_ROWS.format(as_of=AS_OF, days=f"{{{days}}}")
        reader = connection.sql(rows).to_arrow_reader(20_000)
        with cursor.copy(f"COPY bench_floor ({COLUMN_NAMES}, run_id) FROM STDIN") as copy:
            for batch in reader:
                copy.write("".join(batch.column(0).to_pylist()))


def _measure_memory() -> dict[str, Any]:
    out = goals_csv().with_name("standings.txt")
    return {"digest": _evaluate(out), "peak_mib": peak_mib()}


def run_whole() -> Any:
    """A run over every goal, stored in PostgreSQL."""
    from sextant.foundation.access.contracts import Actor
    from sextant.metrics.actions import run_evaluation

    return run_evaluation(goals_csv(), actor=Actor.system("bench"), now=MADE_AT, as_of=AS_OF, whole=True)


def _run_alone() -> dict[str, Any]:
    run_whole()
    return {"peak_mib": peak_mib()}


def _compare(people: int) -> dict[str, Any]:
    from sextant.metrics.queries import find_latest_run

    folder = goals_csv().parent
    text, columns, standings = folder / "floor.csv", folder / "floor.parquet", folder / "standings.txt"
    meter = Meter()
    for _turn in range(TURNS):
        meter.measure("floor", lambda: _floor(text, "FORMAT csv"))
        meter.measure("floor_parquet", lambda: _floor(columns, "FORMAT parquet"))
        meter.measure("floor_postgres", _floor_in_postgres)
        meter.measure("evaluate", lambda: _evaluate(standings))
    meter.measure("run", run_whole)
    meter.measure("again", run_whole)
    stored, best = find_latest_run(), meter.best
    assert stored is not None
    return {
        "people": people,
        "goals": people * METRICS,
        "measurements": people * METRICS * WEEKS,
        "evaluate_to_floor": best["evaluate"].times(best["floor"]),
        "run_to_floor": best["run"].times(best["floor_postgres"]),
        "again_to_floor": best["again"].times(best["floor_postgres"]),
        **documents(best),
        "lights": {"green": stored.green, "yellow": stored.yellow, "red": stored.red, "none": stored.none},
        "bytes": standings.stat().st_size,
        "floor_bytes": text.stat().st_size,
    }


def _child(step: str, people: int) -> dict[str, Any]:
    from sextant.conf.cli.base import database_ready
    from sextant.conf.cli.django_ready import set_up_django

    set_up_django()
    with database_ready():
        if step == "make":
            return _make(people)
        if step == "compare":
            return _compare(people)
        return _measure_memory() if step == "evaluate" else _run_alone()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_child(sys.argv[1], int(sys.argv[2]))))
