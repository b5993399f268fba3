"""Evaluating goals: from the ledger to standings in PostgreSQL, with a run that records what decided the result."""

import time
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from importlib.metadata import version as version_of_package
from pathlib import Path

from django.db import connection, transaction

from sextant.engines.evaluation import ENGINE_VERSION
from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.metrics.contracts import RunRow
from sextant.metrics.manual import flush
from sextant.metrics.models import EvaluationRun
from sextant.metrics.queries.runs import get_run
from sextant.metrics.runs.base import Base, narrow_to_touched
from sextant.metrics.runs.computing import compute_parts
from sextant.metrics.runs.inputs import KeptInputs
from sextant.metrics.runs.lock import alone
from sextant.metrics.runs.storing import StandingWriter
from sextant.metrics.set_evaluation import SetEvaluation, open_evaluation

CODE_VERSION = version_of_package("sextant")
Progress = Callable[[int], None]


def run_evaluation(
    goals_csv: Path,
    *,
    actor: Actor,
    now: datetime,
    as_of: date,
    progress: Progress | None = None,
    whole: bool = False,
    tell: Callable[[int], None] | None = None,
) -> RunRow:
    """Evaluate the goals of `goals_csv` as of a day, store where each stands, and return the run.

    The file has the header goal_id,metric_id,subject_kind,subject_id,from_on,until_on,base,stretch,start,range_low,
    range_high,tolerance,weight,curve,base_share,stretch_share; empty fields are unknown. A goal whose metric is not in
    the library gets no standing. A goal keeps the standing of the latest day: a run of an earlier day is recorded, with
    its digest, and replaces only standings that are not newer.

    Where an earlier run of the same day can be built on, only goals whose inputs changed since are computed; counts and
    digest are those of a run over all, which `whole` asks for. `progress` hears how many more goals are done. `tell`
    gets the id of the run before it is committed: what it writes is committed with it. Raises AccessDenied.
    """
    require(actor, Permission.RUN_START)
    started = time.perf_counter()
    with alone():
        # what people recorded by hand is in the ledger before it is read, so that no run leaves it out
        flush(now=now)
        run = _run(
            goals_csv, actor=actor, now=now, as_of=as_of, progress=progress, whole=whole, started=started, tell=tell
        )
    return get_run(run.pk)


def _run(
    goals_csv: Path,
    *,
    actor: Actor,
    now: datetime,
    as_of: date,
    progress: Progress | None,
    whole: bool,
    started: float,
    tell: Callable[[int], None] | None,
) -> EvaluationRun:
    """Everything of a run in one transaction. `started` is its beginning as `time.perf_counter` counts."""
    with transaction.atomic():
        with open_evaluation(goals_csv, as_of=as_of, known_at=now) as evaluation:
            run = _compute(evaluation, actor=actor, now=now, progress=progress, whole=whole)
        run.seconds = Decimal(f"{time.perf_counter() - started:.3f}")
        run.save()
        record(
            "run_evaluation",
            actor=actor,
            now=now,
            object_kind="evaluation_run",
            object_id=run.pk,
            changes={"as_of": as_of.isoformat(), "goals": run.goals, "evaluated": run.evaluated, "digest": run.digest},
        )
        if tell:
            tell(run.pk)
    return run


def _compute(
    evaluation: SetEvaluation, *, actor: Actor, now: datetime, progress: Progress | None, whole: bool
) -> EvaluationRun:
    """The run with everything but its duration, its standings stored."""
    inputs = evaluation.keep_inputs()
    base = None if whole else narrow_to_touched(evaluation, inputs, code_version=CODE_VERSION)
    run = _begin(evaluation, inputs, base, actor=actor, now=now)
    with connection.cursor() as cursor:
        writer = StandingWriter(cursor, run_id=run.pk, rule_version=str(evaluation.setting.thresholds.version), at=now)
        computed = writer.write_all(compute_parts(evaluation, few=base is not None), progress=progress)
    index = computed if base is None else base.index.updated(computed, gone=base.gone)
    run.evaluated = len(computed)
    run.goals = len(index)
    for light, count in index.counts.items():
        setattr(run, light, count)
    run.digest = index.digest
    run.index_sha256 = index.keep()
    return run


def _begin(
    evaluation: SetEvaluation, inputs: KeptInputs, base: Base | None, *, actor: Actor, now: datetime
) -> EvaluationRun:
    """The run before it has a result: standings and changes of light refer to it."""
    return EvaluationRun.objects.create(
        as_of=evaluation.setting.on,
        started_at=now,
        started_by=actor.label,
        seconds=Decimal(0),
        ledger_version=evaluation.ledger_version,
        definition_versions=evaluation.definition_versions,
        calendar_version=evaluation.setting.calendar.version,
        engine_version=ENGINE_VERSION,
        code_version=CODE_VERSION,
        base=base.run if base else None,
        inputs=inputs.document,
        goals=0,
        **{light.value: 0 for light in Light},
        digest="",
    )
