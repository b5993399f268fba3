"""A run that computes only what was touched gives exactly what a run over everything gives."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sextant.engines.evaluation import GoalSpec
from sextant.metrics import files
from sextant.metrics.contracts import RunRow
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import Batch, EvaluationRun, Metric, Standing
from sextant.metrics.queries.explain import _engine_standing
from sextant.metrics.queries.standings import standings_of
from sextant.metrics.runs.goals_file import GoalsFile
from sextant.metrics.runs.inputs import GOALS
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.metrics.tests.test_evaluate import MONDAY, make_goal_spec, run, weekly, write_specs
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

ON = date(2026, 1, 21)
PEOPLE = 5


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def people(db: None) -> list[Person]:
    return [make_person() for _ in range(PEOPLE)]


def goals_of(metrics: list[Metric], people: list[Person], **changes) -> list[GoalSpec]:
    pairs = [(metric, person) for metric in metrics for person in people]
    return [make_goal_spec(*pair, goal_id=number, **changes) for number, pair in enumerate(pairs, start=1)]


def evaluated(row: RunRow) -> int:
    return EvaluationRun.objects.get(id=row.id).evaluated


def rows() -> dict[int, str]:
    """What PostgreSQL holds, as canonical rows."""
    return {one.goal_id: _engine_standing(one).canonical_row() for one in Standing.objects.all()}


def assert_equals_a_whole_run(folder: Path, goals: list[GoalSpec], incremental: RunRow) -> None:
    stored = rows()
    whole = run(folder, goals, as_of=ON, whole=True)
    figures = ("goals", "green", "yellow", "red", "none", "digest")
    assert [getattr(incremental, name) for name in figures] == [getattr(whole, name) for name in figures]
    assert {goal.goal_id: stored[goal.goal_id] for goal in goals} == {g.goal_id: rows()[g.goal_id] for g in goals}


def test_a_batch_touches_the_goals_of_its_people_and_metrics_alone(people, tmp_path):
    metrics = [make_metric(), make_metric()]
    for metric in metrics:
        ingest_rows(metric, [row for person in people for row in weekly(person, [50, 35])])
    goals = goals_of(metrics, people)
    assert evaluated(run(tmp_path, goals, as_of=ON)) == len(goals)
    ingest_rows(metrics[0], [(people[0], date(2026, 1, 20), 500)])
    second = run(tmp_path, goals, as_of=ON)
    assert evaluated(second) == 1
    assert standings_of([1])[1].value == Decimal(585)
    assert_equals_a_whole_run(tmp_path, goals, second)


def test_nothing_changed_computes_nothing_and_has_the_same_digest(people, tmp_path):
    metric = make_metric()
    goals = goals_of([metric], people)
    first, second = run(tmp_path, goals, as_of=ON), run(tmp_path, goals, as_of=ON)
    assert (evaluated(second), second.digest, second.goals) == (0, first.digest, PEOPLE)
    assert EvaluationRun.objects.get(id=second.id).base_id == first.id


def test_another_day_computes_every_goal(people, tmp_path):
    goals = goals_of([make_metric()], people)
    run(tmp_path, goals, as_of=ON)
    assert evaluated(run(tmp_path, goals, as_of=ON + timedelta(days=1))) == PEOPLE


def test_a_changed_goal_a_new_one_and_one_that_left(people, tmp_path):
    metric = make_metric()
    ingest_rows(metric, [row for person in people for row in weekly(person, [50, 35])])
    goals = goals_of([metric], people)
    run(tmp_path, goals[:4], as_of=ON)
    changed = [make_goal_spec(metric, people[0], goal_id=1, base="50"), goals[1], goals[4]]
    second = run(tmp_path, changed, as_of=ON)
    assert (evaluated(second), second.goals) == (2, 3)
    assert_equals_a_whole_run(tmp_path, changed, second)


def test_a_changed_metric_touches_its_goals(people, tmp_path):
    metrics = [make_metric(), make_metric()]
    goals = goals_of(metrics, people)
    run(tmp_path, goals, as_of=ON)
    Metric.objects.filter(pk=metrics[1].pk).update(unit_label="件", version=2)
    second = run(tmp_path, goals, as_of=ON)
    assert evaluated(second) == PEOPLE
    assert_equals_a_whole_run(tmp_path, goals, second)


def test_a_record_that_moved_to_another_person_touches_both(people, tmp_path):
    metric = make_metric()
    ingest_rows(metric, [(people[0], date(2026, 1, 9), 60)], record="OP-1")
    goals = goals_of([metric], people)
    run(tmp_path, goals, as_of=ON)
    ingest_rows(metric, [(people[1], date(2026, 1, 9), 60)], record="OP-1", has_corrections=True)
    second = run(tmp_path, goals, as_of=ON)
    assert evaluated(second) == 2
    assert standings_of([1])[1].value is None
    assert_equals_a_whole_run(tmp_path, goals, second)


def test_compaction_touches_no_goal(people, tmp_path):
    metric = make_metric()
    for person in people:
        ingest_rows(metric, weekly(person, [50]))
    goals = goals_of([metric], people)
    run(tmp_path, goals, as_of=ON)
    ingest_rows(metric, weekly(people[2], [1]))
    ledger.compact()
    assert len(ledger.list_files()) == 1
    second = run(tmp_path, goals, as_of=ON)
    assert evaluated(second) == 1
    assert_equals_a_whole_run(tmp_path, goals, second)


@pytest.mark.parametrize("damage", ["cut short", "gone", "of another run"])
def test_an_index_that_does_not_give_the_digest_is_not_built_on(people, tmp_path, damage):
    metric = make_metric()
    goals = goals_of([metric], people)
    other = run(tmp_path, goals[:2], as_of=ON)
    first = run(tmp_path, goals, as_of=ON)
    path = files.path_of(EvaluationRun.objects.get(id=first.id).index_sha256)
    if damage == "gone":
        path.unlink()
    elif damage == "cut short":
        path.write_bytes(path.read_bytes()[:-20])
    else:
        path.write_bytes(files.path_of(EvaluationRun.objects.get(id=other.id).index_sha256).read_bytes())
    second = run(tmp_path, goals, as_of=ON)
    assert (evaluated(second), second.digest) == (PEOPLE, first.digest)


@pytest.mark.parametrize("damage", ["none", "changed", "gone"])
def test_goals_of_the_same_file_are_read_from_what_was_kept_of_them_only_while_that_is_sound(people, tmp_path, damage):
    goals = goals_of([make_metric()], people)
    first = run(tmp_path, goals, as_of=ON)
    kept = EvaluationRun.objects.get(id=first.id).inputs["tables"][GOALS]
    if damage == "changed":
        path = files.path_of(kept)
        path.write_bytes(path.read_bytes().replace(b"parallel", b"ladder__"))
    elif damage == "gone":
        files.path_of(kept).unlink()
    assert GoalsFile.of(write_specs(tmp_path, goals)).kept == (kept if damage == "none" else None)
    again = run(tmp_path, goals, as_of=ON, whole=True)
    assert (again.digest, evaluated(again)) == (first.digest, PEOPLE)
    assert EvaluationRun.objects.get(id=again.id).inputs["tables"][GOALS] == kept
    assert GoalsFile.of(write_specs(tmp_path, goals[1:])).kept is None


_days = st.integers(0, 30).map(lambda days: MONDAY + timedelta(days=days))
_rows = st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, 1), _days, st.integers(-50, 200)), max_size=6)
_step = st.tuples(_rows, st.sampled_from(["", "OP-1", "OP-2"]), st.booleans(), st.integers(0, 9), st.integers(60, 900))


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_step, min_size=1, max_size=3))
def test_any_sequence_of_deliveries_corrections_and_new_targets_ends_as_a_whole_run_does(people, settings, steps):
    folder = Path(mkdtemp(dir=settings.SEXTANT_HOME.parent))
    settings.SEXTANT_HOME = folder
    Batch.objects.all().delete()  # of the example before, whose ledger was another
    metrics = [make_metric(), make_metric(aggregation="mean")]
    goals = goals_of(metrics, people)
    run(folder, goals, as_of=ON)
    for delivered, record, merge, place, base in steps:
        for metric in metrics:
            mine = [(people[who], day, value) for who, which, day, value in delivered if metrics[which] == metric]
            if record:
                ingest_rows(metric, mine[:1], record=record, has_corrections=True)
            elif mine:
                ingest_rows(metric, mine)
        if merge:
            ledger.compact()
        goals[place] = make_goal_spec(
            metrics[place // PEOPLE], people[place % PEOPLE], goal_id=place + 1, base=str(base)
        )
        assert_equals_a_whole_run(folder, goals, run(folder, goals, as_of=ON))
