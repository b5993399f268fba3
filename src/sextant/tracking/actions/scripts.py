"""话术/做法 written, changed and taken out of use; and who may be named as good at a metric."""

from datetime import date, datetime
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may, require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.foundation.files.actions import keep_file
from sextant.foundation.files.contracts import FileRefused
from sextant.foundation.files.messages import say as say_file
from sextant.metrics.queries import list_metrics
from sextant.people.queries import list_report_ids
from sextant.tracking.contracts.help import TEXT_LENGTH, TITLE_LENGTH, Cause, HelpRefused
from sextant.tracking.models import HelpOffer, Script
from sextant.tracking.policy.help import check_words

KIND = "script"


def may_write_scripts(actor: Actor, *, on: date) -> bool:
    """Whether the actor keeps the library: HR, and whoever leads somebody. At most one query."""
    if may(actor, Permission.PLAN_MANAGE):
        return True
    if actor.person_id is None or not may(actor, Permission.TRACKING_ACT):
        return False
    return bool(list_report_ids(actor.person_id, on=on, deep=False))


def save_script(
    script_id: int | None,
    *,
    title: str,
    text: str,
    metric_id: int | None,
    cause: Cause | None,
    number: int = 0,
    file: tuple[BinaryIO, str, int] | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Write a script, or change one whose `number` the writer has read; its id. `file` is (content, name, bytes).

    Raises AccessDenied, HelpRefused (help.title_missing, help.text_missing, help.text_long, help.metric_unknown,
    help.stale, help.file_refused).
    """
    require(actor, Permission.TRACKING_ACT)
    if not may_write_scripts(actor, on=company_day(now, settings.SEXTANT_ZONE)):
        raise AccessDenied(KIND)
    problems = check_words(title, field="title", most=TITLE_LENGTH) + check_words(text, field="text", most=TEXT_LENGTH)
    if metric_id is not None and not list_metrics(ids=[metric_id]):
        problems.append(Problem("help.metric_unknown", {"field": "metric"}))
    if problems:
        raise HelpRefused(*problems)
    with transaction.atomic():
        script = _script_to_write(script_id, number=number, actor=actor, now=now)
        script.title, script.text, script.changed_at = title.strip(), text.strip(), now
        script.metric_id, script.cause = metric_id, cause.value if cause else ""
        if file is not None:
            script.file_id, script.file_name = _keep(file, actor=actor, now=now), file[1]
        script.save()
        changes = {"number": script.number, "metric": metric_id, "cause": script.cause}
        record("save_script", actor=actor, now=now, object_kind=KIND, object_id=script.pk, changes=changes)
    return script.pk


def retire_script(script_id: int, *, is_retired: bool, actor: Actor, now: datetime) -> None:
    """Take a script out of use, or back into it; packs that used it keep it. Raises AccessDenied."""
    require(actor, Permission.TRACKING_ACT)
    if not may_write_scripts(actor, on=company_day(now, settings.SEXTANT_ZONE)):
        raise AccessDenied(KIND)
    with transaction.atomic():
        script = Script.objects.select_for_update().filter(id=script_id).first()
        if script is None:
            raise AccessDenied(KIND)
        script.retired_at = now if is_retired else None
        script.save(update_fields=["retired_at"])
        changes = {"is_retired": is_retired}
        record("retire_script", actor=actor, now=now, object_kind=KIND, object_id=script.pk, changes=changes)


def offer_help(metric_id: int, *, is_offered: bool, actor: Actor, now: datetime) -> None:
    """Say that one may be named to others as good at a metric, or no longer. Raises AccessDenied (nobody behind the
    account), HelpRefused (help.metric_unknown)."""
    require(actor, Permission.TRACKING_ACT)
    if actor.person_id is None:
        raise AccessDenied("offer")
    if not list_metrics(ids=[metric_id]):
        raise HelpRefused(Problem("help.metric_unknown"))
    with transaction.atomic():
        mine = HelpOffer.objects.filter(person_id=actor.person_id, metric_id=metric_id)
        if not is_offered:
            mine.delete()
        elif not mine.exists():
            # pressed twice at once: the constraint keeps one, and that is what was wanted
            offer = HelpOffer(person_id=actor.person_id, metric_id=metric_id, offered_at=now)
            HelpOffer.objects.bulk_create([offer], ignore_conflicts=True)
        changes = {"metric": metric_id, "is_offered": is_offered}
        record("offer_help", actor=actor, now=now, object_kind="person", object_id=actor.person_id, changes=changes)


def _script_to_write(script_id: int | None, *, number: int, actor: Actor, now: datetime) -> Script:
    if script_id is None:
        return Script(written_by_id=actor.person_id, written_at=now)
    script = Script.objects.select_for_update().filter(id=script_id).first()
    if script is None:
        raise AccessDenied(KIND)
    if script.number != number:
        raise HelpRefused(Problem("help.stale"))
    script.number += 1
    return script


def _keep(file: tuple[BinaryIO, str, int], *, actor: Actor, now: datetime) -> int:
    content, name, size = file
    try:
        return keep_file(content, name=name, size=size, actor=actor, now=now).id
    except FileRefused as error:
        raise HelpRefused(Problem("help.file_refused", {"why": say_file(error.problem)})) from error
