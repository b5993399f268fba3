"""Evaluating goals: from the ledger to standings in PostgreSQL, with a run that records what decided the result."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from importlib.metadata import version as version_of_package
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from sextant.engines.evaluation import ENGINE_VERSION
from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.metrics.contracts import RunRow
from sextant.metrics.models import EvaluationRun
from sextant.metrics.queries.runs import get_run
from sextant.metrics.set_evaluation import SetEvaluation, open_evaluation, read_lines

LOCK_KEY = 0x5E87A47
"""Advisory lock of evaluation runs: a second one waits, so that standings of two runs are never mixed."""

_COLUMNS = {
    "goal_id": "bigint",
    "as_of": "date",
    "value": "numeric",
    "expected": "numeric",
    "elapsed": "numeric",
    "attainment": "numeric",
    "completion": "numeric",
    "score": "numeric",
    "light": "text",
    "reason_code": "text",
    "reason_params": "jsonb",
    "week_ends": "date[]",
    "week_values": "numeric[]",
    "week_expected": "numeric[]",
    "week_lights": "text",
}
"""Columns of a standing in the order of its canonical line."""


def run_evaluation(
    goals_csv: Path, *, actor: Actor, now: datetime, as_of: date, progress: Callable[[int], None] | None = None
) -> RunRow:
    """Evaluate the goals of `goals_csv` as of a day, store where each stands, and return the run.

    The file has the header goal_id,metric_id,subject_kind,subject_id,from_on,until_on,base,stretch,start,range_low,
    range_high,tolerance,weight,curve; empty fields are unknown. A goal whose metric is not in the library gets no
    standing. A goal keeps the standing of the latest day: a run of an earlier day is recorded, with its digest, and
    replaces only standings that are not newer. `progress` hears how many more goals are done. Raises AccessDenied.
    """
    require(actor, Permission.RUN_START)
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
        with open_evaluation(goals_csv, as_of=as_of) as evaluation:
            counts, digest = _receive(evaluation, cursor, progress=progress)
        run = EvaluationRun.objects.create(
            as_of=as_of,
            started_at=now,
            started_by=actor.label,
            seconds=Decimal(0),
            ledger_version=evaluation.ledger_version,
            definition_versions=evaluation.definition_versions,
            calendar_version=evaluation.setting.calendar.version,
            engine_version=ENGINE_VERSION,
            code_version=version_of_package("sextant"),
            goals=counts.total(),
            **{light.value: counts[light.value] for light in Light},
            digest=digest,
        )
        _store(cursor, run)
        run.seconds = Decimal(f"{time.perf_counter() - started:.3f}")
        run.save(update_fields=["seconds"])
        record(
            "run_evaluation",
            actor=actor,
            now=now,
            object_kind="evaluation_run",
            object_id=run.id,
            changes={"as_of": as_of.isoformat(), "goals": run.goals, "digest": digest},
        )
    return get_run(run.id)


def _receive(
    evaluation: SetEvaluation, cursor: CursorWrapper, *, progress: Callable[[int], None] | None
) -> tuple[Counter[str], str]:
    """Stream the canonical lines into a temporary table; counts by light and the digest of exactly these bytes."""
    listed = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    # a run inside a larger transaction (several days in a row, a test) finds the table of the run before it
    cursor.execute("DROP TABLE IF EXISTS pg_temp.incoming_standing")
    cursor.execute(f"CREATE TEMP TABLE incoming_standing ({listed}) ON COMMIT DROP")
    counts: Counter[str] = Counter()
    total = hashlib.sha256()
    with cursor.copy("COPY incoming_standing FROM STDIN") as copy:
        for _part in evaluation.parts:
            source = evaluation.connection
            counts.update(dict(source.execute("SELECT light, count(*) FROM sx_standing GROUP BY light").fetchall()))
            for block, rows in read_lines(source):
                total.update(block)
                copy.write(block)
                if progress:
                    progress(rows)
    return counts, total.hexdigest()


def _store(cursor: CursorWrapper, run: EvaluationRun) -> None:
    names = ", ".join(_COLUMNS)
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in ("run_id", *_COLUMNS) if name != "goal_id")
    cursor.execute(
        f"INSERT INTO metrics_standing ({names}, run_id) SELECT {names}, %s FROM incoming_standing"
        f" ON CONFLICT (goal_id) DO UPDATE SET {changes} WHERE metrics_standing.as_of <= EXCLUDED.as_of",
        [run.id],
    )
