"""Databases as sources: SQLite and PostgreSQL for real, the others as far as their drivers are here."""

import os
import sqlite3
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from sextant.metrics.connectors.contracts import Meter, Request, SourceFailed, Window
from sextant.metrics.connectors.document import SqlSource
from sextant.metrics.connectors.query import parameters_of, refuse_unless_select
from sextant.metrics.connectors.sql import SqlDriver
from sextant.metrics.connectors.sql import find_spec as _find_spec

JANUARY = Window(date(2026, 1, 1), date(2026, 2, 1))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE sales (id INTEGER, who TEXT, day TEXT, amount NUMERIC)")
        rows = [(n, f"E{n % 3}", f"2026-{1 + n // 28:02}-{1 + n % 28:02}", n * 1.5) for n in range(1, 50)]
        database.executemany("INSERT INTO sales VALUES (?, ?, ?, ?)", rows)
    return tmp_path


def read(root: Path, query: str, *, request: Request | None = None, monotonic=None, **source: Any) -> list[dict]:
    declared = SqlSource.model_validate(
        {"kind": "sql", "database": "sqlite", "file": "shop.db", "query": query, **source}
    )
    options = {"monotonic": monotonic} if monotonic else {}
    driver = SqlDriver(declared, secrets=lambda name: "wrong", root=root, allowed_hosts={"localhost"}, **options)
    return list(driver.rows(request or Request(JANUARY), meter=Meter()))


def refusal(*arguments: Any, **options: Any) -> tuple[str, dict[str, object]]:
    with pytest.raises(SourceFailed) as caught:
        read(*arguments, **options)
    return caught.value.problem.code.removeprefix("connector."), dict(caught.value.problem.params)


class TestSQLite:
    def test_days_and_cursor_are_parameters(self, root: Path) -> None:
        query = "SELECT id, day FROM sales WHERE day >= :from AND day < :until ORDER BY id"
        found = read(root, query)
        assert [row["id"] for row in found] == list(range(1, 28))
        cursor = {"field": "id", "type": "number"}
        query = "SELECT id FROM sales WHERE id > :since"
        assert len(read(root, query, cursor=cursor)) == 49
        assert read(root, query, cursor=cursor, request=Request(since="47")) == [{"id": 48}, {"id": 49}]

    def test_the_file_cannot_be_written_even_by_a_query_that_slips_through(self, root: Path) -> None:
        source = SqlSource.model_validate(
            {"kind": "sql", "database": "sqlite", "file": "shop.db", "query": "SELECT 1 AS one"}
        ).model_copy(update={"query": "DELETE FROM sales RETURNING id"})
        with pytest.raises(SourceFailed) as caught:
            list(SqlDriver(source, secrets=str, root=root).rows(Request(), meter=Meter()))
        assert "readonly" in str(caught.value.problem.params["detail"])

    def test_a_query_that_takes_too_long_is_stopped(self, root: Path) -> None:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c FROM n"
        ticks = iter(range(0, 10_000, 30))
        code, _ = refusal(root, endless, monotonic=lambda: float(next(ticks)), limits={"total_seconds": 100})
        assert code == "too_slow"

    def test_more_rows_than_allowed_and_a_column_twice_are_refused(self, root: Path) -> None:
        assert refusal(root, "SELECT id FROM sales", limits={"rows": 10})[0] == "too_many_rows"
        assert refusal(root, "SELECT id, who AS id FROM sales")[0] == "column_twice"

    def test_what_the_database_says_of_a_wrong_query_is_passed_on(self, root: Path) -> None:
        code, params = refusal(root, "SELECT amuont FROM sales")
        assert code == "query_failed" and "amuont" in str(params["detail"])

    def test_files_outside_the_folder_are_not_opened(self, root: Path, tmp_path_factory) -> None:
        outside = tmp_path_factory.mktemp("outside") / "x.db"
        sqlite3.connect(outside).close()
        (root / "link.db").symlink_to(outside)
        for file in ("../x.db", str(outside), "link.db"):
            assert refusal(root, "SELECT 1 AS one", file=file)[0] == "outside_root"
        assert refusal(root, "SELECT 1 AS one", file="none.db")[0] == "file_missing"


