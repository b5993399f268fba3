"""Opening cycles, creating goals, evaluating: what is kept, what is refused, what the trail says."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from sextant.engines.evaluation import DEFAULT_THRESHOLDS, Case
from sextant.engines.evaluation.progress import Course
from sextant.engines.evaluation.score import score
from sextant.engines.schedule import Elapsed
from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.goals.actions import GoalRefused, create_goal, evaluate_goals, open_cycle
from sextant.goals.contracts import GoalKind, NamedPeriod, Targets
from sextant.goals.models import Cycle, Goal, Plan, PlanTemplateVersion
from sextant.goals.policy import decide_period
from sextant.goals.queries import (
    find_current_cycle,
    find_cycle,
    list_goals_of_person,
    list_goals_of_unit,
    list_standings,
    spec_of,
    write_goal_specs,
)
from sextant.goals.tests.makers import make_cycle, make_goal
from sextant.goals.tests.plan_makers import make_template
from sextant.metrics.models import Metric
from sextant.metrics.queries import standings_of
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 2, 1, 1, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")
EMPLOYEE = Actor(1, 1, frozenset({Role.EMPLOYEE}), "员工")


@pytest.fixture
def anna() -> Person:
    return make_person("安娜")


@pytest.fixture
def metric() -> Metric:
    return make_metric()


@pytest.fixture
def cycle() -> Cycle:
    return make_cycle()


@pytest.fixture
def ledger(settings, tmp_path: Path) -> None:
    """A ledger of the test's own."""
    settings.SEXTANT_HOME = tmp_path


def _named(code: str) -> NamedPeriod:
    named = decide_period(code).value
    assert named is not None
    return named


def _create(cycle: Cycle, metric: Metric | None, owner: Person, *, actor: Actor = SYSTEM, **targets: object) -> int:
    return create_goal(
        code="G1",
        title="回款",
        kind=GoalKind.KPI,
        cycle_id=cycle.id,
        targets=Targets(**{"base": Decimal(100), **targets}),
        owner_person_id=owner.id,
        metric_id=metric.id if metric else None,
        actor=actor,
        now=NOW,
    )


def test_a_cycle_is_opened_once_and_found_by_its_days() -> None:
    first = open_cycle(_named("2026Q1"), actor=SYSTEM, now=NOW)
    again = open_cycle(_named("2026-01-01..2026-04-01"), name="冲刺季", actor=SYSTEM, now=NOW)
    assert first == again
    assert AuditEntry.objects.filter(verb="open_cycle").count() == 1


def test_an_employee_opens_no_cycle() -> None:
    with pytest.raises(AccessDenied):
        open_cycle(_named("2026Q1"), actor=EMPLOYEE, now=NOW)


def test_a_goal_is_created_over_its_cycle_and_leaves_a_trace(cycle: Cycle, metric: Metric, anna: Person) -> None:
    goal = Goal.objects.get(id=_create(cycle, metric, anna, stretch=Decimal(130)))
    assert (goal.base, goal.stretch, goal.from_on, goal.until_on) == (100, 130, cycle.from_on, cycle.until_on)
    assert AuditEntry.objects.get(verb="create_goal").object_id == str(goal.id)


def test_a_goal_that_cannot_be_judged_is_refused(cycle: Cycle, metric: Metric, anna: Person) -> None:
    with pytest.raises(GoalRefused) as refused:
        _create(cycle, metric, anna, base=Decimal(0))
    assert [problem.code for problem in refused.value.problems] == ["goal.base_zero"]
    assert not Goal.objects.exists()


def test_a_code_is_used_once(cycle: Cycle, metric: Metric, anna: Person) -> None:
    _create(cycle, metric, anna)
    with pytest.raises(GoalRefused) as refused:
        _create(cycle, make_metric(), anna)
    assert [problem.code for problem in refused.value.problems] == ["goals.code_taken"]


def test_an_employee_creates_no_goal(cycle: Cycle, metric: Metric, anna: Person) -> None:
    with pytest.raises(AccessDenied):
        _create(cycle, metric, anna, actor=EMPLOYEE)


