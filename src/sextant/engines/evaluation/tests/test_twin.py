"""Row path = set path: the same goals and measurements give the same bytes in Python and in DuckDB."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sextant.engines.evaluation import digest, evaluate
from sextant.engines.evaluation.tests import strategies
from sextant.engines.evaluation.tests.set_path import canonical_rows, digest_of


@st.composite
def scenes(draw):
    scale = draw(strategies.SCALES)
    metrics = [draw(strategies.metrics(metric_id)) for metric_id in (1, 2, 3)]
    goals = [
        draw(strategies.goals(draw(st.sampled_from(metrics)), goal_id, scale))
        for goal_id in range(1, draw(st.integers(2, 13)))
    ]
    histories = {
        (metric.metric_id, 1, subject): draw(strategies.histories(scale)) for metric in metrics for subject in (1, 2)
    }
    on = strategies.ORIGIN + timedelta(days=draw(st.integers(0, 600)))
    return metrics, goals, histories, on, draw(strategies.CALENDARS), draw(strategies.THRESHOLDS)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenes(), st.sampled_from([1000, 3]))
def test_both_paths_give_the_same_rows_and_digest(scene, goals_at_once):
    metrics, goals, histories, on, calendar, thresholds = scene
    by_id = {metric.metric_id: metric for metric in metrics}
    one_by_one = [
        evaluate(
            goal,
            histories[(goal.metric_id, 1, goal.subject_id)],
            metric=by_id[goal.metric_id],
            on=on,
            calendar=calendar,
            thresholds=thresholds,
        ).value
        for goal in goals
    ]
    together = canonical_rows(
        goals, histories, metrics=metrics, on=on, calendar=calendar, thresholds=thresholds, goals_at_once=goals_at_once
    )
    expected = [standing.canonical_row() for standing in one_by_one]
    for mine, theirs in zip(together, expected, strict=True):
        assert mine.split("\t") == theirs.split("\t")
    assert digest_of(together) == digest(one_by_one)
