"""Standings of any day: what is stored, and what is computed anew and stored nowhere."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sextant.engines.values import Light
from sextant.metrics.models import EvaluationRun, Metric
from sextant.metrics.queries import find_run_of, replay_standings, standings_of
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.metrics.tests.test_evaluate import make_goal_spec, run, weekly, write_specs
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

EARLIER, LATER = date(2026, 1, 11), date(2026, 1, 21)


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def person(db: None) -> Person:
    return make_person()


@pytest.fixture
def metric(person: Person) -> Metric:
    metric = make_metric(unit_label='万"元\\')
    ingest_rows(metric, weekly(person, [50, None, 35]))
    return metric


def test_an_earlier_day_is_replayed_without_touching_what_is_stored(person, metric, tmp_path):
    goals = [make_goal_spec(metric, person)]
    earlier = run(tmp_path, goals, as_of=EARLIER)
    run(tmp_path, goals, as_of=LATER)
    ingest_rows(metric, weekly(person, [500]))
    found = replay_standings(write_specs(tmp_path, goals), run=earlier)[1]
    assert (found.as_of, found.value, found.light, found.run_id) == (EARLIER, Decimal(50), Light.GREEN, earlier.id)
    assert standings_of([1])[1].as_of == LATER
    assert EvaluationRun.objects.count() == 2


def test_a_replayed_standing_equals_the_stored_one_of_the_same_day(person, metric, tmp_path):
    goals = [
        make_goal_spec(metric, person, stretch=Decimal(800)),
        make_goal_spec(metric, person, goal_id=2, base=None),
        make_goal_spec(metric, person, goal_id=3, from_on=date(2026, 2, 2)),
        make_goal_spec(metric, make_person(), goal_id=4),
    ]
    stored = run(tmp_path, goals, as_of=LATER)
    assert replay_standings(write_specs(tmp_path, goals), run=stored) == standings_of([1, 2, 3, 4])


def test_the_run_of_a_day_is_its_last_one(person, metric, tmp_path):
    goals = [make_goal_spec(metric, person)]
    runs = [run(tmp_path, goals, as_of=day) for day in (EARLIER, LATER, EARLIER)]
    assert find_run_of(EARLIER) == runs[2]
    assert find_run_of(date(2026, 1, 12)) is None
