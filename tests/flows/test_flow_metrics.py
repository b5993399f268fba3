"""From a flow to a light: what people answer, and how late, becomes measurements, and the standing of a goal."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sextant.foundation.access.contracts import Actor
from sextant.goals.actions import evaluate_goals
from sextant.goals.tests.makers import make_cycle, make_goal
from sextant.lowcode.actions.flow_starting import start_flow
from sextant.lowcode.actions.flows import answer_work
from sextant.lowcode.contracts.flows import NewInstance
from sextant.lowcode.contracts.work import Decision
from sextant.lowcode.models import FlowStep, WorkItem
from sextant.lowcode.tests.flow_makers import approve, end, limit, make_flow, manager
from sextant.metrics.actions.connector_runs import run_connector
from sextant.metrics.actions.connectors import save_connector
from sextant.metrics.connectors.contracts import RunState, Trigger
from sextant.metrics.connectors.examples import example_of
from sextant.metrics.connectors.opening import Surroundings
from sextant.metrics.connectors.web import Clock
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import Metric
from sextant.metrics.queries import standings_of
from sextant.people.tests.makers import make_line, make_person

SYSTEM = Actor.system("test")
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def hours(number):
    return MONDAY + timedelta(hours=number)


@pytest.mark.django_db
def test_answers_become_measurements_once_and_the_goal_turns_by_them(tmp_path: Path, settings) -> None:
    settings.SEXTANT_HOME = tmp_path
    boss, clerk = make_person("何书瑶"), make_person("许念安")
    make_line(clerk, boss)
    steps = [approve("ask", manager(), limits=[limit("late", 4)]), end()]
    make_flow(steps, code="goal_adjustment", now=MONDAY - timedelta(days=1))
    runs = [
        start_flow("goal_adjustment", NewInstance(title=f"第 {n} 个", about_id=clerk.pk), actor=SYSTEM, now=MONDAY)
        for n in range(4)
    ]

    def answer(run_id, after):
        item = WorkItem.objects.get(subject_id__in=FlowStep.objects.filter(instance_id=run_id), closed_at=None)
        actor = Actor(None, boss.pk, SYSTEM.roles, boss.name)
        answer_work(item.pk, decision=Decision.AGREE, actor=actor, now=hours(after))

    answer(runs[0], 1)
    answer(runs[1], 2)
    answer(runs[2], 9)

    around = Surroundings(set(), tmp_path, tmp_path / "tmp", Clock(sleep=lambda _: None))
    saved = save_connector(example_of("flows"), actor=SYSTEM, now=hours(10))

    def take(after):
        return run_connector(saved.id, trigger=Trigger.PERSON, actor=SYSTEM, now=hours(after), around=around)

    def measured(code):
        metric_id = Metric.objects.get(code=code).pk
        with open_engine() as connection:
            rows = ledger.relation(connection, metric_ids=[metric_id]).aggregate(
                "sum(value), sum(denominator), count(*)"
            )
            return rows.fetchall()[0]

    first = take(10)
    assert (first.state, first.rows_read, first.quarantined) == (RunState.DONE, 4, 0)
    assert measured("flow.response_hours") == (Decimal(12), None, 3)
    assert measured("flow.overdue") == (Decimal(2), Decimal(4), 4)  # answered late, and not answered yet
    assert take(10).state is RunState.UNCHANGED

    # answered days later: the record is the same, its lateness stays on the day of its limit
    answer(runs[3], 50)
    assert take(51).state is RunState.DONE
    assert measured("flow.response_hours") == (Decimal(62), None, 4)
    assert measured("flow.overdue") == (Decimal(2), Decimal(4), 4)

    cycle = make_cycle("2026Q1")
    fast, punctual = (
        make_goal(owner=boss, metric=Metric.objects.get(code=code), cycle=cycle, base=target, start=None, stretch=None)
        for code, target in (("flow.response_hours", Decimal(4)), ("flow.overdue", Decimal("0.05")))
    )
    evaluate_goals(actor=SYSTEM, now=hours(60), as_of=date(2026, 3, 4))
    standings = standings_of([fast.pk, punctual.pk])
    assert (standings[fast.pk].value, standings[punctual.pk].value) == (Decimal("15.5"), Decimal("0.5"))
    assert {one.light.value for one in standings.values()} == {"red"}
