"""`light.changed` is published with the change, for any number of goals at once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor
from sextant.foundation.events.models import Event, Telling
from sextant.goals.actions import clear_manual_light, evaluate_goals, set_manual_light
from sextant.goals.actions.light_news import tell_run
from sextant.goals.actions.record import record_measurement
from sextant.goals.tests.makers import make_goal, make_run
from sextant.metrics.models import LightChange
from sextant.metrics.tests.makers import make_metric
from sextant.people.tests.makers import make_person, make_unit

pytestmark = pytest.mark.django_db

TODAY = date(2026, 1, 10)
NOW = datetime(2026, 1, 10, 1, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")


def changed(run: object, goal_id: int, *, to: Light = Light.RED) -> LightChange:
    return LightChange(
        goal_id=goal_id, run=run, as_of=TODAY, from_light="green", to_light=to.value, reason_code="light.red", at=NOW
    )


def told() -> list[tuple[int, dict[str, object]]]:
    return list(Event.objects.filter(code="light.changed").order_by("id").values_list("subject_id", "params"))


def test_a_run_tells_of_every_change_in_a_constant_number_of_statements() -> None:
    unit = make_unit("销售")
    person = make_person("员工", unit=unit)
    metric, run = make_metric(), make_run()
    goals = [make_goal(owner=owner, metric=metric, code=f"g{number}") for number, owner in enumerate((person, unit))]
    LightChange.objects.bulk_create(changed(run, goal.pk) for goal in goals)
    with CaptureQueriesContext(connection) as few:
        tell_run(run.pk, as_of=TODAY, actor=SYSTEM, now=NOW)
    first = {"goal_id": goals[0].pk, "person_id": person.pk, "unit_id": None, "before": "green", "after": "red"}
    assert told()[0] == (goals[0].pk, {**first, "day": "2026-01-10", "run_id": run.pk})
    assert told()[1][1]["unit_id"] == unit.pk
    assert Telling.objects.filter(event__code="light.changed", state="waiting", problem="").count() >= 2
    assert Event.objects.get(code="goals.evaluated").params == {"run_id": run.pk, "as_of": "2026-01-10"}

    many = make_run(as_of=TODAY)
    LightChange.objects.bulk_create(changed(many, goals[0].pk) for _ in range(3000))
    with CaptureQueriesContext(connection) as more:
        tell_run(many.pk, as_of=TODAY, actor=SYSTEM, now=NOW)
    assert len(told()) == 3002
    assert len(more) == len(few) <= 8
    tell_run(many.pk, as_of=TODAY - timedelta(days=8), actor=SYSTEM, now=NOW)
    assert len(told()) == 3002, "history is no news"


def test_lights_that_change_by_hand_are_told_too() -> None:
    unit = make_unit("销售")
    lead = make_person("主管", unit=unit, is_head=True)
    rep = make_person("员工", unit=unit, manager=lead)
    objective = make_goal(owner=rep, metric=None, code="objective")
    boss = Actor(1, lead.pk, SYSTEM.roles, "主管")
    days = {"from_on": TODAY, "until_on": date(2026, 1, 24), "actor": boss, "now": NOW, "today": TODAY}
    set_manual_light(goal_id=objective.pk, light=Light.RED, reason="客户停产", **days)
    set_manual_light(goal_id=objective.pk, light=Light.RED, reason="仍停产", **days)
    clear_manual_light(goal_id=objective.pk, actor=boss, now=NOW, today=TODAY)
    lights = [(params["before"], params["after"]) for _, params in told()]
    assert [after for _, after in lights][:1] == ["red"]
    assert len(lights) == 2, "the same light again is no change"
    assert lights[1][0] == "red"

    goal = make_goal(owner=rep, metric=make_metric(), code="calls", base=Decimal(100))
    evaluate_goals(actor=SYSTEM, now=NOW, as_of=TODAY)
    assert len(told()) == 2, "the first light of a goal is no change"
    record_measurement(goal.pk, day=TODAY, value=Decimal(100), actor=boss, now=NOW)
    assert told()[-1][0] == goal.pk
    assert told()[-1][1]["after"] == "green"
