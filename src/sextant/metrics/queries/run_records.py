"""What a run recorded about itself, for those who want to repeat it, and whether it was."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sextant.metrics.contracts import RUNS_KEPT, Space
from sextant.metrics.models import EvaluationRun, RunReplay
from sextant.metrics.runs.retention import decide_retention, size_of


@dataclass(frozen=True, slots=True)
class ReplayRow:
    """The last time the run was computed again: `is_same` says whether every row came out the same."""

    at: datetime
    by: str
    seconds: Decimal
    digest: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Versions of what went into a run besides the ledger, and what became of it.

    `evaluated` goals were computed; the others of an incremental run were taken over from `base_id`. `can_be_replayed`
    is False for runs made before inputs were kept.
    """

    calendar_version: str
    engine_version: str
    code_version: str
    evaluated: int
    base_id: int | None
    published_at: datetime | None
    published_by: str
    can_be_replayed: bool
    replay: ReplayRow | None


def find_run_record(run_id: int) -> RunRecord | None:
    """The record of this run, or None when there is no such run."""
    run = EvaluationRun.objects.filter(pk=run_id).first()
    if run is None:
        return None
    last = RunReplay.objects.filter(run_id=run_id).order_by("-id").first()
    return RunRecord(
        calendar_version=run.calendar_version,
        engine_version=run.engine_version,
        code_version=run.code_version,
        evaluated=run.evaluated,
        base_id=run.base_id,
        published_at=run.published_at,
        published_by=run.published_by,
        can_be_replayed=bool(run.inputs) and not run.is_swept,
        replay=ReplayRow(last.at, last.by, last.seconds, last.digest, last.digest == run.digest) if last else None,
    )


@dataclass(frozen=True, slots=True)
class KeptSpace:
    """What runs keep of their inputs: what stays, and what the next sweep removes."""

    kept: Space
    to_sweep: Space


def measure_kept(*, keep_last: int = RUNS_KEPT) -> KeptSpace:
    """How much space kept inputs take, and how much of it belongs to runs that need not keep them."""
    decided = decide_retention(keep_last=keep_last)
    return KeptSpace(
        kept=Space(len(decided.kept), len(decided.kept_files), sum(map(size_of, decided.kept_files))),
        to_sweep=Space(len(decided.swept), len(decided.swept_files), sum(map(size_of, decided.swept_files))),
    )
