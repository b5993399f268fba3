"""Real exports, found beside the project; without them these tests skip. The product ships none of the files."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REAL_FILES = ROOT.parent / "shared" / "data"

Command = Callable[..., object]


@pytest.fixture(scope="session")
def real_files() -> Path:
    if not REAL_FILES.is_dir():
        pytest.skip("the real exports are not beside this checkout")
    return REAL_FILES


def run_sextant(home: Path, *arguments: object, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would, in a home of its own."""
    command = [sys.executable, "-m", "sextant.conf.cli", *map(str, arguments)]
    inherited = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    env = {**inherited, "SEXTANT_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == expect, done.stdout + done.stderr
    return done


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """`company("metrics", "ingest", …)` runs a command with --json in one shared home and gives the parsed answer."""
    home = tmp_path_factory.mktemp("real") / "home"

    def command(*arguments: object) -> object:
        return json.loads(run_sextant(home, *arguments, "--json").stdout)

    yield command
