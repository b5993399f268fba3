"""A ledger that lost files: said everywhere, brought back where it can be proved, refused where not."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.api.tests.makers import NOON, make_client, post
from sextant.foundation.damage import DataDamaged
from sextant.metrics import files, jobs
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.actions.record import flush_values
from sextant.metrics.actions.upkeep import keep_ledger_log, repair_ledger
from sextant.metrics.cli.metrics import app
from sextant.metrics.contracts import BatchState, SubjectKind
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import log as ledger_log
from sextant.metrics.ledger import store as ledger
from sextant.metrics.ledger.damage import Fault
from sextant.metrics.ledger.health import LedgerDamaged
from sextant.metrics.mapping import parse_mapping
from sextant.metrics.models import Batch, LedgerCommit, ManualMeasurement, Metric
from sextant.metrics.queries.ledger_state import check_ledger
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.metrics.tests.test_cli import Terminal
from sextant.metrics.tests.test_ingest import HEADER, MAPPING
from sextant.metrics.tests.test_library_pages import sign_in
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.SEXTANT_HOME = tmp_path / "home"
    return tmp_path


@pytest.fixture
def person() -> Person:
    return make_person(number="E1")


def deliver(home: Path, name: str, *lines: str, keep: bool = True) -> Batch:
    """A delivered file taken in, kept as an upload is, or not, as on the command line."""
    path = home / name
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    if keep:
        files.keep([path.read_bytes()], limit=10_000)
    report = ingest_file(path, mapping=parse_mapping(MAPPING), actor=SYSTEM, now=NOW)
    return Batch.objects.get(pk=report.batch)


def path_of(batch: Batch) -> Path:
    """The file that holds this batch alone."""
    return next(Path(one.uri) for one in ledger.list_files() if one.batches == (batch.pk, batch.pk))


def entry_of(version: int) -> Path:
    return ledger_log.entry_path(ledger.ledger_path(), version)


def everything() -> list[tuple]:
    """All that counts."""
    with open_engine() as connection:
        return sorted(ledger.relation(connection).fetchall(), key=repr)


def repair(**more):
    return repair_ledger(actor=SYSTEM, now=NOW, **more)


class TestFiles:
    @pytest.mark.parametrize("harm", ["deleted", "truncated", "spoilt"])
    def test_one_that_was_harmed_comes_back_from_the_kept_upload_and_every_version_reads(
        self, home: Path, person: Person, harm: str
    ) -> None:
        batch = deliver(home, "a.csv", "1,E1,2026-03-01,5,won", "2,E1,2026-03-02,6,lost", "3,E9,2026-03-02,6,won")
        other = deliver(home, "b.csv", "4,E1,2026-03-03,7,won")
        keep_ledger_log(now=NOW)
        before, path = everything(), path_of(batch)
        whole = path.read_bytes()
        if harm == "deleted":
            path.unlink()
        else:
            path.write_bytes(whole[: len(whole) // 2] if harm == "truncated" else bytes(len(whole)))
        fault = {"deleted": Fault.MISSING, "truncated": Fault.SIZE, "spoilt": Fault.CONTENT}[harm]
        state = check_ledger()
        assert [(one.uri, one.fault, one.batches) for one in state.damages] == [
            (str(path), fault, (batch.pk, batch.pk))
        ]
        done = repair()
        assert (done.files, done.refused, done.has_moved) == ([path.name], [], False)
        assert (everything(), path.stat().st_size, check_ledger().damages) == (before, len(whole), ())
        assert sum(one.rows for one in ledger.list_files(batch.ledger_version)) == batch.accepted
        assert other.ledger_version == ledger.current_version()

    def test_a_merged_file_comes_back_from_the_small_ones_and_a_small_one_from_the_merged(
        self, person: Person, home: Path
    ) -> None:
        metric = make_metric()
        batches = [ingest_rows(metric, [(person, date(2026, 1, day), day)], record=f"R{day}") for day in (1, 2, 3)]
        small = [path_of(batch) for batch in batches]
        version = ledger.current_version()
        ledger.compact()
        keep_ledger_log(now=NOW)
        before = everything()
        [merged] = [Path(one.uri) for one in ledger.list_files()]
        merged.unlink()
        assert repair().files == [merged.name]
        assert everything() == before
        small[1].unlink()
        assert repair().files == [small[1].name]
        with open_engine() as connection:
            assert sorted(ledger.relation(connection, version=version).fetchall(), key=repr) == before

    def test_values_recorded_by_hand_come_back_from_the_database(self, person: Person) -> None:
        metric = make_metric()
        for day, value in ((1, "5.25"), (1, "6"), (2, "7")):
            ManualMeasurement.objects.create(
                metric=Metric.objects.get(pk=metric.pk),
                subject_kind=int(SubjectKind.PERSON),
                subject_id=person.pk,
                day=date(2026, 1, day),
                value=value,
                recorded_at=NOW,
                recorded_by="x",
            )
        flush_values(now=NOW)
        keep_ledger_log(now=NOW)
        before = everything()
        path = path_of(Batch.objects.get())
        path.unlink()
        assert repair().files == [path.name]
        assert everything() == before

    def test_what_was_not_kept_is_named_and_comes_back_once_the_file_is_handed_in(
        self, home: Path, person: Person
    ) -> None:
        batch = deliver(home, "a.csv", "1,E1,2026-03-01,5,won", keep=False)
        keep_ledger_log(now=NOW)
        before, path = everything(), path_of(batch)
        path.unlink()
        [refused] = repair().refused
        assert (refused.file, refused.batches, refused.code) == (path.name, (batch.pk,), "ledger.no_source")
        assert f"批次 {batch.pk}（拜访表，a.csv）" in refused.reason and not path.exists()
        wrong = home / "wrong.csv"
        wrong.write_text(HEADER + "1,E1,2026-03-01,500,won\n", encoding="utf-8")
        assert repair(offered=[wrong]).files == []
        assert repair(offered=[wrong, home / "a.csv"]).files == [path.name]
        assert everything() == before

    def test_rows_that_would_come_out_otherwise_today_are_refused(self, home: Path, person: Person) -> None:
        batch = deliver(home, "a.csv", "1,E1,2026-03-01,5,won")
        keep_ledger_log(now=NOW)
        path_of(batch).unlink()
        Person.objects.filter(pk=person.pk).update(number="E7")
        make_person(number="E1")
        [refused] = repair().refused
        assert refused.code == "ledger.other_rows"
        with pytest.raises(LedgerDamaged):
            everything()


class TestLog:
    @pytest.mark.parametrize("harm", ["middle gone", "end gone", "end empty", "middle cut"])
    def test_an_entry_that_is_gone_or_cut_is_seen_and_put_back_to_the_letter(
        self, home: Path, person: Person, harm: str
    ) -> None:
        first, _, last = (deliver(home, f"{n}.csv", f"{n},E1,2026-03-01,5,won") for n in (1, 2, 3))
        keep_ledger_log(now=NOW)
        before = everything()
        entry = entry_of(first.ledger_version if harm.startswith("middle") else last.ledger_version)
        text = entry.read_text(encoding="utf-8")
        ledger.reopen()  # as another process, which has not read the log yet
        if harm.endswith("gone"):
            entry.unlink()
        else:
            entry.write_text(text[:80] if harm.endswith("cut") else "", encoding="utf-8")
        with pytest.raises(LedgerDamaged) as caught:
            everything()
        assert caught.value.damages[0].fault in {Fault.LOG, Fault.SHORT}
        with pytest.raises(LedgerDamaged):
            deliver(home, "4.csv", "4,E1,2026-03-01,5,won")
        assert check_ledger().damages[0].uri == str(entry)
        done = repair()
        assert (done.entries, done.has_moved) == ([int(entry.stem)], False)
        assert (entry.read_text(encoding="utf-8"), everything(), check_ledger().damages) == (text, before, ())

    def test_an_entry_that_was_not_kept_yet_is_made_good_by_taking_the_batch_in_once_more(
        self, home: Path, person: Person
    ) -> None:
        deliver(home, "1.csv", "1,E1,2026-03-01,5,won")
        kept = deliver(home, "2.csv", "2,E1,2026-03-01,6,won")
        gone = deliver(home, "3.csv", "3,E1,2026-03-01,7,won", keep=False)
        before = everything()
        for batch in (kept, gone):
            entry_of(batch.ledger_version).unlink()
        ledger.reopen()
        done = repair()
        assert (done.batches, [one.batches for one in done.refused], done.has_moved) == ([kept.pk], [(gone.pk,)], True)
        gone.refresh_from_db()
        assert (gone.state, "3.csv" in gone.error) == (BatchState.FAILED, True)
        # what could not be brought back can be delivered again, under its old number
        again = ingest_file(home / "3.csv", mapping=parse_mapping(MAPPING), actor=SYSTEM, now=NOW)
        assert (again.batch, again.already_known, everything()) == (gone.pk, False, before)

    def test_a_broken_summary_of_the_log_is_made_anew(self, person: Person) -> None:
        metric = make_metric()
        for day in range(1, 22):
            ingest_rows(metric, [(person, date(2026, 1, day), day)])
        keep_ledger_log(now=NOW)
        before = everything()
        [summary] = ledger.ledger_path().glob("_delta_log/*.checkpoint.parquet")
        summary.write_bytes(summary.read_bytes()[:100])
        ledger.reopen()
        with pytest.raises(LedgerDamaged):
            everything()
        repair()
        assert everything() == before

    def test_a_folder_that_is_not_there_is_no_empty_ledger_and_nothing_to_repair(
        self, home: Path, person: Person
    ) -> None:
        deliver(home, "a.csv", "1,E1,2026-03-01,5,won")
        keep_ledger_log(now=NOW)
        ledger.ledger_path().rename(home / "unmounted")
        ledger.reopen()
        for asked in (everything, ledger.current_version, repair):
            with pytest.raises(LedgerDamaged):
                asked()
        (home / "unmounted").rename(ledger.ledger_path())
        assert len(everything()) == 2

    def test_entries_are_kept_once(self, home: Path, person: Person) -> None:
        deliver(home, "a.csv", "1,E1,2026-03-01,5,won")
        assert [keep_ledger_log(now=NOW), keep_ledger_log(now=NOW)] == [2, 0]
        assert [list(files) != [] for files in LedgerCommit.objects.order_by("pk").values_list("files", flat=True)] == [
            False,
            True,
        ]


class TestSaid:
    @pytest.fixture
    def broken(self, home: Path, person: Person) -> Path:
        """A ledger whose only file is gone; the delivery that brought it."""
        path_of(deliver(home, "a.csv", "1,E1,2026-03-01,5,won", keep=False)).unlink()
        return home / "a.csv"

    def test_a_page_says_whom_to_tell_or_to_who_runs_the_machine_what_to_do(self, broken: Path, client: Client) -> None:
        address = reverse("metrics:metric", args=["t.amount"])
        sign_in(client, Role.HR)
        page = client.get(address)
        assert page.status_code == 503
        assert "sextant metrics ledger repair" in page.content.decode()
        part = client.get(address, headers={"HX-Request": "true"})
        assert part.status_code == 503 and "<html" not in part.content.decode()

    def test_a_call_of_a_program_is_told_to_send_the_batch_again_later(self, broken: Path, monkeypatch) -> None:
        monkeypatch.setenv("SEXTANT_NOW", NOON.isoformat())
        row = {"person": "E1", "metric": "t.amount", "day": "2026-03-01", "value": "12.5", "record": "1"}
        answer = post(make_client(), "/api/v1/measurements", {"batch": "b-1", "rows": [row]})
        document = json.loads(answer.content)
        assert (answer.status_code, document["code"]) == (503, "api.data_damaged")

    def test_the_error_of_a_job_is_that_sentence(self, broken: Path) -> None:
        with pytest.raises(DataDamaged, match=r"不见了.*sextant metrics ledger repair"):
            jobs.compact_ledger()

    def test_the_commands_check_and_repair(self, broken: Path) -> None:
        def call(*words: str):
            return CliRunner().invoke(app, ["ledger", *words], obj=Terminal())

        assert call("check").exit_code == 1
        refused = call("repair")
        assert refused.exit_code == 1 and "a.csv" in refused.stdout
        assert "1 个文件" in call("repair", "--file", str(broken)).stdout
        assert "完好" in call("check").stdout and "没有要修复的" in call("repair").stdout
