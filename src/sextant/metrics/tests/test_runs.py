"""What a run leaves behind: changes of lights, a replay that proves it, a publication nobody can take back."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.metrics import files
from sextant.metrics.actions.publish import publish_run
from sextant.metrics.actions.replay import RunNotReplayable, replay_run
from sextant.metrics.ledger import store as ledger
from sextant.metrics.ledger.health import LedgerDamaged
from sextant.metrics.models import EvaluationRun, LightChange, Metric, RunReplay, Standing
from sextant.metrics.queries.ledger_state import check_ledger
from sextant.metrics.queries.light_changes import list_changes_of_run, list_light_changes, list_turns
from sextant.metrics.queries.run_records import find_run_record
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.metrics.tests.test_evaluate import HR, NOW, make_goal_spec, run, weekly
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

ON = date(2026, 1, 21)


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def person(db: None) -> Person:
    return make_person()


def replay(row) -> tuple[bool, tuple[int, ...]]:
    found = replay_run(row.id, actor=HR, now=NOW)
    return found.is_same, found.differing


class TestLightChanges:
    def test_a_change_is_kept_with_its_reason_and_the_first_light_is_none(self, person, tmp_path):
        metric = make_metric()
        ingest_rows(metric, weekly(person, [50, 50]))
        goals = [make_goal_spec(metric, person)]
        first = run(tmp_path, goals, as_of=date(2026, 1, 18))
        assert (first.green, LightChange.objects.count()) == (1, 0)
        later = run(tmp_path, goals, as_of=date(2026, 1, 29))
        [change] = list_light_changes(1)
        assert (change.from_light, change.to_light, change.as_of) == (Light.GREEN, Light.YELLOW, date(2026, 1, 29))
        assert (change.run_id, change.reason_code, change.rule_version) == (later.id, "light.below_yellow", "1")
        assert change.reason.startswith("到 2026-01-29 应达")

    def test_a_light_that_stays_and_a_run_of_an_earlier_day_change_nothing(self, person, tmp_path):
        metric = make_metric()
        ingest_rows(metric, weekly(person, [50, 50]))
        goals = [make_goal_spec(metric, person)]
        run(tmp_path, goals, as_of=date(2026, 1, 29))
        run(tmp_path, goals, as_of=date(2026, 1, 29), whole=True)
        run(tmp_path, goals, as_of=date(2026, 1, 18))
        assert LightChange.objects.count() == 0

    def test_a_correction_changes_the_light_of_the_same_day_and_only_of_its_goal(self, person, tmp_path):
        metric, other = make_metric(), make_person()
        rows = [*weekly(person, [50, 50]), *weekly(other, [50, 50])]
        ingest_rows(metric, rows)
        goals = [make_goal_spec(metric, person), make_goal_spec(metric, other, goal_id=2)]
        run(tmp_path, goals, as_of=date(2026, 1, 18))
        ingest_rows(metric, [(other, date(2026, 1, 9), -80)])
        second = run(tmp_path, goals, as_of=date(2026, 1, 18))
        assert [(one.goal_id, one.to_light) for one in list_changes_of_run(second.id, limit=9)] == [(2, Light.RED)]

    def test_green_to_red_comes_first_and_turns_are_counted(self, person, tmp_path):
        metric = make_metric()
        ingest_rows(metric, weekly(person, [50, 50]))
        bases = {1: "650", 2: "650", 3: "1000", 4: "5"}
        goals = [make_goal_spec(metric, person, goal_id=number, base=base) for number, base in bases.items()]
        day = date(2026, 1, 18)
        run(tmp_path, goals, as_of=day)
        before = {one.goal_id: one.light for one in Standing.objects.all()}
        assert before == {1: "green", 2: "green", 3: "yellow", 4: "green"}
        turned = [make_goal_spec(metric, person, goal_id=n, base=b) for n, b in {1: "900", 2: "9000", 3: "100"}.items()]
        second = run(tmp_path, turned, as_of=day)
        assert [one.goal_id for one in list_changes_of_run(second.id, limit=9)] == [2, 1, 3]
        turns = [(turn.from_light, turn.to_light, turn.goals) for turn in list_turns(second.id)]
        assert turns == [
            (Light.GREEN, Light.RED, 1),
            (Light.GREEN, Light.YELLOW, 1),
            (Light.YELLOW, Light.GREEN, 1),
        ]
        assert [one.goal_id for one in list_changes_of_run(second.id, limit=1, offset=1)] == [1]

    def test_history_can_be_neither_changed_nor_deleted(self, person):
        with transaction.atomic(), pytest.raises(DatabaseError, match="history"):
            LightChange.objects.update(to_light="green")


class TestReplay:
    def test_a_run_is_repeated_from_what_it_kept_whatever_changed_since(self, person, tmp_path):
        metric = make_metric()
        ingest_rows(metric, weekly(person, [50, 35]))
        first = run(tmp_path, [make_goal_spec(metric, person)], as_of=ON)
        Metric.objects.filter(pk=metric.pk).update(unit_label="件", freshness_days=1, version=2)
        ingest_rows(metric, weekly(person, [7, 7]))
        run(tmp_path, [make_goal_spec(metric, person, base="9")], as_of=ON)
        stored = list(Standing.objects.values())
        assert replay(first) == (True, ())
        assert list(Standing.objects.values()) == stored
        assert find_run_record(first.id).replay.is_same
        assert AuditEntry.objects.get(verb="replay_run").changes["is_same"] is True

    def test_an_incremental_run_is_repeated_over_all_its_goals(self, person, tmp_path):
        metric, other = make_metric(), make_person()
        ingest_rows(metric, weekly(person, [50, 35]))
        goals = [make_goal_spec(metric, person), make_goal_spec(metric, other, goal_id=2)]
        run(tmp_path, goals, as_of=ON)
        ingest_rows(metric, weekly(other, [50, 35]))
        second = run(tmp_path, goals, as_of=ON)
        assert second.evaluated == 1
        assert replay(second) == (True, ())

    def test_a_result_that_was_tampered_with_is_named(self, person, tmp_path):
        metric = make_metric()
        ingest_rows(metric, weekly(person, [50, 35]))
        honest = run(tmp_path, [make_goal_spec(metric, person), make_goal_spec(metric, person, goal_id=2)], as_of=ON)
        better = [make_goal_spec(metric, person), make_goal_spec(metric, person, goal_id=2, base="80")]
        forged = run(tmp_path, better, as_of=ON)
        kept = EvaluationRun.objects.get(id=forged.id)
        EvaluationRun.objects.filter(id=honest.id).update(digest=kept.digest, index_sha256=kept.index_sha256)
        assert replay(honest) == (False, (2,))
        assert not find_run_record(honest.id).replay.is_same

    def test_a_run_without_kept_inputs_says_so(self, person, tmp_path):
        made = run(tmp_path, [], as_of=ON)
        EvaluationRun.objects.filter(id=made.id).update(inputs={})
        with pytest.raises(RunNotReplayable):
            replay_run(made.id, actor=HR, now=NOW)
        assert not find_run_record(made.id).can_be_replayed

    def test_a_kept_file_that_is_gone_says_so(self, person, tmp_path):
        made = run(tmp_path, [make_goal_spec(make_metric(), person)], as_of=ON)
        files.path_of(EvaluationRun.objects.get(id=made.id).inputs["tables"]["goal_specs"]).unlink()
        with pytest.raises(files.FileUnknown):
            replay_run(made.id, actor=HR, now=NOW)
        assert RunReplay.objects.count() == 0

    def test_an_employee_may_not_replay(self, person, tmp_path):
        made = run(tmp_path, [], as_of=ON)
        with pytest.raises(AccessDenied):
            replay_run(made.id, actor=Actor(2, person.pk, frozenset({Role.EMPLOYEE}), "cy"), now=NOW)


class TestPublication:
    def test_a_published_run_stays_as_it_is_while_corrections_make_runs_of_their_own(self, person, tmp_path):
        metric = make_metric()
        ingest_rows(metric, weekly(person, [50, 35]))
        goals = [make_goal_spec(metric, person)]
        made = run(tmp_path, goals, as_of=ON)
        assert publish_run(made.id, actor=HR, now=NOW) is True
        before = EvaluationRun.objects.filter(id=made.id).values().get()
        ingest_rows(metric, [(person, date(2026, 1, 9), 500)])
        corrected = run(tmp_path, goals, as_of=ON)
        assert corrected.digest != made.digest
        assert EvaluationRun.objects.filter(id=made.id).values().get() == before
        assert replay(made) == (True, ())
        assert publish_run(made.id, actor=HR, now=NOW + timedelta(days=1)) is False
        assert AuditEntry.objects.filter(verb="publish_run").count() == 1

    @pytest.mark.parametrize("change", ["update", "delete"])
    def test_the_database_refuses_to_change_it(self, person, tmp_path, change):
        made = run(tmp_path, [], as_of=ON)
        publish_run(made.id, actor=HR, now=NOW)
        found = EvaluationRun.objects.filter(id=made.id)
        with transaction.atomic(), pytest.raises(DatabaseError, match="published"):
            found.update(digest="0" * 64) if change == "update" else found.delete()

    def test_who_may_only_read_runs_may_not_publish(self, person, tmp_path):
        made = run(tmp_path, [], as_of=ON)
        with pytest.raises(AccessDenied):
            publish_run(made.id, actor=Actor(2, None, frozenset({Role.AUDITOR}), "au"), now=NOW)


class TestDamagedLedger:
    @pytest.fixture
    def goals(self, person):
        metric = make_metric()
        batches = [ingest_rows(metric, weekly(person, [value])) for value in (50, 35)]
        self.batch = batches[1].pk
        return [make_goal_spec(metric, person)]

    def path(self) -> Path:
        """The file of the second batch."""
        return next(Path(file.uri) for file in ledger.list_files() if file.batches == (self.batch, self.batch))

    def test_a_missing_file_stops_the_run_and_names_file_and_batch(self, goals, tmp_path):
        self.path().unlink()
        with pytest.raises(LedgerDamaged) as caught:
            run(tmp_path, goals, as_of=ON)
        [damage] = caught.value.damages
        assert (damage.fault, damage.batches) == ("missing", (self.batch, self.batch))
        assert f"批次 {self.batch} 到 {self.batch}" in caught.value.sentence
        assert EvaluationRun.objects.count() == 0

    def test_a_truncated_file_stops_the_run_and_its_return_ends_the_trouble(self, goals, tmp_path):
        path = self.path()
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(LedgerDamaged) as caught:
            run(tmp_path, goals, as_of=ON)
        assert [damage.fault for damage in caught.value.damages] == ["size"]
        path.write_bytes(whole)
        assert run(tmp_path, goals, as_of=ON).goals == 1

    def test_compaction_leaves_a_damaged_ledger_alone(self, goals):
        self.path().unlink()
        before = ledger.current_version()
        with pytest.raises(LedgerDamaged):
            ledger.compact()
        assert ledger.current_version() == before

    def test_the_check_finds_what_a_size_does_not_show(self, goals):
        assert check_ledger().damages == ()
        path = self.path()
        spoilt = bytearray(path.read_bytes())
        spoilt[4:200] = bytes(196)
        path.write_bytes(spoilt)
        [damage] = check_ledger().damages
        assert (damage.fault, damage.batches) == ("content", (self.batch, self.batch))