def test_the_database_itself_refuses_a_second_goal_of_the_same_key(cycle: Cycle, metric: Metric, anna: Person) -> None:
    make_goal(owner=anna, metric=metric, cycle=cycle)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_goal(owner=anna, metric=metric, cycle=cycle)


def test_specs_hold_the_measured_goals_that_run(tmp_path: Path, cycle: Cycle, metric: Metric, anna: Person) -> None:
    unit = make_unit()
    own = make_goal(owner=anna, metric=metric, cycle=cycle, start=Decimal("-1.5"))
    shared = make_goal(owner=unit, metric=metric, cycle=cycle, stretch=None)
    make_goal(owner=unit, metric=None, cycle=cycle)
    make_goal(
        owner=anna,
        metric=make_metric(),
        cycle=make_cycle("2026Q2", from_on=date(2026, 4, 1), until_on=date(2026, 7, 1)),
    )
    file = tmp_path / "specs.csv"
    write_goal_specs(file, as_of=date(2026, 3, 31))
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["goal_id"], row["subject_kind"], row["subject_id"]) for row in rows] == [
        (str(own.id), "1", str(anna.id)),
        (str(shared.id), "2", str(unit.id)),
    ]
    assert (rows[0]["start"], rows[1]["stretch"]) == ("-1.500000", "")


def test_a_spec_of_one_goal_says_what_the_file_says(tmp_path: Path, cycle: Cycle, metric: Metric, anna: Person) -> None:
    goal = make_goal(owner=anna, metric=metric, cycle=cycle)
    spec = spec_of(goal.id)
    assert spec is not None
    file = tmp_path / "specs.csv"
    write_goal_specs(file, as_of=cycle.from_on)
    with file.open(encoding="utf-8", newline="") as lines:
        (row,) = csv.DictReader(lines)
    told = {name: getattr(spec, name) for name in row}
    assert {name: None if text == "" else text for name, text in row.items()} == {
        name: None if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
        for name, value in told.items()
    }
    assert spec_of(make_goal(owner=anna, metric=None, cycle=cycle).id) is None


def test_a_plan_says_what_base_and_stretch_count_for(
    tmp_path: Path, cycle: Cycle, metric: Metric, anna: Person
) -> None:
    version = PlanTemplateVersion.objects.get(template_id=make_template(base_share=50, stretch_share=50))
    dates = {"created_at": NOW, "updated_at": NOW}
    plan = Plan.objects.create(owner_person=anna, cycle=cycle, template_version=version, **dates)
    alone = make_goal(owner=anna, metric=metric, cycle=make_cycle("2026", until_on=date(2027, 1, 1)))
    planned = make_goal(owner=anna, metric=metric, cycle=cycle, plan=plan)
    spec = spec_of(planned.id)
    assert spec is not None and spec.shares(DEFAULT_THRESHOLDS) == (Decimal("0.5"), Decimal("0.5"))
    at_its_base = score(Course(spec, Case.GROW, Elapsed(1, 1)), Decimal(100), thresholds=DEFAULT_THRESHOLDS)
    assert at_its_base.points == Decimal("88.461538")  # 50 for the base, 50 · 100/130 for the way to the stretch
    write_goal_specs(tmp_path / "specs.csv", as_of=cycle.from_on)
    lines = {row["goal_id"]: row for row in csv.DictReader((tmp_path / "specs.csv").open(encoding="utf-8"))}
    assert [Decimal(lines[str(planned.id)][name]) for name in ("base_share", "stretch_share")] == [Decimal("0.5")] * 2
    assert lines[str(alone.id)]["base_share"] == "" and spec_of(alone.id).base_share is None


