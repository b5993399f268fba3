"""证据: files that show why a target should move."""

from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.foundation.audit.actions import record
from sextant.foundation.files.actions import keep_file
from sextant.goals.actions.adjustment_table import come_to_answer
from sextant.goals.actions.create import GoalRefused
from sextant.goals.contracts import AdjustmentAct
from sextant.goals.models import AdjustmentFile

MOST_FILES = 20
ANY_STEP = 1 << 31
"""Who attaches a file answers nothing: it does not matter what they had read."""


def attach_evidence(
    request_id: int, *, content: BinaryIO, name: str, size: int, note: str = "", actor: Actor, now: datetime
) -> int:
    """Keep a file under its name, from either side while the request is open; its id. `note` says what it shows.

    Raises AccessDenied, FileRefused, GoalRefused (codes of `decide_step`, adjust.files_many).
    """
    with transaction.atomic():
        answer = come_to_answer(request_id, act=AdjustmentAct.SIGN, read=ANY_STEP, actor=actor, now=now)
        if answer.request.files.count() >= MOST_FILES:
            raise GoalRefused([Problem("adjust.files_many", {"most": MOST_FILES})])
        kept = keep_file(content, name=name, size=size, actor=actor, now=now)
        found = AdjustmentFile.objects.create(
            request=answer.request,
            file_id=kept.id,
            name=name[-255:],
            note=note.strip()[:200],
            by_person_id=answer.base.speaker,
            at=now,
        )
        told = {"file": found.pk, "digest": kept.digest}
        record("attach_evidence", actor=actor, now=now, object_kind="adjustment", object_id=request_id, changes=told)
    return found.pk