class TestPostgreSQL:
    def test_rows_stream_in_a_transaction_that_cannot_write(self, db: None, settings) -> None:
        """Through the driver's own preparation, on a connection of the tests' server."""
        import sqlalchemy

        parts = conninfo_to_dict(os.environ["DATABASE_URL"])
        source = SqlSource.model_validate(
            {
                "kind": "sql",
                "database": "postgresql",
                "host": "localhost",
                "name": "x",
                "user": "x",
                "query": "SELECT n AS id, n::numeric / 4 AS amount, DATE '2026-01-01' AS day"
                " FROM generate_series(1, 5000) n WHERE :from < :until",
            }
        )
        driver = SqlDriver(source, secrets=str, root=Path("/"))
        name = settings.DATABASES["default"]["NAME"]
        query = {key: str(parts[key]) for key in ("host", "port") if parts.get(key)}
        url = sqlalchemy.URL.create("postgresql+psycopg", username=str(parts["user"]), database=name, query=query)
        driver._engine = lambda: sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)  # type: ignore[method-assign]
        rows = list(driver.rows(Request(JANUARY), meter=Meter()))
        assert len(rows) == 5000
        assert rows[0] == {"id": 1, "amount": Decimal("0.25"), "day": date(2026, 1, 1)}
        driver._source = source.model_copy(update={"query": "SELECT lo_create(0) AS gone"})
        with pytest.raises(SourceFailed) as caught:
            list(driver.rows(Request(), meter=Meter()))
        assert "read-only" in str(caught.value.problem.params["detail"])


class TestServers:
    SERVER = {"file": None, "host": "localhost", "name": "crm", "user": "reader", "secret": "password"}

    @pytest.mark.parametrize("database", ["mysql", "mssql", "oracle"])
    def test_a_driver_that_is_not_installed_names_the_extra(self, root: Path, database: str, monkeypatch) -> None:
        from sextant.metrics.connectors import sql

        monkeypatch.setattr(sql, "find_spec", lambda module: None if module != "psycopg" else _find_spec(module))
        code, params = refusal(root, "SELECT 1 AS one", database=database, **self.SERVER)
        assert (code, params["extra"]) == ("driver_missing", database)

    def test_a_server_inside_is_refused_unless_named(self, root: Path) -> None:
        code, params = refusal(root, "SELECT 1 AS one", database="postgresql", **{**self.SERVER, "host": "10.0.0.5"})
        assert (code, params["host"]) == ("host_private", "10.0.0.5")

    def test_nobody_at_home_is_said_as_such(self, root: Path) -> None:
        code, params = refusal(root, "SELECT 1 AS one", database="postgresql", port=9, **self.SERVER)
        assert (code, params["host"]) == ("no_connection", "localhost")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("DELETE FROM t", "not_a_select"),
        ("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", "not_a_select"),
        ("SELECT * INTO copy FROM t", "not_a_select"),
        ("SELECT * FROM t FOR UPDATE", "not_a_select"),
        ("EXPLAIN ANALYZE DELETE FROM t", "not_a_select"),
        ("CALL p()", "not_a_select"),
        ("SELECT 1; DROP TABLE t", "not_one_query"),
        ("SELECT :password", "unknown_parameter"),
        ("SELEC 1", "bad_query"),
        ("SELECT", "bad_query"),
        ("SELECT (", "bad_query"),
    ],
)
def test_anything_but_one_reading_query_is_refused(query: str, code: str) -> None:
    with pytest.raises(ValueError, match=f"connector.{code}"):
        refuse_unless_select(query, database="postgresql")


@pytest.mark.parametrize(
    ("query", "database"),
    [
        ("SELECT TOP 10 [a] FROM [dbo].[t] WHERE d >= :from", "mssql"),
        ("SELECT `a` FROM `t` WHERE d >= :from", "mysql"),
        ("SELECT a FROM t WHERE d >= :from AND ROWNUM < 5", "oracle"),
        (
            "WITH x AS (SELECT 1 AS a) SELECT a::text, '12:30' FROM x UNION SELECT b, c FROM y WHERE d >= :from;",
            "postgresql",
        ),
    ],
)
def test_each_database_may_write_its_own_dialect(query: str, database: str) -> None:
    refuse_unless_select(query, database=database)
    assert parameters_of(query) == {"from"}


def test_marks_of_any_type_are_compared_by_what_they_mean() -> None:
    from sextant.metrics.connectors.document import Cursor
    from sextant.metrics.connectors.windows import higher

    moments = Cursor(field="t", type="datetime")
    assert higher(moments, "2026-01-05T09:00:00+08:00", "2026-01-05T02:00:00Z") == "2026-01-05T02:00:00Z"
    assert (
        higher(moments, "2026-01-05T09:00:00+08:00", datetime.fromisoformat("2026-01-05T00:00"))
        == "2026-01-05T09:00:00+08:00"
    )
    numbers = Cursor(field="n", type="number")
    assert higher(numbers, "9", 10) == "10"
    assert higher(numbers, "9", "n/a") == "9"
    assert higher(numbers, None, None) is None
