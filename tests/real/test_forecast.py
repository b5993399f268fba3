"""Suggested targets on a CRM export that nobody here wrote: what they would have been worth, measured."""

from datetime import date
from pathlib import Path

import pytest

from sextant.conf.bench.forecast import back_test_crm
from tests.real.conftest import ROOT, Command

pytestmark = pytest.mark.slow


def test_suggestions_beat_the_same_as_last_time_and_intervals_hold_what_they_promise(real_files: Path) -> None:
    found = back_test_crm(real_files / "crm")
    for horizon, figures in found.items():
        assert figures["suggestions"] >= 100, horizon
        assert figures["error"] < 1, horizon
        # 80 % promised; overlapping quarters of thirty agents in one year leave room for chance
        assert 0.72 <= figures["coverage"] <= 0.95, horizon


def test_a_quarter_is_argued_for_every_agent_at_once(company: Command, real_files: Path) -> None:
    company("people", "import", real_files / "crm/sales_teams.csv", "--mapping", ROOT / "examples/crm/people.yaml")
    pipeline = real_files / "crm/sales_pipeline.csv"
    company("metrics", "ingest", pipeline, "--mapping", ROOT / "examples/crm/metrics.yaml")
    day = date(2017, 9, 30)
    (row,) = company("metrics", "suggest", "Anna Snelling", "crm.won_value", "2017Q4", "--as-of", day)
    assert row["low"] < row["base"] < row["high"]
    assert row["known"] >= 26
    assert row["peers"] > 0
    assert "forecast.season_unproven" in {problem["code"] for problem in row["problems"]}
