"""`sextant serve` against kills: real processes, real signals."""

import json
import signal
from pathlib import Path

import psutil
import psycopg
import pytest

from sextant.foundation.postgres.place import settle
from tests.platform.processes import Served, free_port, run_command, serving, temporary_home, wait_until

pytestmark = pytest.mark.slow


def test_serve_survives_the_death_of_each_part_and_ends_cleanly() -> None:
    with temporary_home() as home, serving(home) as served:
        _check_postgres_comes_back(served)
        _check_web_comes_back(served)
        _check_second_server_is_refused(home)
        _check_commands_share_the_server(home)
        family = served.family()
        assert served.end(signal.SIGTERM) == 0
        assert [process for process in family if process.is_running()] == []


def test_killed_supervisor_leaves_no_process_and_the_next_start_has_every_row() -> None:
    with temporary_home() as home:
        with serving(home) as served:
            _insert(home, 1000)
            family = served.family()
            served.end(signal.SIGKILL)
            wait_until(lambda: not any(_lives(process) for process in family), "children of a killed serve end")
        with serving(home) as served:
            assert _count(home) == 1000
            assert served.end(signal.SIGINT) == 0


def test_demo_refuses_a_home_in_which_somebody_works() -> None:
    with temporary_home() as home:
        assert run_command(home, "createuser", "anna", "--generate").returncode == 0
        done = run_command(home, "demo", "--port", str(free_port()))
    assert done.returncode == 1
    assert "SEXTANT_HOME" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def _check_postgres_comes_back(served: Served) -> None:
    _insert(served.home, 1000)
    first = served.child("/postgres")
    first.kill()
    wait_until(lambda: not _lives(first) and served.answers(), "/healthz after the death of PostgreSQL")
    assert _count(served.home) == 1000


def _check_web_comes_back(served: Served) -> None:
    web = served.child("granian")
    own_children = web.children()
    assert own_children
    web.kill()
    wait_until(lambda: not _lives(web) and served.answers(), "/healthz after the death of the web process")
    wait_until(lambda: not any(_lives(child) for child in own_children), "workers of the dead web process end")


def _check_second_server_is_refused(home: Path) -> None:
    second = run_command(home, "serve", "--port", str(free_port()))
    assert second.returncode == 1
    assert "已有另一个进程" in second.stderr
    assert "serve" in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1


def _check_commands_share_the_server(home: Path) -> None:
    done = run_command(home, "createuser", "guest", "--role", "hr", "--json", given="correct horse battery\n")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["username"] == "guest"


def _connect(home: Path) -> psycopg.Connection:
    return psycopg.connect(settle(home).url(), autocommit=True)


def _insert(home: Path, rows: int) -> None:
    with _connect(home) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept select generate_series(1, %s)", [rows])


def _count(home: Path) -> int:
    with _connect(home) as connection:
        row = connection.execute("select count(*) from kept").fetchone()
        return int(row[0]) if row else 0


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it ended between the two questions
        return False
