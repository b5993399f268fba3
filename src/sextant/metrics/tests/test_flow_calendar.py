"""The company's calendar in the limits of flows: import a year of holidays, and work is due when people work."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sextant.foundation.access.contracts import Actor
from sextant.lowcode.models import FlowStep, FlowTimer, WorkItem
from sextant.lowcode.tests.flow_makers import approve, end, limit, make_flow, manager, say, stand_in, start
from sextant.metrics.actions.lights import import_calendar

YEAR = Path(__file__).parents[4] / "examples" / "calendar" / "china-2026.csv"


def shanghai(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.django_db
def test_limits_waits_and_due_days_count_by_the_company_calendar(monkeypatch, settings, django_assert_max_num_queries):
    stand_in(monkeypatch)
    pause = {"code": "pause", "kind": "wait", "span": {"amount": 2, "unit": "workday"}, "next": "z"}
    eve = shanghai("2026-02-14 16:00").astimezone(UTC)
    asks = approve("ask", manager(), limits=[limit("late", 1, "workday")], then="pause")
    make_flow([asks, pause, end()], now=eve)

    before = start(now=eve)  # nobody keeps a calendar yet: Saturday, and Monday is worked
    assert FlowStep.objects.get(instance_id=before).due_at == shanghai("2026-02-17 00:00")

    import_calendar(YEAR, code="company", weekdays=None, actor=Actor.system("test"), now=eve)
    run_id = start(now=eve)
    step = FlowStep.objects.get(instance_id=run_id)
    assert step.due_at == FlowTimer.objects.get(instance_id=run_id).due_at == shanghai("2026-02-24 16:00")
    assert WorkItem.objects.get(subject_id=step.pk).due_at == step.due_at
    # what was promised before stays promised
    assert FlowStep.objects.get(instance_id=before).due_at == shanghai("2026-02-17 00:00")

    with django_assert_max_num_queries(8 + 2):  # two are the savepoint of the test's own transaction
        say(2, run_id=run_id, now=shanghai("2026-02-26 09:30").astimezone(UTC))
    assert FlowTimer.objects.get(instance_id=run_id).due_at == shanghai("2026-02-28 09:30")

    # where clocks change in the night, a working day later is the same time of day, and an hour an hour
    berlin = ZoneInfo("Europe/Berlin")
    settings.SEXTANT_ZONE = berlin
    friday = datetime(2026, 3, 27, 17, 0, tzinfo=berlin).astimezone(UTC)
    step = FlowStep.objects.get(instance_id=start(now=friday))
    assert step.due_at == datetime(2026, 3, 30, 17, 0, tzinfo=berlin)
    assert (step.due_at - friday).total_seconds() == 71 * 3600
