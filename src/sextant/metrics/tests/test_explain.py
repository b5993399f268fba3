"""Opening a light down to its rows: the explanation recomputes what was stored, from the version it was stored from."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sextant.engines.values import Light
from sextant.metrics.models import Metric, Standing
from sextant.metrics.queries import MetricUnknown, explain, measurement_rows
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.metrics.tests.test_evaluate import MONDAY, make_goal_spec, run, weekly
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

AS_OF = date(2026, 1, 21)


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def person(db: None) -> Person:
    return make_person()


@pytest.fixture
def metric(db: None) -> Metric:
    return make_metric()


def test_an_explanation_leads_from_the_light_to_batch_and_row(person, metric, tmp_path):
    first = ingest_rows(metric, weekly(person, [50]), source="CRM", filename="w1.csv")
    second = ingest_rows(metric, weekly(person, [35], first=date(2026, 1, 12)), source="ERP", filename="w2.csv")
    ingest_rows(metric, [(make_person(), MONDAY, 999)])
    goal = make_goal_spec(metric, person, stretch=Decimal(800))
    stored = run(tmp_path, [goal], as_of=AS_OF)
    found = explain(goal, as_of=AS_OF)
    assert found.light is Light.YELLOW
    assert found.reason == "到 2026-01-21 应达 130 万元，实际 85 万元，完成率 65.4%，低于 70%。"
    assert [(row.day, row.value, row.source, row.filename, row.row) for row in found.measurements] == [
        (date(2026, 1, 9), Decimal(50), "CRM", "w1.csv", 2),
        (date(2026, 1, 16), Decimal(35), "ERP", "w2.csv", 2),
    ]
    assert [(share.batch.id, share.measurements, share.total) for share in found.batches] == [
        (first.pk, 1, Decimal(50)),
        (second.pk, 1, Decimal(35)),
    ]
    assert [(week.own, week.so_far, week.light) for week in found.weeks] == [
        (Decimal(50), Decimal(50), Light.GREEN),
        (Decimal(35), Decimal(85), Light.GREEN),
        (None, Decimal(85), Light.YELLOW),
    ]
    assert found.run.id == stored.id
    assert found.is_reproduced is True
    assert "实际 = 2026-01-05 到 2026-01-21 的 2 条数据合计 = 85 万元" in found.lines
    assert "完成率 = 达成率 13.1% ÷ 应有进度 20% = 65.4%" in found.lines


def test_later_deliveries_do_not_disturb_the_explanation_of_a_stored_light(person, metric, tmp_path):
    ingest_rows(metric, weekly(person, [50, 35]))
    goal = make_goal_spec(metric, person)
    run(tmp_path, [goal], as_of=AS_OF)
    ingest_rows(metric, weekly(person, [500]))
    assert explain(goal, as_of=AS_OF).value == Decimal(85)
    assert explain(goal, as_of=AS_OF).is_reproduced is True


def test_another_day_is_computed_from_the_newest_data_without_being_stored(person, metric, tmp_path):
    ingest_rows(metric, weekly(person, [50, 35]))
    goal = make_goal_spec(metric, person)
    run(tmp_path, [goal], as_of=AS_OF)
    found = explain(goal, as_of=date(2026, 1, 11))
    assert (found.value, found.light, found.run, found.is_reproduced) == (Decimal(50), Light.GREEN, None, None)
    assert Standing.objects.get(goal_id=1).as_of == AS_OF


def test_a_stored_light_that_was_tampered_with_is_not_reproduced(person, metric, tmp_path):
    ingest_rows(metric, weekly(person, [50, 35]))
    goal = make_goal_spec(metric, person)
    run(tmp_path, [goal], as_of=AS_OF)
    Standing.objects.filter(goal_id=1).update(light="green")
    assert explain(goal, as_of=AS_OF).is_reproduced is False


def test_rows_are_paged_and_the_file_has_them_all(person, metric, tmp_path):
    ingest_rows(metric, [(person, date(2026, 1, 6), number) for number in range(120)])
    goal = make_goal_spec(metric, person)
    run(tmp_path, [goal], as_of=AS_OF)
    last = explain(goal, as_of=AS_OF, page=99)
    assert (last.count, last.pages, last.page, len(last.measurements)) == (120, 3, 3, 20)
    assert [row.value for row in explain(goal, as_of=AS_OF).measurements] == [Decimal(n) for n in range(50)]
    assert [row.value for row in measurement_rows(goal, as_of=AS_OF)] == [Decimal(n) for n in range(120)]


def test_a_goal_without_any_data_is_explained_in_grey(person, metric, tmp_path):
    goal = make_goal_spec(metric, person)
    found = explain(goal, as_of=AS_OF)
    assert (found.light, found.value, found.count, found.pages) == (Light.NONE, None, 0, 1)
    assert found.reason == "从 2026-01-05 到 2026-01-21 没有收到数据。"
    assert "2026-01-05 到 2026-01-21 没有可用的数据" in found.lines


def test_a_metric_that_is_gone_cannot_be_explained(person, metric):
    goal = make_goal_spec(metric, person)
    metric.delete()
    with pytest.raises(MetricUnknown):
        explain(goal, as_of=AS_OF)
