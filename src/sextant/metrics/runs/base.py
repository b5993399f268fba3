"""The run on whose results a new one may build."""

from dataclasses import dataclass

import numpy

from sextant.engines.evaluation import ENGINE_VERSION
from sextant.metrics.files import FileUnknown
from sextant.metrics.models import EvaluationRun
from sextant.metrics.runs.index import RowIndex, read_index
from sextant.metrics.runs.inputs import KeptInputs
from sextant.metrics.runs.touched import EverythingTouched, find_touched
from sextant.metrics.set_evaluation import SetEvaluation


@dataclass(frozen=True, slots=True)
class Base:
    """An earlier run of the same day and the digests of its rows, proved to be that run's. `gone` are the goals it knew
    that get no standing any more."""

    run: EvaluationRun
    index: RowIndex
    gone: tuple[int, ...]


def narrow_to_touched(evaluation: SetEvaluation, inputs: KeptInputs, *, code_version: str) -> Base | None:
    """Leave only the goals on the connection that have to be computed again after the latest run of the same day.

    Returns that run, or None, with every goal left in place, when there is none to build on: no run of that day, one
    of another engine or program, one whose kept files are gone or damaged, or a change that may bear on any goal.
    """
    run = EvaluationRun.objects.filter(as_of=evaluation.setting.on).order_by("-id").first()
    if (
        run is None
        or evaluation.goals is None
        or (run.engine_version, run.code_version) != (ENGINE_VERSION, code_version)
    ):
        return None
    kept = KeptInputs.of(run.inputs)
    if kept is None or run.ledger_version > evaluation.ledger_version:
        return None
    index = read_index(run.index_sha256, digest=run.digest)
    if index is None:
        return None
    try:
        find_touched(
            evaluation.connection,
            inputs=inputs,
            base=kept,
            since=run.ledger_version,
            until=evaluation.ledger_version,
        )
    except (EverythingTouched, FileUnknown):
        return None
    gone = () if inputs.tables == kept.tables else _gone(evaluation, index)
    evaluation.goals.keep_touched(evaluation.connection)
    return Base(run, index, gone)


def _gone(evaluation: SetEvaluation, index: RowIndex) -> tuple[int, ...]:
    before = index.table.column("goal_id").to_numpy()
    return tuple(numpy.setdiff1d(before, evaluation.list_goal_ids().to_numpy()).tolist())
