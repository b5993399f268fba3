"""A factory's export with two date formats in one column comes out as one light per team and week.

Targeted productivity is the base; expected figures come from plain SQL over the file, never from the product.
"""

import csv
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

from tests.real.conftest import ROOT, Command

pytestmark = pytest.mark.slow
EXAMPLES = ROOT / "examples/garments"
SUNDAYS = [date(2015, 1, 4) + timedelta(weeks=week) for week in (1, 4, 9)]

# both spellings of a day, month first: 01-12-2015 and 1/13/2015
DAY = "coalesce(try_strptime(date, '%m-%d-%Y'), try_strptime(date, '%m/%d/%Y'))::date"


def mean_by_team(file: Path, column: str, *, until_on: date) -> dict[str, Decimal]:
    """Mean of a column per team over all days before `until_on`, half-up at six places."""
    rows = duckdb.execute(
        f"""
        select team, sum(cast({column} as decimal(28, 6))), count(*)
        from read_csv(?, all_varchar = true) where {DAY} < ? group by team
        """,
        [str(file), until_on],
    ).fetchall()
    place = Decimal("0.000001")
    return {team: (total / count).quantize(place, ROUND_HALF_UP) for team, total, count in rows}


@pytest.fixture(scope="module")
def file(real_files: Path) -> Path:
    return real_files / "garments/garments_worker_productivity.csv"


@pytest.fixture(scope="module")
def loaded(company: Command, file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Teams, measurements, and a goal per team for the quarter."""
    people = company("people", "import", EXAMPLES / "teams.csv", "--mapping", EXAMPLES / "people.yaml")
    ingest = company("metrics", "ingest", file, "--mapping", EXAMPLES / "metrics.yaml")
    goals_file = tmp_path_factory.mktemp("goals") / "goals.csv"
    targets = mean_by_team(file, "targeted_productivity", until_on=date(2015, 4, 1))
    with goals_file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["owner", "metric", "base", "stretch", "weight", "period"])
        for team, base in targets.items():
            writer.writerow([f"unit:team-{team}", "mes.actual", base, base + Decimal("0.1"), 100, "2015Q1"])
    return {"people": people, "ingest": ingest, "goals": company("goals", "import", goals_file)}


def test_every_team_day_arrives_whatever_its_date_format(loaded: dict) -> None:
    assert loaded["people"]["rejected"] == []
    assert (loaded["ingest"]["accepted"], loaded["ingest"]["quarantined"]) == (1197 * 4, [])
    assert loaded["goals"] == {"created": 12, "updated": 0, "unchanged": 0, "rejected": []}


@pytest.mark.parametrize("sunday", SUNDAYS, ids=str)
def test_light_of_a_team_follows_its_mean(sunday: date, loaded: dict, company: Command, file: Path) -> None:
    company("metrics", "evaluate", "--as-of", sunday)
    rows = company("metrics", "standings", "--as-of", sunday, "--unit", "garments")
    actual = mean_by_team(file, "actual_productivity", until_on=sunday + timedelta(days=1))
    assert len(rows) == 12
    for row in rows:
        team = row["owner"].removesuffix(" 组")
        value, base = Decimal(str(row["value"])), Decimal(str(row["base"]))
        assert value == actual[team], row
        completion = value / base
        worst = "red" if completion < Decimal("0.5") else "yellow" if completion < Decimal("0.7") else "green"
        order = ["green", "yellow", "red"]
        # streak and hysteresis may make a light worse than its completion alone, never better
        assert order.index(row["light"]) >= order.index(worst), row
