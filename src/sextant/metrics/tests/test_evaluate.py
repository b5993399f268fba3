"""Evaluation runs: from the ledger to standings, with a run that can be replayed."""

import csv
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from sextant.engines.evaluation import GoalSpec, Measurement, digest, evaluate
from sextant.engines.evaluation.sql import GOAL_COLUMNS
from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.metrics.actions import run_evaluation
from sextant.metrics.contracts import RunRow, SubjectKind
from sextant.metrics.evaluation_inputs import metric_specs, setting_of
from sextant.metrics.models import EvaluationRun, Metric, Standing
from sextant.metrics.queries import find_latest_run, goal_ids_by_light, list_runs, standings_of
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

NOW = datetime(2026, 2, 1, 8, tzinfo=UTC)
MONDAY = date(2026, 1, 5)
QUARTER_END = date(2026, 4, 6)
HR = Actor(1, 1, frozenset({Role.HR}), "hr")


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def person(db: None) -> Person:
    return make_person()


def make_goal_spec(
    metric: Metric, person: Person, *, goal_id: int = 1, base: str | None = "650", **changes
) -> GoalSpec:
    fields = {"from_on": MONDAY, "until_on": QUARTER_END, "weight": Decimal(10), **changes}
    return GoalSpec(
        goal_id=goal_id,
        metric_id=metric.pk,
        subject_kind=SubjectKind.PERSON,
        subject_id=person.pk,
        base=None if base is None else Decimal(base),
        **fields,
    )


def write_specs(folder: Path, goals: Iterable[GoalSpec]) -> Path:
    path = folder / "goals.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(GOAL_COLUMNS)
        for goal in goals:
            fields = (getattr(goal, name) for name in GOAL_COLUMNS)
            writer.writerow(["" if field is None else getattr(field, "value", field) for field in fields])
    return path


def run(folder: Path, goals: Iterable[GoalSpec], *, as_of: date, **changes) -> RunRow:
    return run_evaluation(write_specs(folder, goals), **{"actor": HR, "now": NOW, "as_of": as_of, **changes})


def weekly(person: Person, values: Iterable[int | None], *, first: date = MONDAY) -> list[tuple[Person, date, int]]:
    """A value on the Friday of each week; None leaves a gap."""
    fridays = (first + timedelta(days=4 + 7 * week) for week in range(60))
    return [(person, day, value) for day, value in zip(fridays, values, strict=False) if value is not None]


def test_a_run_stores_where_goals_stand_and_what_decided_it(person, tmp_path):
    metric = make_metric(decimals=0)
    batch = ingest_rows(metric, weekly(person, [50, 35]))
    result = run(tmp_path, [make_goal_spec(metric, person)], as_of=date(2026, 1, 21))
    assert (result.goals, result.green, result.yellow, result.red, result.none) == (1, 0, 1, 0, 0)
    standing = standings_of([1])[1]
    assert (standing.value, standing.expected) == (Decimal(85), Decimal(130))
    assert (standing.attainment, standing.completion) == (Decimal("0.130769"), Decimal("0.653846"))
    assert standing.light is Light.YELLOW
    assert standing.reason == "到 2026-01-21 应达 130 万元，实际 85 万元，完成率 65.4%，低于 70%。"
    assert [week.light for week in standing.weeks] == [Light.GREEN, Light.GREEN, Light.YELLOW]
    stored = EvaluationRun.objects.get(id=result.id)
    assert stored.ledger_version == batch.ledger_version
    assert stored.definition_versions == {"metrics": {str(metric.pk): 1}, "thresholds": 1, "rules": []}
    assert stored.calendar_version.startswith("5-day:")
    assert stored.engine_version and stored.code_version
    entry = AuditEntry.objects.get(verb="run_evaluation")
    assert entry.object_id == str(result.id)
    assert entry.changes["digest"] == result.digest


def test_the_digest_of_a_run_is_that_of_the_row_path(person, tmp_path):
    metric = make_metric(unit_label='万"元\\', decimals=1)
    days = weekly(person, [50, 35, None, 10, 80])
    ingest_rows(metric, days)
    goals = [
        make_goal_spec(metric, person, goal_id=3, stretch=Decimal(700)),
        make_goal_spec(metric, person, goal_id=1, base=None),
        make_goal_spec(metric, person, goal_id=2, base="5000000000000"),
        make_goal_spec(metric, person, goal_id=4, from_on=date(2026, 2, 20)),
    ]
    as_of = date(2026, 2, 15)
    result = run(tmp_path, goals, as_of=as_of)
    setting = setting_of(as_of)
    [spec] = metric_specs([metric.pk])
    measurements = [Measurement(day, Decimal(value)) for _, day, value in days]
    alone = [
        evaluate(
            goal, measurements, metric=spec, on=as_of, calendar=setting.calendar, thresholds=setting.thresholds
        ).value
        for goal in goals
    ]
    assert result.digest == digest(alone)
    assert result.goals == 4


def test_the_same_inputs_give_the_same_digest_and_another_value_another(person, tmp_path):
    metric = make_metric()
    ingest_rows(metric, weekly(person, [50, 35]))
    goals = [make_goal_spec(metric, person)]
    first, second = (run(tmp_path, goals, as_of=date(2026, 1, 21)) for _ in range(2))
    ingest_rows(metric, weekly(person, [1]))
    third = run(tmp_path, goals, as_of=date(2026, 1, 21))
    assert first.digest == second.digest != third.digest
    assert [row.id for row in list_runs(10, 0)] == [third.id, second.id, first.id]


