"""Computing a run again from what it kept, to prove that its result follows from its inputs."""

import time
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.metrics.models import EvaluationRun, RunReplay
from sextant.metrics.runs.computing import compute_parts
from sextant.metrics.runs.index import RowIndex, read_index
from sextant.metrics.runs.inputs import KeptInputs
from sextant.metrics.set_evaluation import open_kept

DIFFERING_SHOWN = 20


class RunNotReplayable(Exception):
    """The run kept nothing of its inputs: it was made before runs kept them."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A run computed again. `differing` names up to 20 goals whose rows are not the same, in order of id; it is empty
    as well where the rows' own digests are gone and only the whole can be compared."""

    run_id: int
    digest: str
    is_same: bool
    seconds: Decimal
    differing: tuple[int, ...]


def replay_run(run_id: int, *, actor: Actor, now: datetime) -> Replay:
    """Compute a run anew on the ledger version, goals, definitions, calendar and thresholds it kept, and compare.

    Standings stay as they are; that it was replayed, and with which result, is recorded. Every goal is computed, also
    where the run itself took rows over. Raises AccessDenied, EvaluationRun.DoesNotExist, RunNotReplayable, FileUnknown
    (a kept file is gone), LedgerDamaged.
    """
    require(actor, Permission.RUN_READ)
    run = EvaluationRun.objects.get(id=run_id)
    kept = KeptInputs.of(run.inputs)
    if kept is None:
        raise RunNotReplayable(run_id)
    started = time.perf_counter()
    with open_kept(kept, ledger_version=run.ledger_version) as evaluation:
        again = RowIndex.of(part.index() for part in compute_parts(evaluation))
    seconds = Decimal(f"{time.perf_counter() - started:.3f}")
    digest = again.digest
    RunReplay.objects.create(run=run, at=now, by=actor.label, seconds=seconds, digest=digest)
    is_same = digest == run.digest
    record(
        "replay_run",
        actor=actor,
        now=now,
        object_kind="evaluation_run",
        object_id=run.pk,
        changes={"digest": digest, "is_same": is_same},
    )
    differing = () if is_same else _differing(run, again)
    return Replay(run_id=run.pk, digest=digest, is_same=is_same, seconds=seconds, differing=differing)


def _differing(run: EvaluationRun, again: RowIndex) -> tuple[int, ...]:
    stored = read_index(run.index_sha256, digest=run.digest)
    if stored is None:
        return ()
    before, after = (
        dict(zip(*index.table.select([0, 2]).to_pydict().values(), strict=True)) for index in (stored, again)
    )
    goal_ids = sorted(goal_id for goal_id in before.keys() | after.keys() if before.get(goal_id) != after.get(goal_id))
    return tuple(goal_ids[:DIFFERING_SHOWN])
