"""When a connector runs next."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from croniter import croniter

from sextant.metrics.connectors.document import ConnectorDocument


def next_due(document: ConnectorDocument, *, after: datetime) -> datetime | None:
    """The first moment (UTC) later than `after` at which the schedule holds; None without one, or when switched off.

    The schedule is meant in its own time zone: 06:15 stays 06:15 when the clocks change.

    >>> from sextant.metrics.connectors.tests.makers import make_document
    >>> document = make_document(schedule={"cron": "15 6 * * *", "zone": "Asia/Shanghai"})
    >>> next_due(document, after=datetime(2026, 1, 5, 0, 0, tzinfo=UTC)).isoformat()
    '2026-01-05T22:15:00+00:00'
    """
    if document.schedule is None or not document.enabled:
        return None
    local = after.astimezone(ZoneInfo(document.schedule.zone))
    following: datetime = croniter(document.schedule.cron, local).get_next(datetime)
    return following.astimezone(UTC)
