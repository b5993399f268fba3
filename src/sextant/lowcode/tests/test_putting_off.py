"""稍后: until when work may be put off."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sextant.lowcode.policy.putting_off import PutOff, offers

SHANGHAI = ZoneInfo("Asia/Shanghai")


WEDNESDAY, SUNDAY = "2026-11-18T14:00", "2026-11-22T14:00"
SOON, MORNING, MONDAY = "2026-11-18T16:00", "2026-11-19T08:00", "2026-11-23T08:00"


@pytest.mark.parametrize(
    ("now", "due", "expected"),
    [
        (WEDNESDAY, None, {"tomorrow": MORNING, "monday": MONDAY, "a_while": SOON}),
        (SUNDAY, None, {"tomorrow": MONDAY, "a_while": "2026-11-22T16:00"}),  # tomorrow is Monday
        (WEDNESDAY, "2026-11-20T18:00", {"tomorrow": MORNING, "a_while": SOON}),
        (WEDNESDAY, SOON, {}),  # it must come back before it is due
        (WEDNESDAY, "2026-11-17T18:00", {}),
    ],
)
def test_work_comes_back_before_it_is_due(now, due, expected):
    found = offers(at(now), due_at=due and at(due), zone=SHANGHAI)
    assert found == {PutOff(kind): at(until) for kind, until in expected.items()}


def at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=SHANGHAI).astimezone(UTC)
