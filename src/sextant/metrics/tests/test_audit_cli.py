"""`metrics audit` and `metrics match`: JSON is a contract, failures are one line with the remedy."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sextant.metrics.cli.metrics import app
from sextant.metrics.tests.makers import make_metric
from sextant.metrics.tests.test_audit_pages import deliver
from sextant.metrics.tests.test_cli import Terminal
from sextant.people.tests.makers import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company(settings, tmp_path: Path) -> Path:
    settings.SEXTANT_HOME = tmp_path
    make_metric(code="cash", decimals=1)
    make_person(name="沈亦舟", number="E1")
    return tmp_path


def call(*words: str):
    return CliRunner().invoke(app, list(words), obj=Terminal())


def test_a_rule_is_saved_and_a_batch_judged_by_it(company: Path) -> None:
    batch = deliver(company, "1,沈亦舟,2026-03-09,700\n")
    file = company / "rule.yaml"
    file.write_text("code: top\nname: 单笔上限\nmetric: cash\ncheck: {kind: range, most: 100}\n", encoding="utf-8")
    assert call("audit", "save", str(file)).exit_code == 0
    answer = json.loads(call("audit", "run", "--batch", str(batch), "--json").stdout)
    (found,) = answer["findings"]
    assert (found["rule"], found["version"], found["severity"], found["count"]) == ("top", 1, "warn", 1)
    assert (found["samples"][0]["row"], found["samples"][0]["value"]) == (2, "700")
    assert json.loads(call("audit", "run", "--json").stdout) == {"batch": None, "findings": []}
    assert call("audit", "run", "--batch", "999999").exit_code == 1


def test_a_key_is_listed_and_matched(company: Path) -> None:
    deliver(company, "1,沈亦州,2026-03-09,7\n")
    (waiting,) = json.loads(call("match", "list", "--json").stdout)
    assert waiting == {
        "source": "回款",
        "kind": "person",
        "key": "沈亦州",
        "rows": 1,
        "batches": 1,
        "ambiguous": False,
    }
    assert call("match", "set", "回款", "沈亦州").exit_code == 1
    assert call("match", "set", "回款", "沈亦州", "--person", "E9").exit_code == 1
    assert "补入 1 条度量" in call("match", "set", "回款", "沈亦州", "--person", "E1").stdout
    assert json.loads(call("match", "list", "--json").stdout) == []
    refused = call("match", "set", "回款", "沈亦州", "--ignore", "不是员工")
    assert refused.exit_code == 1 and "--replace" in refused.output


def test_who_is_on_the_roster_by_now_is_found(company: Path) -> None:
    deliver(company, "1,新人,2026-03-09,7\n")
    make_person(name="新人", number="E2")
    assert "补入 1 条度量" in call("match", "retry").stdout
