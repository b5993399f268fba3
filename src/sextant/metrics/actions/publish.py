"""Publishing a run: from then on people are judged by it, and the database refuses to change it."""

from datetime import datetime

from django.db import transaction

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.metrics.models import EvaluationRun


class RunSwept(Exception):
    """What the run kept of its inputs was removed: nobody could prove it any more, so nobody can be judged by it."""


def publish_run(run_id: int, *, actor: Actor, now: datetime) -> bool:
    """Publish a run; False when it was published before, which then stays as it is.

    Later runs of the same day leave it alone: they are runs of their own. Raises AccessDenied,
    EvaluationRun.DoesNotExist, RunSwept.
    """
    require(actor, Permission.RUN_START)
    with transaction.atomic():
        run = EvaluationRun.objects.select_for_update().get(id=run_id)
        if run.published_at is not None:
            return False
        if run.is_swept:
            raise RunSwept(run_id)
        run.published_at, run.published_by = now, actor.label
        run.save(update_fields=["published_at", "published_by"])
        record(
            "publish_run",
            actor=actor,
            now=now,
            object_kind="evaluation_run",
            object_id=run.pk,
            changes={"digest": run.digest},
        )
    return True
