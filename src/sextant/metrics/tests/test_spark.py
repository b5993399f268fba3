"""The same goals on DuckDB and on a Spark cluster give the same digest and the same standings."""

import csv
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sextant.engines.evaluation.sql import GOAL_COLUMNS
from sextant.foundation.access.contracts import Actor
from sextant.foundation.tabular import read_table
from sextant.metrics.actions import run_evaluation
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.ledger.store import row_address
from sextant.metrics.mapping import load_mapping
from sextant.metrics.models import Metric, Standing
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.metrics.tests.spark_cluster import cluster
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

pytest.importorskip("pyspark", reason="the extra is not installed: pip install sextant[spark]")

CHECKOUT = Path(__file__).resolve().parents[4]
PIPELINE = CHECKOUT.parent / "shared" / "data" / "crm" / "sales_pipeline.csv"
MAPPING = CHECKOUT / "examples" / "crm" / "metrics.yaml"
NOW = datetime(2018, 1, 2, 9, 0, tzinfo=UTC)
AS_OF = date(2017, 12, 10)
SYSTEM = Actor.system("test")
TARGETS = {"crm.won_value": "40000", "crm.win_rate": "0.6", "crm.days_to_close": "50"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17 or newer"),
]


@pytest.fixture
def spark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    folder = tmp_path / "spark"
    folder.mkdir()
    monkeypatch.setenv("SPARK_CONF_DIR", str(folder))
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    with cluster(folder) as address:
        yield address


def write_goals(path: Path, goals: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, GOAL_COLUMNS, restval="")
        writer.writeheader()
        for goal_id, goal in enumerate(goals, start=1):
            writer.writerow({"goal_id": goal_id, "subject_kind": 1, "weight": 10, **goal})
    return path


def quarter_of(person: Person, metric: Metric, **targets: object) -> dict[str, object]:
    period = {"from_on": date(2017, 10, 1), "until_on": date(2018, 1, 1)}
    return {"metric_id": metric.pk, "subject_id": person.pk, **period, **targets}


@pytest.fixture
def crm_goals(db: None) -> list[dict[str, object]]:
    """Goals of every agent on three metrics of the CRM export: a sum, a ratio and a mean of which less is better."""
    if not PIPELINE.is_file():
        pytest.skip("the CRM export is not here")
    teams = read_table(PIPELINE.with_name("sales_teams.csv")).rows()
    agents = [make_person(str(row.cells["sales_agent"])) for row in teams]
    ingest_file(PIPELINE, mapping=load_mapping(MAPPING), actor=SYSTEM, now=NOW)
    metrics = {code: Metric.objects.get(code=code) for code in TARGETS}
    return [
        quarter_of(agent, metrics[code], base=base, curve="ladder" if agent.pk % 2 else "")
        for code, base in TARGETS.items()
        for agent in agents
    ]


def corrected_goals() -> list[dict[str, object]]:
    """Goals on values of which one was corrected by its record and one by its address; one goal that has not begun, one
    that no arm can hold."""
    person, stock = make_person("库存员"), make_metric("库存", aggregation="last", direction="lower")
    first = ingest_rows(stock, [(person, date(2017, 11, day), 100 - day) for day in range(1, 30)])
    ingest_rows(
        stock, [(person, date(2017, 11, 29), 3)], record=row_address(batch=first.pk, row=30), has_corrections=True,
        addresses_rows=True,
    )  # fmt: skip
    ingest_rows(stock, [(person, date(2017, 10, 3), 7)], record="A")
    ingest_rows(stock, [(person, date(2017, 12, 9), "12.345675")], record="A", has_corrections=True)
    return [
        quarter_of(person, stock, start=80, base=10),
        quarter_of(person, stock, start=80, base=10, from_on=date(2017, 12, 20)),
        quarter_of(person, stock, base=0),
    ]


def test_the_crm_export_and_corrections_give_the_digest_of_duckdb(spark, crm_goals, settings, tmp_path):
    goals = write_goals(tmp_path / "goals.csv", [*crm_goals, *corrected_goals()])
    ours = run_evaluation(goals, actor=SYSTEM, now=NOW, as_of=AS_OF, whole=True)
    expected = list(Standing.objects.order_by("goal_id").values_list("goal_id", "light", "score", "reason_code"))
    assert {row[1] for row in expected} == {"green", "yellow", "red", "none"}

    settings.SEXTANT_ENGINE = spark
    theirs = run_evaluation(goals, actor=SYSTEM, now=NOW, as_of=AS_OF, whole=True)

    stored = Standing.objects.filter(run_id=theirs.id).order_by("goal_id")
    assert list(stored.values_list("goal_id", "light", "score", "reason_code")) == expected
    assert (theirs.digest, theirs.goals) == (ours.digest, len(expected))
