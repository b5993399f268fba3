"""Real processes: an evaluation or a compaction killed in the middle, two evaluations at once, a disk that is full."""

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import EvaluationRun, LightChange, Standing
from sextant.metrics.queries.ledger_state import check_ledger
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.metrics.tests.test_evaluate import make_goal_spec, run, weekly, write_specs
from sextant.people.tests.makers import make_person

BEFORE, ON = date(2026, 1, 18), date(2026, 1, 29)
GOALS = 40

CHILD = """
import os, signal, sys, django
django.setup()
from datetime import date, datetime, UTC
from pathlib import Path
from sextant.foundation.access.contracts import Actor
from sextant.metrics import set_evaluation
from sextant.metrics.ledger import store as ledger
from sextant.metrics.actions import evaluate
from sextant.metrics.runs import index, storing

home, moment, day = Path(sys.argv[1]), sys.argv[2], date.fromisoformat(sys.argv[3])

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def two_parts_then_die(self, part, write=storing.StandingWriter._write):
    write(self, part)
    two_parts_then_die.seen = getattr(two_parts_then_die, "seen", 0) + 1
    if two_parts_then_die.seen == 2:
        die()

def die_at_the_first_new_file():
    folder = ledger.ledger_path()
    known = set(folder.glob("*.parquet"))
    while set(folder.glob("*.parquet")) == known:
        pass
    die()

set_evaluation.MOST_GOALS_AT_ONCE = 10
if moment == "between parts":
    storing.StandingWriter._write = two_parts_then_die
elif moment == "before the end":
    evaluate.record = die
elif moment == "compacting":
    from threading import Thread
    Thread(target=die_at_the_first_new_file, daemon=True).start()
print("ready", flush=True)
sys.stdin.readline()
if moment == "compacting":
    ledger.compact()
    signal.pause()
else:
    found = evaluate.run_evaluation(home / "goals.csv", actor=Actor.system("child"),
        now=datetime(2026, 2, 1, 8, tzinfo=UTC), as_of=day)
    print(found.id, found.digest)
"""


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def goals(transactional_db: None, own_ledger: None, tmp_path: Path):
    """Forty goals, green on the first day and yellow on the second, written where the processes find them."""
    person, metric = make_person(), make_metric()
    for week in (0, 1):
        ingest_rows(metric, weekly(person, [50, 50])[week : week + 1])
    specs = [make_goal_spec(metric, person, goal_id=number) for number in range(1, GOALS + 1)]
    write_specs(tmp_path, specs)
    return specs


def start(home: Path, moment: str = "never", day: date = ON) -> subprocess.Popen[str]:
    """A process that is ready and waits for a line."""
    known = connection.settings_dict
    url = make_conninfo(
        host=known["HOST"], port=known["PORT"] or None, user=known["USER"] or None, dbname=known["NAME"]
    )
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(home), moment, day.isoformat()],
        env={**os.environ, "DATABASE_URL": url, "SEXTANT_HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None and child.stdout.readline() == "ready\n"
    return child


def go(*children: subprocess.Popen[str]) -> list[str]:
    """Let them run at once; what each printed."""
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    return [child.communicate(timeout=60)[0].strip() for child in children]


@pytest.mark.parametrize("moment", ["between parts", "before the end"])
def test_an_evaluation_killed_in_the_middle_leaves_nothing_and_the_next_one_everything(goals, tmp_path, moment):
    first = run(tmp_path, goals, as_of=BEFORE)
    child = start(tmp_path, moment)
    go(child)
    assert child.returncode == -signal.SIGKILL
    assert list(EvaluationRun.objects.values_list("id", flat=True)) == [first.id]
    assert set(Standing.objects.values_list("as_of", "run_id")) == {(BEFORE, first.id)}
    assert LightChange.objects.count() == 0

    second = run(tmp_path, goals, as_of=ON)
    assert set(Standing.objects.values_list("as_of", "run_id")) == {(ON, second.id)}
    assert LightChange.objects.filter(run_id=second.id).count() == GOALS


def test_two_evaluations_of_a_day_at_once_agree_and_the_second_computes_nothing(goals, tmp_path):
    printed = [line.split() for line in go(start(tmp_path), start(tmp_path))]
    assert len({digest for _run, digest in printed}) == 1
    assert sorted(EvaluationRun.objects.values_list("evaluated", flat=True)) == [0, GOALS]
    assert Standing.objects.count() == GOALS


def test_a_compaction_killed_once_it_has_written_a_file_loses_and_doubles_nothing(goals, tmp_path):
    before = run(tmp_path, goals, as_of=ON, whole=True)
    child = start(tmp_path, "compacting")
    go(child)
    assert child.returncode == -signal.SIGKILL
    # the kill falls before the commit (two files, one more that no version names) or just after it (one file)
    state = check_ledger()
    assert (state.rows, state.damages) == (2, ())
    assert run(tmp_path, goals, as_of=ON, whole=True).digest == before.digest
    ledger.compact()
    assert len(ledger.list_files()) == 1
    assert run(tmp_path, goals, as_of=ON, whole=True).digest == before.digest


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of two mebibytes."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    mounted = subprocess.run(command, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a small disk needs more rights")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_ends_the_run_with_its_error_and_changes_nothing(goals, tmp_path, small_disk):
    (tmp_path / "files").symlink_to(small_disk, target_is_directory=True)
    first = run(tmp_path, goals, as_of=BEFORE)
    rest = small_disk / "rest"
    with pytest.raises(OSError, match="No space left"), rest.open("wb") as file:
        file.write(bytes(4 << 20))
    with pytest.raises(OSError, match="No space left"):
        run(tmp_path, goals, as_of=ON)
    assert set(Standing.objects.values_list("as_of", "run_id")) == {(BEFORE, first.id)}
    assert EvaluationRun.objects.count() == 1
    rest.unlink()
    assert run(tmp_path, goals, as_of=ON).yellow == GOALS
    assert not list(small_disk.glob("new-*"))
