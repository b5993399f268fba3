"""A CRM export that nobody here wrote, through the shipped example mapping, against plain SQL over the same file."""

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sextant.foundation.access.contracts import Actor
from sextant.foundation.tabular import read_table
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.mapping import load_mapping
from sextant.metrics.models import Batch
from sextant.metrics.queries import find_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

CHECKOUT = Path(__file__).resolve().parents[4]
PIPELINE = CHECKOUT.parent / "shared" / "data" / "crm" / "sales_pipeline.csv"
TEAMS = PIPELINE.with_name("sales_teams.csv")
MAPPING = CHECKOUT / "examples" / "crm" / "metrics.yaml"
NOW = datetime(2018, 1, 2, 9, 0, tzinfo=UTC)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not PIPELINE.is_file(), reason="the CRM export is not here"),
]


@pytest.fixture
def agents(db: None) -> dict[str, Person]:
    return {
        str(row.cells["sales_agent"]): make_person(str(row.cells["sales_agent"])) for row in read_table(TEAMS).rows()
    }


@pytest.fixture
def batch(agents: dict[str, Person]) -> Batch:
    report = ingest_file(PIPELINE, mapping=load_mapping(MAPPING), actor=Actor.system("test"), now=NOW)
    assert report.batch is not None
    return Batch.objects.get(pk=report.batch)


def per_agent_and_quarter(code: str, expression: str) -> dict[tuple[int, date], Decimal]:
    metric = find_metric(code)
    assert metric is not None
    with open_engine() as connection:
        ledger.relation(connection, metric_ids=[metric.id]).create_view("measurements")
        found = connection.execute(
            f"SELECT subject_id, date_trunc('quarter', day)::DATE, {expression} FROM measurements GROUP BY ALL"
        ).fetchall()
    return {(subject, quarter): value for subject, quarter, value in found}


def from_the_file(agents: dict[str, Person], day: str, where: str, expression: str) -> dict[tuple[int, date], Decimal]:
    with open_engine(files=[PIPELINE]) as connection:
        found = connection.execute(
            f"SELECT sales_agent, date_trunc('quarter', {day}::DATE)::DATE, {expression}"
            f" FROM read_csv('{PIPELINE}', all_varchar = true) WHERE {where} GROUP BY ALL"
        ).fetchall()
    return {(agents[name].pk, quarter): value for name, quarter, value in found}


def test_every_row_is_accounted_for_and_open_deals_are_no_errors(batch: Batch) -> None:
    assert (batch.rows_read, batch.rows_accepted, batch.rows_quarantined, batch.skipped) == (8800, 8300, 0, 500)
    assert batch.accepted == 4238 * 3 + (4238 + 2473) + 8300
    assert (batch.first_on, batch.last_on) == (date(2016, 10, 20), date(2017, 12, 31))
    assert batch.quarantined == 0 and not batch.has_corrections


@pytest.mark.parametrize(
    ("code", "ours", "day", "where", "theirs"),
    [
        ("crm.won_value", "sum(value)", "close_date", "deal_stage = 'Won'", "sum(close_value::DECIMAL(28, 6))"),
        ("crm.won_deals", "count(*)", "close_date", "deal_stage = 'Won'", "count(*)"),
        (
            "crm.win_rate",
            "sum(value) || '/' || sum(denominator)",
            "close_date",
            "deal_stage IN ('Won', 'Lost')",
            "count(*) FILTER (deal_stage = 'Won') || '.000000/' || count(*) || '.000000'",
        ),
        (
            "crm.days_to_close",
            "sum(value)",
            "close_date",
            "deal_stage = 'Won'",
            "sum(close_date::DATE - engage_date::DATE)",
        ),
        ("crm.engagements", "count(*)", "engage_date", "deal_stage <> 'Prospecting'", "count(*)"),
    ],
)
def test_totals_per_agent_and_quarter_equal_plain_sql_over_the_file(
    batch: Batch, agents: dict[str, Person], code: str, ours: str, day: str, where: str, theirs: str
) -> None:
    found = per_agent_and_quarter(code, ours)
    assert found == from_the_file(agents, day, where, theirs)
    assert len(found) > 100


def test_delivered_again_it_adds_nothing(batch: Batch) -> None:
    version = ledger.current_version()
    again = ingest_file(PIPELINE, mapping=load_mapping(MAPPING), actor=Actor.system("test"), now=NOW)
    assert (again.batch, again.accepted, again.already_known) == (batch.pk, 0, True)
    assert ledger.current_version() == version


def test_it_takes_well_under_two_seconds(agents: dict[str, Person]) -> None:
    started = time.perf_counter()
    ingest_file(PIPELINE, mapping=load_mapping(MAPPING), actor=Actor.system("test"), now=NOW)
    assert time.perf_counter() - started < 5  # 0.6 s on an idle machine; a loaded one gets its margin
