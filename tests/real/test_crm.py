"""A CRM export that nobody here wrote goes in and comes out as lights with reasons.

Expected figures come from plain SQL over the CSV files, never from the product.
"""

import csv
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from tests.real.conftest import ROOT, Command

pytestmark = pytest.mark.slow
PEOPLE_MAPPING = ROOT / "examples/crm/people.yaml"
METRICS_MAPPING = ROOT / "examples/crm/metrics.yaml"
QUARTERS = {
    "2017Q1": (date(2017, 1, 1), date(2017, 4, 1)),
    "2017Q2": (date(2017, 4, 1), date(2017, 7, 1)),
    "2017Q3": (date(2017, 7, 1), date(2017, 10, 1)),
    "2017Q4": (date(2017, 10, 1), date(2018, 1, 1)),
}


def won_by_agent(pipeline: Path, *, from_on: date, until_on: date) -> dict[str, Decimal]:
    """Won value per agent with a close date in [from, until), by plain SQL over the file."""
    rows = duckdb.execute(
        """
        select sales_agent, sum(cast(close_value as decimal(18, 2)))
        from read_csv(?, all_varchar = true)
        where deal_stage = 'Won' and close_date >= ? and close_date < ?
        group by sales_agent
        """,
        [str(pipeline), from_on.isoformat(), until_on.isoformat()],
    ).fetchall()
    return dict(rows)


@pytest.fixture(scope="module")
def pipeline(real_files: Path) -> Path:
    return real_files / "crm/sales_pipeline.csv"


@pytest.fixture(scope="module")
def loaded(company: Command, real_files: Path, pipeline: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """People, measurements and goals of 2017 Q2–Q4, base = the same agent's previous quarter."""
    people = company("people", "import", real_files / "crm/sales_teams.csv", "--mapping", PEOPLE_MAPPING)
    ingest = company("metrics", "ingest", pipeline, "--mapping", METRICS_MAPPING)
    goals_file = tmp_path_factory.mktemp("goals") / "goals.csv"
    write_goals(goals_file, pipeline)
    goals = company("goals", "import", goals_file)
    return {"people": people, "ingest": ingest, "goals": goals, "goals_file": goals_file}


def write_goals(path: Path, pipeline: Path) -> None:
    """A goals file: won value, a goal per agent and quarter, base the previous quarter's value, stretch 20 % above."""
    names = list(QUARTERS)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["owner", "metric", "base", "stretch", "weight", "period"])
        for before, quarter in pairwise(names):
            previous = won_by_agent(pipeline, from_on=QUARTERS[before][0], until_on=QUARTERS[before][1])
            for agent, won in sorted(previous.items()):
                writer.writerow([agent, "crm.won_value", won, won * Decimal("1.2"), 100, quarter])


def test_agents_managers_and_offices_arrive(loaded: dict) -> None:
    assert loaded["people"] == {"created": 41, "updated": 0, "unchanged": 0, "rejected": []}


def test_every_row_of_the_pipeline_is_accounted_for(loaded: dict) -> None:
    ingest = loaded["ingest"]
    # counted over the file with SQL: 4,238 won deals give value, deal, win and days; 2,473 lost ones a win; and
    # 8,300 rows have an engage date
    assert ingest["accepted"] == 4238 * 3 + (4238 + 2473) + 8300
    assert ingest["quarantined"] == []
    assert ingest["already_known"] is False


def test_same_files_again_add_nothing(loaded: dict, company: Command, real_files: Path, pipeline: Path) -> None:
    again = company("metrics", "ingest", pipeline, "--mapping", METRICS_MAPPING)
    assert (again["accepted"], again["already_known"]) == (0, True)
    assert again["ledger_version"] == loaded["ingest"]["ledger_version"]
    people = company("people", "import", real_files / "crm/sales_teams.csv", "--mapping", PEOPLE_MAPPING)
    assert people == {"created": 0, "updated": 0, "unchanged": 41, "rejected": []}
    goals = company("goals", "import", loaded["goals_file"])
    assert goals["unchanged"] == loaded["goals"]["created"] == 90
    assert (goals["created"], goals["updated"], goals["rejected"]) == (0, 0, [])


@pytest.mark.parametrize("quarter", ["2017Q2", "2017Q3", "2017Q4"])
def test_won_value_per_agent_is_exact_at_the_end_of(
    quarter: str, loaded: dict, company: Command, pipeline: Path
) -> None:
    from_on, until_on = QUARTERS[quarter]
    as_of = until_on - timedelta(days=1)
    expected = won_by_agent(pipeline, from_on=from_on, until_on=until_on)
    run = company("metrics", "evaluate", "--as-of", as_of)
    rows = company("metrics", "standings", "--as-of", as_of)
    assert run["goals"] == len(rows) == sum(run["lights"].values())
    stood = {row["owner"]: Decimal(str(row["value"])) for row in rows if row["value"] is not None}
    assert stood == {agent: won for agent, won in expected.items() if agent in {row["owner"] for row in rows}}
    for row in rows:
        assert Decimal(str(row["attainment"])) == _attainment(Decimal(str(row["value"])), Decimal(str(row["base"])))
        assert row["reason"]


def _attainment(value: Decimal, base: Decimal) -> Decimal:
    return min((value / base).quantize(Decimal("0.000001")), Decimal("1.5"))


def test_lights_week_by_week_follow_the_rules(loaded: dict, company: Command, pipeline: Path) -> None:
    """At five Sundays of Q3, completion recomputed by hand from the file decides red or yellow by rules 4 and 5."""
    from_on = QUARTERS["2017Q3"][0]
    for week in (2, 4, 6, 9, 12):
        as_of = date(2017, 7, 2) + timedelta(weeks=week)
        company("metrics", "evaluate", "--as-of", as_of)
        rows = {row["owner"]: row for row in company("metrics", "standings", "--as-of", as_of)}
        won = won_by_agent(pipeline, from_on=from_on, until_on=as_of + timedelta(days=1))
        elapsed = Decimal(_weekdays(from_on, as_of)) / Decimal(_weekdays(from_on, date(2017, 9, 30)))
        for agent, row in rows.items():
            completion = won.get(agent, Decimal(0)) / Decimal(str(row["base"])) / elapsed
            if agent in won and row["light"] != "none" and completion < Decimal("0.499"):
                assert row["light"] == "red", row
            if row["light"] == "green":
                assert completion > Decimal("0.699"), row


def _weekdays(first: date, last: date) -> int:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return sum(day.weekday() < 5 for day in days)


def test_explain_leads_down_to_rows_of_the_file(loaded: dict, company: Command) -> None:
    as_of = date(2017, 12, 31)
    company("metrics", "evaluate", "--as-of", as_of)
    goal = company("metrics", "standings", "--as-of", as_of)[0]
    explained = company("metrics", "explain", goal["goal"], "--as-of", as_of)
    text = str(explained)
    assert "sales_pipeline.csv" in text
    assert str(loaded["ingest"]["batch"]) in text
