"""Removing what old runs kept of their inputs."""

from datetime import datetime

from django.db import transaction

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.metrics import files
from sextant.metrics.contracts import RUNS_KEPT, Space
from sextant.metrics.models import EvaluationRun
from sextant.metrics.runs.lock import alone
from sextant.metrics.runs.retention import decide_retention, size_of


def sweep_runs(*, actor: Actor, now: datetime, keep_last: int = RUNS_KEPT) -> Space:
    """Remove the kept inputs of runs that are neither published nor among the latest `keep_last`; what went.

    Those runs stay with their digests, and can be neither replayed nor built on. Waits for a run in work, whose files
    nothing names yet. Killed half-way it leaves runs that say they keep what is gone, and is finished the next time.
    Raises AccessDenied.
    """
    require(actor, Permission.RUN_START)
    with alone(), transaction.atomic():
        _hold_back_publishing()
        decided = decide_retention(keep_last=keep_last)
        swept = Space(len(decided.swept), len(decided.swept_files), sum(map(size_of, decided.swept_files)))
        for sha256 in sorted(decided.swept_files):
            files.path_of(sha256).unlink(missing_ok=True)
        if decided.swept:
            EvaluationRun.objects.filter(id__in=decided.swept).update(index_sha256="")
            record(
                "sweep_runs",
                actor=actor,
                now=now,
                object_kind="evaluation_run",
                object_id=max(decided.swept),
                changes={"runs": swept.runs, "files": swept.files, "bytes": swept.size},
            )
    return swept


def _hold_back_publishing() -> None:
    """Till the end of the transaction: who publishes a run meanwhile learns that it was swept, or it is not swept."""
    unpublished = EvaluationRun.objects.filter(published_at=None).exclude(index_sha256="")
    list(unpublished.select_for_update().order_by("id").values_list("id"))
