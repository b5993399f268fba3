"""What runs kept of their inputs goes when nobody needs it, and never sooner."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.metrics import files
from sextant.metrics.actions.publish import RunSwept, publish_run
from sextant.metrics.actions.replay import replay_run
from sextant.metrics.actions.sweep_runs import sweep_runs
from sextant.metrics.contracts import Space
from sextant.metrics.jobs import sweep_runs as nightly
from sextant.metrics.models import Batch, EvaluationRun
from sextant.metrics.queries.run_records import find_run_record, measure_kept
from sextant.metrics.runs.inputs import GOALS
from sextant.metrics.tests.makers import make_metric
from sextant.metrics.tests.test_evaluate import HR, MONDAY, NOW, make_goal_spec, run
from sextant.people.tests.makers import make_person


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def runs(db: None, tmp_path: Path) -> list[EvaluationRun]:
    """Five runs of five days; the second had goals of its own, the others shared theirs."""
    goals = [make_goal_spec(make_metric(), make_person(), goal_id=number) for number in (1, 2)]
    days = [MONDAY + timedelta(days=number) for number in range(5)]
    return [_run(tmp_path, goals[:1] if number == 1 else goals, day) for number, day in enumerate(days)]


def _run(folder: Path, goals: list, day: date) -> EvaluationRun:
    return EvaluationRun.objects.get(id=run(folder, goals, as_of=day).id)


def is_there(sha256: str) -> bool:
    try:
        return files.path_of(sha256).is_file()
    except files.FileUnknown:
        return False


def test_only_files_that_no_kept_run_names_go(runs):
    publish_run(runs[0].pk, actor=HR, now=NOW)
    before = measure_kept(keep_last=2)
    swept = sweep_runs(actor=HR, now=NOW, keep_last=2)
    assert swept == before.to_sweep
    assert (swept.runs, swept.files) == (2, 4)  # goals and metrics of the second run, and two indexes
    assert [is_there(one.index_sha256) for one in runs] == [True, False, False, True, True]
    assert [is_there(one.inputs["tables"][GOALS]) for one in runs] == [True, False, True, True, True]
    assert measure_kept(keep_last=2).to_sweep == Space(0, 0, 0)
    assert measure_kept(keep_last=2).kept == before.kept
    assert all(replay_run(runs[number].pk, actor=HR, now=NOW).is_same for number in (0, 3, 4))
    entry = AuditEntry.objects.get(verb="sweep_runs")
    assert entry.changes == {"runs": 2, "files": 4, "bytes": swept.size}


def test_a_swept_run_keeps_its_result_and_can_be_neither_proved_nor_published(runs, tmp_path):
    sweep_runs(actor=HR, now=NOW, keep_last=1)
    swept = EvaluationRun.objects.get(id=runs[1].pk)
    assert (swept.digest, swept.inputs) == (runs[1].digest, runs[1].inputs)
    assert not find_run_record(swept.pk).can_be_replayed
    with pytest.raises(files.FileUnknown):
        replay_run(swept.pk, actor=HR, now=NOW)
    with pytest.raises(RunSwept):
        publish_run(swept.pk, actor=HR, now=NOW)
    assert EvaluationRun.objects.get(id=swept.pk).published_at is None


def test_what_somebody_delivered_too_stays_and_a_sweep_cut_short_is_finished(runs):
    delivered = runs[0].index_sha256
    Batch.objects.create(
        key="k", source="s", filename="f", sha256=delivered, state="done", delivered_at=NOW, delivered_by="x"
    )
    files.path_of(runs[2].index_sha256).unlink()  # as far as the sweep before came
    swept = sweep_runs(actor=HR, now=NOW, keep_last=1)
    assert swept.runs == 4
    assert is_there(delivered)
    assert not is_there(runs[3].index_sha256)


def test_the_nightly_job_leaves_the_latest_and_others_than_hr_sweep_nothing(runs):
    nightly(timestamp=0)
    assert measure_kept().kept.runs == len(runs)
    with pytest.raises(AccessDenied):
        sweep_runs(actor=Actor(1, 1, frozenset({Role.EMPLOYEE}), "e"), now=NOW, keep_last=1)
