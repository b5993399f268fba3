"""A factory's export that nobody here wrote: two date formats in one column, trailing blanks, teams as units."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sextant.foundation.access.contracts import Actor
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.mapping import load_mapping
from sextant.metrics.models import Batch
from sextant.metrics.queries import find_metric
from sextant.people.actions import import_people
from sextant.people.mapping import load_mapping as load_people_mapping
from sextant.people.models import Unit

CHECKOUT = Path(__file__).resolve().parents[4]
EXPORT = CHECKOUT.parent / "shared" / "data" / "garments" / "garments_worker_productivity.csv"
EXAMPLES = CHECKOUT / "examples" / "garments"
NOW = datetime(2015, 4, 1, 9, 0, tzinfo=UTC)
OPERATOR = Actor.system("test")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not EXPORT.is_file(), reason="the factory's export is not here"),
]


@pytest.fixture
def batch(db: None) -> Batch:
    people = load_people_mapping(EXAMPLES / "people.yaml")
    imported = import_people(EXAMPLES / "teams.csv", mapping=people, actor=OPERATOR, now=NOW)
    assert (imported.created, imported.rejected) == (12, ())
    report = ingest_file(EXPORT, mapping=load_mapping(EXAMPLES / "metrics.yaml"), actor=OPERATOR, now=NOW)
    return Batch.objects.get(pk=report.batch)


def test_every_team_day_is_taken_in_under_both_date_formats(batch: Batch) -> None:
    assert (batch.rows_read, batch.rows_accepted, batch.skipped) == (1197, 1197, 0)
    assert (batch.accepted, batch.quarantined) == (4 * 1197, 0)
    assert (batch.first_on, batch.last_on) == (date(2015, 1, 1), date(2015, 3, 11))


def test_sums_per_team_and_day_equal_plain_sql_over_the_file(batch: Batch) -> None:
    metric = find_metric("mes.attainment")
    assert metric is not None
    with open_engine(files=[EXPORT]) as connection:
        ledger.relation(connection, metric_ids=[metric.id]).create_view("measurements")
        ours = connection.execute(
            "SELECT subject_kind, subject_id, day, sum(value), sum(denominator) FROM measurements GROUP BY ALL"
        ).fetchall()
        theirs = connection.execute(
            "SELECT team, coalesce(try_strptime(date, '%m-%d-%Y'), strptime(date, '%m/%d/%Y'))::DATE,"
            " sum(CAST(actual_productivity::DECIMAL(28, 9) AS DECIMAL(28, 6))),"
            " sum(targeted_productivity::DECIMAL(28, 6))"
            f" FROM read_csv('{EXPORT}', all_varchar = true) GROUP BY ALL"
        ).fetchall()
    teams = {unit.code: unit.pk for unit in Unit.objects.filter(code__startswith="team-")}
    assert {(subject, day): (value, share) for _, subject, day, value, share in ours} == {
        (teams[f"team-{team}"], day): (value, share) for team, day, value, share in theirs
    }
    assert {kind for kind, *_ in ours} == {2}
    assert len(ours) > 600


def test_trailing_blanks_of_a_department_make_no_second_record(batch: Batch) -> None:
    metric = find_metric("mes.actual")
    assert metric is not None
    with open_engine() as connection:
        found = ledger.relation(connection, metric_ids=[metric.id])
        departments = found.project("split_part(record, '|', 2) AS department").distinct().fetchall()
        total = found.aggregate("sum(value)").fetchall()[0][0]
    assert sorted(departments) == [("finishing",), ("sewing",)]
    assert isinstance(total, Decimal) and total > 0