def test_a_corrected_record_counts_once_with_its_latest_value(person, tmp_path):
    metric = make_metric()
    ingest_rows(metric, [(person, date(2026, 1, 9), 60)], record="OP-1")
    ingest_rows(metric, [(person, date(2026, 1, 9), 50)], record="OP-1", has_corrections=True)
    run(tmp_path, [make_goal_spec(metric, person)], as_of=date(2026, 1, 11))
    assert standings_of([1])[1].value == Decimal(50)


def test_a_run_of_an_earlier_day_is_recorded_and_leaves_newer_standings_alone(person, tmp_path):
    metric = make_metric()
    ingest_rows(metric, weekly(person, [50, 35]))
    goals = [make_goal_spec(metric, person)]
    later = run(tmp_path, goals, as_of=date(2026, 1, 21))
    earlier = run(tmp_path, goals, as_of=date(2026, 1, 11))
    assert standings_of([1])[1].as_of == date(2026, 1, 21)
    assert standings_of([1])[1].run_id == later.id
    assert earlier.green == 1
    assert find_latest_run().id == later.id


def test_a_goal_whose_metric_is_unknown_gets_no_standing(person, tmp_path):
    metric = make_metric()
    stray = make_goal_spec(metric, person, goal_id=2)
    metric_gone = GoalSpec(**{name: getattr(stray, name) for name in stray.__slots__} | {"metric_id": metric.pk + 999})
    result = run(tmp_path, [make_goal_spec(metric, person), metric_gone], as_of=date(2026, 1, 21))
    assert result.goals == 1
    assert set(standings_of([1, 2])) == {1}


def test_no_goals_at_all_is_a_run_of_nothing(db, tmp_path):
    result = run(tmp_path, [], as_of=date(2026, 1, 21))
    assert result.goals == 0
    assert Standing.objects.count() == 0


def test_goals_are_chosen_by_their_light(person, tmp_path):
    metric = make_metric()
    ingest_rows(metric, weekly(person, [50, 35]))
    goals = [make_goal_spec(metric, person, goal_id=7), make_goal_spec(metric, person, goal_id=8, base="60")]
    run(tmp_path, goals, as_of=date(2026, 1, 21))
    assert set(goal_ids_by_light([Light.YELLOW])) == {7}
    assert set(goal_ids_by_light([Light.YELLOW, Light.GREEN])) == {7, 8}


def test_progress_hears_of_every_goal(person, tmp_path):
    metric = make_metric()
    heard: list[int] = []
    goals = [make_goal_spec(metric, person, goal_id=number) for number in range(1, 6)]
    run(tmp_path, goals, as_of=date(2026, 1, 21), progress=heard.append)
    assert sum(heard) == 5


def test_an_employee_may_not_start_a_run(person, tmp_path):
    with pytest.raises(AccessDenied):
        run(tmp_path, [], as_of=MONDAY, actor=Actor(2, person.pk, frozenset({Role.EMPLOYEE}), "cy"))
    assert EvaluationRun.objects.count() == 0


def test_reading_standings_takes_one_query(person, tmp_path, django_assert_num_queries):
    metric = make_metric()
    ingest_rows(metric, weekly(person, [50]))
    run(tmp_path, [make_goal_spec(metric, person, goal_id=number) for number in range(1, 40)], as_of=date(2026, 1, 11))
    with django_assert_num_queries(1):
        assert len(standings_of(range(1, 40))) == 39


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_leave_the_standings_of_one_of_them_whole(tmp_path):
    person, metric = make_person(), make_metric()
    ingest_rows(metric, weekly(person, [50, 35, 80]))
    goals = [make_goal_spec(metric, person, goal_id=number, base=str(100 + number)) for number in range(1, 200)]
    days = [date(2026, 1, 21), date(2026, 1, 28), date(2026, 1, 14), date(2026, 1, 25)]
    folders = [tmp_path / str(number) for number in range(len(days))]
    for folder in folders:
        folder.mkdir()

    def start(folder: Path, day: date) -> RunRow:
        try:
            return run(folder, goals, as_of=day)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(days)) as pool:
        runs = list(pool.map(start, folders, days))
    newest = max(runs, key=lambda row: row.as_of)
    assert {(row.run_id, row.as_of) for row in Standing.objects.all()} == {(newest.id, date(2026, 1, 28))}
    assert Standing.objects.count() == 199
    assert run(folders[0], goals, as_of=days[0]).digest == runs[0].digest


def test_a_year_of_weeks_is_remembered_up_to_twenty_six(person, tmp_path):
    metric = make_metric(freshness_days=400)
    ingest_rows(metric, weekly(person, [10] * 50))
    goal = make_goal_spec(metric, person, from_on=date(2026, 1, 1), until_on=date(2027, 1, 1), base="520")
    run(tmp_path, [goal], as_of=date(2026, 12, 9))
    weeks = standings_of([1])[1].weeks
    assert len(weeks) == 26
    assert weeks[-1].ends_on == date(2026, 12, 13)
    assert weeks[0].value == Decimal(240)
