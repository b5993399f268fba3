"""The examples of docs/api.md, run exactly as they stand there, against a server that listens."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from sextant.foundation.api.tests.makers import make_client
from sextant.foundation.clock import now
from sextant.metrics.models import Batch
from sextant.metrics.tests.makers import make_metric
from sextant.people.tests.makers import make_person

DOCUMENT = (Path(__file__).parents[1] / "docs/api.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first code block of the document in `language`."""
    found = re.search(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def run(command: list[str], live_server, folder: Path) -> dict[str, object]:
    client = make_client(now=now(), expires_at=now() + timedelta(days=30))
    make_person(number="XC1005")
    make_metric(code="sales.collections")
    told = {"SEXTANT_URL": live_server.url, "SEXTANT_KEY": client.key, "SEXTANT_SECRET": client.secret}
    done = subprocess.run(
        command, env={**os.environ, **told}, cwd=folder, capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def assert_taken_in(answer: dict[str, object]) -> None:
    promised = json.loads(re.findall(r"^```json\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)[1])
    assert answer == {**promised, "batch": Batch.objects.get().pk, "ledger_version": answer["ledger_version"]}


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl")
def test_the_example_with_curl_sends_the_documented_batch(live_server, tmp_path: Path) -> None:
    (tmp_path / "batch.json").write_text(block("json"), encoding="utf-8")
    assert_taken_in(run(["bash", "-c", block("sh")], live_server, tmp_path))


def test_the_example_with_python_sends_its_batch(live_server, tmp_path: Path) -> None:
    assert_taken_in(run([sys.executable, "-c", block("python")], live_server, tmp_path))