def test_an_evaluation_turns_measurements_into_lights(ledger: None, cycle: Cycle, metric: Metric, anna: Person) -> None:
    bob = make_person("鲍勃")
    fine = make_goal(owner=anna, metric=metric, cycle=cycle)
    slow = make_goal(owner=bob, metric=metric, cycle=cycle)
    days = [cycle.from_on + timedelta(days=7 * week) for week in range(5)]
    ingest_rows(metric, [(anna, day, 9) for day in days] + [(bob, day, 2) for day in days])
    run = evaluate_goals(actor=SYSTEM, now=NOW, as_of=date(2026, 2, 1))
    assert (run.goals, run.green, run.red) == (2, 1, 1)
    standings = standings_of([fine.id, slow.id])
    assert (standings[fine.id].light, standings[slow.id].light) == (Light.GREEN, Light.RED)
    rows = list_standings(as_of=date(2026, 2, 1))
    assert [(row.owner, row.value, row.light) for row in rows] == [("安娜", 45, "green"), ("鲍勃", 10, "red")]
    assert list_standings(as_of=date(2026, 2, 2)) == []


def test_standings_of_a_day_outlive_later_runs(ledger: None, cycle: Cycle, anna: Person) -> None:
    bob = make_person("鲍勃")
    metric = make_metric(unit_label='台"\\套\u2028')
    make_goal(owner=anna, metric=metric, cycle=cycle)
    make_goal(owner=bob, metric=metric, cycle=cycle)
    ingest_rows(metric, [(anna, cycle.from_on + timedelta(days=7 * week), 9) for week in range(5)])
    early, late = date(2026, 1, 18), date(2026, 2, 1)
    evaluate_goals(actor=SYSTEM, now=NOW, as_of=early)
    before = list_standings(as_of=early)
    evaluate_goals(actor=SYSTEM, now=NOW, as_of=late)
    # computed anew from what the early run read: neither later weeks nor later deliveries enter
    assert list_standings(as_of=early) == before
    assert [row.value for row in before] == [27, None]
    ingest_rows(metric, [(bob, cycle.from_on, 5)])
    assert list_standings(as_of=early) == before
    evaluate_goals(actor=SYSTEM, now=NOW, as_of=early)
    assert [row.value for row in list_standings(as_of=early)] == [27, 5]
    assert [row.value for row in list_standings(as_of=late)] == [45, None]


def test_the_same_evaluation_twice_gives_the_same_digest(
    ledger: None, cycle: Cycle, metric: Metric, anna: Person
) -> None:
    make_goal(owner=anna, metric=metric, cycle=cycle)
    ingest_rows(metric, [(anna, cycle.from_on, 9)])
    first, second = (evaluate_goals(actor=SYSTEM, now=NOW, as_of=date(2026, 2, 1)) for _ in range(2))
    assert first.digest == second.digest


def test_an_employee_starts_no_evaluation() -> None:
    with pytest.raises(AccessDenied):
        evaluate_goals(actor=EMPLOYEE, now=NOW, as_of=date(2026, 2, 1))


def test_goals_of_owners_come_heaviest_first(cycle: Cycle, metric: Metric, anna: Person) -> None:
    unit = make_unit()
    light, heavy = (make_goal(owner=anna, metric=make_metric(), cycle=cycle, weight=weight) for weight in (20, 80))
    shared = make_goal(owner=unit, metric=metric, cycle=cycle)
    assert [row.id for row in list_goals_of_person(anna.id, cycle_id=cycle.id)] == [heavy.id, light.id]
    assert [row.id for row in list_goals_of_unit(unit.id, cycle_id=cycle.id)] == [shared.id]


def test_the_current_cycle_is_the_shortest_that_runs_then_the_latest_begun_then_the_first_to_come() -> None:
    assert find_current_cycle(date(2026, 1, 1)) is None
    make_cycle("2026", from_on=date(2026, 1, 1), until_on=date(2027, 1, 1))
    quarter = make_cycle("2026Q2", from_on=date(2026, 4, 1), until_on=date(2026, 7, 1))
    days = {date(2026, 5, 1): "2026Q2", date(2026, 8, 1): "2026", date(2027, 5, 1): "2026", date(2025, 5, 1): "2026"}
    for day, code in days.items():
        current = find_current_cycle(day)
        assert current is not None
        assert current.code == code, day
    assert find_cycle("2026Q2").id == quarter.id
    assert find_cycle("2031Q1") is None
