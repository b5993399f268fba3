"""Makers for tests of notices."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sextant.foundation.notices.actions import send_notice
from sextant.foundation.notices.contracts import ChannelKind, Escalation, NoticeSpec, Recipient
from sextant.foundation.notices.models import Channel
from sextant.foundation.secrets import seal

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""Noon of a Friday in Shanghai."""
SPEC = NoticeSpec(
    code="test.due",
    name="今天截止",
    subject="%(title)s 今天截止",
    body="%(title)s 还差 %(left)s 项。",
    params=("title", "left"),
    channels=frozenset(ChannelKind),
)
URGENT = NoticeSpec(
    "test.red", "红灯", "%(title)s 红灯", "", ("title",), channels=frozenset(ChannelKind), is_urgent=True
)

HOT = NoticeSpec(
    "test.hot",
    "急事",
    "%(title)s",
    "",
    ("title",),
    frozenset({ChannelKind.IN_APP}),
    escalation=Escalation(timedelta(minutes=30), ChannelKind.SMS, tells_manager=True),
)
_serial = count(1)
PEOPLE: dict[int, Recipient] = {}


def directory(person_ids: Collection[int], on: date) -> dict[int, Recipient]:
    """The persons of the tests: whoever `make_recipient` made."""
    return {person_id: PEOPLE[person_id] for person_id in person_ids if person_id in PEOPLE}


def make_recipient(**changes: Any) -> int:
    """Somebody who works here, by id."""
    person_id = next(_serial)
    PEOPLE[person_id] = Recipient(person_id, **{"name": f"周以宁{person_id}", **changes})
    return person_id


def make_channel(kind: ChannelKind, *, secret: str = "", **changes: Any) -> Channel:
    """A channel that is in use."""
    usual: dict[str, Any] = {"is_active": True, "changed_at": NOON, "changed_by": "test"}
    sealed = {"secret": seal(secret)} if secret else {}
    return Channel.objects.create(kind=kind, **{**usual, **sealed, **changes})


def tell(*person_ids: int, code: str = "test.due", key: str = "1", now: datetime = NOON) -> int:
    """Send the notice of the tests."""
    params = {"title": "自动化测试覆盖率", "left": 2} if code == "test.due" else {"title": "自动化测试覆盖率"}
    return send_notice(code, person_ids=person_ids, params=params, path="/goals/1/", key=key, now=now)
