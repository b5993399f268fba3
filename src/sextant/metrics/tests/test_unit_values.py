"""Roll-ups over units: SQL and the pure engine agree; nobody counts twice."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sextant.engines.evaluation import Aggregation, Direction, Measurement
from sextant.engines.evaluation.aggregate import tally
from sextant.engines.evaluation.exact import from_micro
from sextant.engines.rollup import Part, RollUp, default_of, roll_up
from sextant.metrics.queries.unit_values import roll_up_units
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.models import Post
from sextant.people.tests.makers import make_person, make_unit

DAY = date(2026, 2, 2)
PERIOD = {"from_on": date(2026, 2, 1), "until_on": date(2026, 3, 1), "on": date(2026, 2, 28)}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.SEXTANT_HOME = tmp_path
    return tmp_path


def rolled(metric, units, *, way: RollUp = RollUp.SUM, aggregation: Aggregation = Aggregation.SUM):
    found = roll_up_units(
        metric.pk,
        aggregation=aggregation,
        direction=Direction.HIGHER,
        way=way,
        unit_ids=[unit.pk for unit in units],
        **PERIOD,
    )
    return [(found[unit.pk].value, found[unit.pk].parts) for unit in units]


def test_a_unit_has_what_its_people_have_and_one_without_data_has_nothing() -> None:
    company = make_unit()
    one, two, empty = (make_unit(parent=company) for _ in range(3))
    below = make_unit(parent=one)
    metric = make_metric()
    ingest_rows(
        metric,
        [(make_person(unit=one), DAY, 3), (make_person(unit=below), DAY, 4), (make_person(unit=two), DAY, 10)],
    )
    assert rolled(metric, [company, one, below, two, empty]) == [(17, 3), (7, 2), (4, 1), (10, 1), (None, 0)]


def test_somebody_with_two_posts_below_a_unit_counts_once() -> None:
    company = make_unit()
    one, two = make_unit(parent=company), make_unit(parent=company)
    person = make_person(unit=one)
    Post.objects.create(person=person, unit=two, is_primary=False, valid_from=date(2020, 1, 1))
    metric = make_metric()
    ingest_rows(metric, [(person, DAY, 3)])
    assert rolled(metric, [company, one, two]) == [(3, 1), (3, 1), (3, 1)]


def test_a_measured_unit_stands_for_everything_below_it() -> None:
    company = make_unit()
    shop, office = make_unit(parent=company), make_unit(parent=company)
    team = make_unit(parent=shop)
    metric = make_metric()
    ingest_rows(
        metric,
        [(shop, DAY, 100), (team, DAY, 60), (make_person(unit=team), DAY, 5), (make_person(unit=office), DAY, 7)],
    )
    assert rolled(metric, [company, shop, team, office]) == [(107, 2), (100, 1), (60, 1), (7, 1)]


amounts = st.decimals("-9999.999999", "9999.999999", places=6)
measured = st.lists(st.tuples(st.integers(0, 3), amounts, amounts), min_size=1, max_size=10)


@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=measured, aggregation=st.sampled_from(Aggregation))
def test_sql_and_the_pure_engine_agree_to_the_last_digit(rows: list[tuple], aggregation: Aggregation) -> None:
    unit = make_unit()
    people = [make_person(unit=unit) for _ in range(4)]
    metric = make_metric(aggregation=aggregation.value)
    is_ratio = aggregation is Aggregation.RATIO
    ingest_rows(metric, [(people[who], DAY, (value, under) if is_ratio else value) for who, value, under in rows])
    parts = []
    for who in {row[0] for row in rows}:
        own = [
            Measurement(DAY, value, under if is_ratio else None, 1, row)
            for row, (one, value, under) in enumerate(rows, start=2)
            if one == who
        ]
        total = tally(own)
        parts.append(
            Part(total.value(aggregation), len(own), from_micro(total.numerator), from_micro(total.denominator))
        )
    for way in {default_of(aggregation), RollUp.MEAN, RollUp.WEIGHTED, RollUp.WORST}:
        ((found, count),) = rolled(metric, [unit], way=way, aggregation=aggregation)
        assert found == roll_up(parts, by=way), way
        assert count == sum(1 for part in parts if part.value is not None)


def test_each_way_says_what_follows_from_the_aggregation() -> None:
    assert [default_of(aggregation).value for aggregation in Aggregation] == ["sum", "sum", "weighted", "mean", "ratio"]
    assert roll_up([], by=RollUp.SUM) is None
    assert roll_up([Part(Decimal(3))], by=RollUp.WORST, direction=Direction.RANGE) is None
