"""Setting up channels."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.jobs.starting import start_after_commit
from sextant.foundation.notices.actions.sending import DELIVER_JOB
from sextant.foundation.notices.channels.contracts import Message, SendFailed
from sextant.foundation.notices.channels.fields import FIELDS
from sextant.foundation.notices.channels.opening import open_sender
from sextant.foundation.notices.contracts import ChannelKind
from sextant.foundation.notices.models import Channel
from sextant.foundation.secrets import SecretUnreadable, seal, unseal


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a test message; `problem` is empty when the other side took it."""

    problem: str
    detail: str


@transaction.atomic
def save_channel(
    kind: ChannelKind, said: Mapping[str, str], *, is_active: bool, per_hour: int, actor: Actor, now: datetime
) -> None:
    """Set a channel up. `said` holds the fields of `FIELDS`; an empty secret keeps the one that is stored. A channel
    that was resting is tried again at once. Raises AccessDenied."""
    require(actor, Permission.NOTICE_MANAGE)
    row = Channel.objects.select_for_update().filter(kind=kind).first() or Channel(kind=kind)
    secrets = {field.name for field in FIELDS[kind] if field.is_secret}
    kept = _stored(row)
    kept |= {name: said[name] for name in secrets if said.get(name)}
    row.settings = {name: text for name, text in said.items() if name not in secrets}
    row.secret = seal(json.dumps(kept)) if kept else None
    row.is_active, row.per_hour = is_active, per_hour
    row.paused_until, row.failures, row.problem, row.detail = None, 0, "", ""
    row.changed_at, row.changed_by = now, actor.label
    row.save()
    changes = {"is_active": is_active, "fields": sorted(row.settings), "secrets": sorted(kept)}
    record("save_channel", actor=actor, now=now, object_kind="channel", object_id=kind.value, changes=changes)
    if is_active:
        start_after_commit(DELIVER_JOB, kind=kind.value)


def try_channel(kind: ChannelKind, *, to: str, actor: Actor, now: datetime) -> Tried:
    """Send one message of the administrator's own over a channel as it is stored, and say what the other side said.
    Raises AccessDenied, Channel.DoesNotExist."""
    require(actor, Permission.NOTICE_MANAGE)
    channel = Channel.objects.get(kind=kind)
    message = Message(
        id=f"test-{kind.value}-{int(now.timestamp())}",
        to=to,
        name=actor.label,
        subject=_("六分仪测试消息"),
        body=_("收到这条，说明通道已经接好。"),
        link="",
    )
    try:
        with open_sender(channel) as sender:
            sender.send(message)
    except SendFailed as failed:
        return Tried(failed.code, failed.detail)
    return Tried("", "")


def _stored(row: Channel) -> dict[str, str]:
    if row.secret is None:
        return {}
    try:
        found: dict[str, str] = json.loads(unseal(bytes(row.secret)))
    except SecretUnreadable:
        return {}  # it is entered anew now
    return found
