"""稍后: until when a person may put work out of their sight."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MORNING = time(8)
A_WHILE = timedelta(hours=2)


class PutOff(StrEnum):
    """Until when: two hours from now, the next morning, or Monday's."""

    TOMORROW = "tomorrow"
    MONDAY = "monday"
    A_WHILE = "a_while"


def offers(now: datetime, *, due_at: datetime | None, zone: ZoneInfo) -> dict[PutOff, datetime]:
    """Until when an item may be put off, the usual first. It comes back while there is time left: never at or after its
    due time; what is late or due within two hours can be put off no more.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 20, 4, tzinfo=UTC)  # a Friday in China
    >>> shanghai = ZoneInfo("Asia/Shanghai")
    >>> [kind.value for kind in offers(noon, due_at=None, zone=shanghai)]
    ['tomorrow', 'monday', 'a_while']
    >>> [kind.value for kind in offers(noon, due_at=datetime(2026, 11, 20, 10, tzinfo=UTC), zone=shanghai)]
    ['a_while']
    """
    today = now.astimezone(zone).date()
    tomorrow = today + timedelta(days=1)
    monday = today + timedelta(days=8 - today.isoweekday())
    found = {PutOff.TOMORROW: _morning(tomorrow, zone), PutOff.MONDAY: _morning(monday, zone)}
    if monday == tomorrow:
        del found[PutOff.MONDAY]
    found[PutOff.A_WHILE] = now + A_WHILE
    return {kind: until for kind, until in found.items() if due_at is None or until < due_at}


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MORNING, tzinfo=zone)
