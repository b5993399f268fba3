"""One value by hand: kept once, seen at once, explained, and never lost or doubled on its way into the ledger."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.goals.actions import evaluate_goals
from sextant.goals.actions.record import record_measurement
from sextant.goals.jobs import follow_manual_values
from sextant.goals.queries import spec_of
from sextant.goals.tests.makers import make_goal
from sextant.metrics import manual
from sextant.metrics.actions.record import MeasurementRefused
from sextant.metrics.contracts import BatchState
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import Batch, ManualMeasurement
from sextant.metrics.queries import count_runs, explain, measurement_rows, standings_of
from sextant.metrics.queries.light_changes import list_light_changes
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.models import ReportingLine
from sextant.people.tests.makers import make_person

TODAY = date(2026, 1, 30)
NOW = datetime(2026, 1, 30, 4, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def owner(db: None):
    return make_person()


@pytest.fixture
def goal(owner):
    """Base 650 from January to March: on the 29th 40 of 650 is red."""
    metric = make_metric()
    ingest_rows(metric, [(owner, date(2026, 1, 23), 40)])
    goal = make_goal(owner=owner, metric=metric, base=Decimal(650), stretch=None)
    evaluate_goals(actor=SYSTEM, now=NOW - timedelta(days=1), as_of=date(2026, 1, 29))
    assert standings_of([goal.id])[goal.id].light is Light.RED
    return goal


def employee(person) -> Actor:
    return Actor(7, person.pk, frozenset({Role.EMPLOYEE}), "cy")


def say(goal, value, *, day=TODAY, actor=None, now=NOW):
    actor = actor or employee(goal.owner_person)
    return record_measurement(goal.id, day=day, value=Decimal(value), note="补报", actor=actor, now=now)


def test_a_value_counts_at_once_with_light_history_and_explanation(goal):
    # a value of the week before: a better light holds only over a week's end
    recorded = say(goal, 200, day=date(2026, 1, 22))
    standing = recorded.standings[goal.id]
    assert (standing.value, standing.light, standing.as_of) == (Decimal(240), Light.GREEN, TODAY)
    assert standings_of([goal.id])[goal.id] == standing
    [change] = list_light_changes(goal.id)
    assert (change.from_light, change.to_light) == (Light.RED, Light.GREEN)
    told = explain(spec_of(goal.id), as_of=TODAY)
    assert (told.value, told.is_reproduced, told.count) == (Decimal(240), True, 2)
    assert [row.source for row in told.measurements] == [manual.SOURCE, "CRM"]
    assert [row.value for row in measurement_rows(spec_of(goal.id), as_of=TODAY)] == [Decimal(200), Decimal(40)]


def test_rules_are_read_once_however_many_goals_a_value_moves(goal, owner):
    ends = (date(2026, 7, 1), date(2027, 1, 1))
    others = [make_goal(owner=owner, metric=goal.metric, until_on=end, stretch=None) for end in ends]
    evaluate_goals(actor=SYSTEM, now=NOW - timedelta(hours=9), as_of=date(2026, 1, 29))
    with CaptureQueriesContext(connection) as asked:
        recorded = say(goal, 200)
    assert recorded.standings.keys() == {goal.id, *(other.id for other in others)}
    assert sum("metrics_lightrules" in query["sql"] for query in asked.captured_queries) == 1


def test_a_second_value_for_the_day_takes_the_place_of_the_first_before_and_after_the_ledger(goal):
    say(goal, 200)
    assert say(goal, 100).standings[goal.id].value == Decimal(140)
    assert manual.flush(now=NOW) == 1
    assert say(goal, 300).standings[goal.id].value == Decimal(340)
    assert explain(spec_of(goal.id), as_of=TODAY).is_reproduced is True
    assert manual.flush(now=NOW + timedelta(minutes=1)) == 1
    evaluate_goals(actor=SYSTEM, now=NOW, as_of=TODAY, whole=True)
    assert standings_of([goal.id])[goal.id].value == Decimal(340)
    assert ManualMeasurement.objects.count() == 3


def test_an_evaluation_takes_waiting_values_along_and_agrees_with_what_was_shown(goal):
    shown = say(goal, 200).standings[goal.id]
    run = evaluate_goals(actor=SYSTEM, now=NOW, as_of=TODAY)
    after = standings_of([goal.id])[goal.id]
    assert (after.value, after.light, after.weeks) == (shown.value, shown.light, shown.weeks)
    assert after.run_id == run.id
    assert explain(spec_of(goal.id), as_of=TODAY).is_reproduced is True
    assert manual.flush(now=NOW) == 0


def test_what_was_shown_stays_explained_after_the_value_has_reached_the_ledger(goal):
    say(goal, 200)
    manual.flush(now=NOW)
    told = explain(spec_of(goal.id), as_of=TODAY)
    assert (told.value, told.is_reproduced, told.count) == (Decimal(240), True, 2)


@pytest.mark.parametrize("moment", ["before the ledger", "after the ledger"])
def test_a_crash_on_the_way_into_the_ledger_is_finished_once(goal, monkeypatch, moment):
    say(goal, 200)
    write = ledger.append

    def die(rows, *, batch):
        if moment == "after the ledger":
            write(rows, batch=batch)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(ledger, "append", die)
        manual.flush(now=NOW)
    assert explain(spec_of(goal.id), as_of=TODAY).value == Decimal(240)
    assert say(goal, 210, day=TODAY - timedelta(days=1)).standings[goal.id].value == Decimal(450)
    assert manual.flush(now=NOW + timedelta(minutes=1)) == 1
    assert set(Batch.objects.filter(source=manual.SOURCE).values_list("state", flat=True)) == {BatchState.DONE}
    evaluate_goals(actor=SYSTEM, now=NOW, as_of=TODAY, whole=True)
    assert standings_of([goal.id])[goal.id].value == Decimal(450)


def test_a_goal_that_no_run_has_looked_at_keeps_the_value_for_the_first_one(owner):
    goal = make_goal(owner=owner, metric=make_metric(), base=Decimal(650), stretch=None)
    assert say(goal, 5).standings == {}
    evaluate_goals(actor=SYSTEM, now=NOW, as_of=TODAY)
    assert standings_of([goal.id])[goal.id].value == Decimal(5)


@pytest.mark.parametrize(
    ("value", "day", "code"),
    [
        (1, date(2026, 1, 31), "record.day_ahead"),
        (1, date(2025, 12, 31), "record.day_outside"),
        ("NaN", TODAY, "record.too_large"),
    ],
)
def test_what_cannot_be_recorded_says_why_and_leaves_nothing(goal, value, day, code):
    with pytest.raises(MeasurementRefused) as caught:
        say(goal, value, day=day)
    assert caught.value.problem.code == code
    assert ManualMeasurement.objects.count() == 0


def test_the_line_may_record_and_nobody_else(goal, owner):
    manager, stranger = make_person(), make_person()
    ReportingLine.objects.create(person=owner, manager=manager, kind="solid", valid_from=date(2020, 1, 1))
    assert say(goal, 1, actor=employee(manager)).standings
    with pytest.raises(AccessDenied):
        say(goal, 1, actor=employee(stranger))
    with pytest.raises(AccessDenied):
        say(goal, 1, actor=Actor(9, stranger.pk, frozenset({Role.HR, Role.EMPLOYEE}), "hr"))


def test_the_job_moves_values_and_computes_what_met_a_running_evaluation(goal, monkeypatch):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    evaluate_goals(actor=SYSTEM, now=NOW, as_of=TODAY)
    monkeypatch.setattr("sextant.metrics.actions.record._evaluations_wait", lambda: False)
    assert say(goal, 200).standings == {}
    assert standings_of([goal.id])[goal.id].value == Decimal(40)
    follow_manual_values()
    assert standings_of([goal.id])[goal.id].value == Decimal(240)
    runs = count_runs()
    follow_manual_values()
    assert count_runs() == runs
