"""Databases as servers: over TCP, with a password, over TLS; what they refuse, and that nothing is written."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sextant.metrics.connectors.contracts import Meter, Request, Row, SourceFailed, Window
from sextant.metrics.connectors.document import SqlSource
from sextant.metrics.connectors.sql import SqlDriver
from sextant.metrics.connectors.tests.servers import PASSWORD, Server, mariadb, postgresql

JANUARY = Request(Window(date(2026, 1, 1), date(2026, 2, 1)))
WRITING = {
    "mysql": "INSERT INTO sales VALUES (0, 'x', '2026-01-01', 1)",
    "postgresql": "DELETE FROM sales RETURNING id",
}


def read(server: Server, database: str, query: str, *, secret: str = PASSWORD, **source: Any) -> list[Row]:
    fields = {"host": server.host, "port": server.port, "user": "reader", "secret": "password", **source}
    declared = SqlSource.model_validate({"kind": "sql", "database": database, "query": "SELECT 1 AS one", **fields})
    driver = SqlDriver(
        declared.model_copy(update={"query": query}),  # also what no document may hold: the server has to refuse it
        secrets=lambda name: secret,
        root=Path("/"),
        allowed_hosts={server.host},
    )
    return list(driver.rows(JANUARY, meter=Meter()))


def refusal(*arguments: Any, **options: Any) -> str:
    with pytest.raises(SourceFailed) as caught:
        read(*arguments, **options)
    return caught.value.problem.code.removeprefix("connector.")


def assert_keeps_its_promises(server: Server, database: str, name: str, patch: pytest.MonkeyPatch) -> None:
    """What is the same for every server: rows as they are, encrypted, refused without password, never written."""
    rows = read(server, database, "SELECT id, amount FROM sales ORDER BY id", name=name)
    assert len(rows) == 5000 and rows[3] == {"id": 4, "amount": Decimal("5.00")}
    assert refusal(server, database, "SELECT 1 AS one", name=name, secret="wrong") == "database_refused"
    # who only speaks encrypted does not let in without, and nobody vouches for this certificate
    assert refusal(server, database, "SELECT 1 AS one", name=name, tls="off") in {"database_refused", "no_connection"}
    assert refusal(server, database, "SELECT 1 AS one", name=name, tls="verify") == "bad_certificate"
    with patch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(server.authority))
        assert read(server, database, "SELECT 1 AS one", name=name, tls="verify") == [{"one": 1}]
    assert refusal(server, database, WRITING[database], name=name) == "query_failed"
    assert refusal(server, database, "SELECT amuont FROM sales", name=name) == "query_failed"
    assert len(read(server, database, "SELECT id FROM sales", name=name)) == 5000
    slow = {"mysql": "SELECT SLEEP(9) AS s", "postgresql": "SELECT pg_sleep(9) AS s"}[database]
    assert refusal(server, database, slow, name=name, limits={"total_seconds": 1}) == "too_slow"


def test_postgresql_over_tcp(monkeypatch: pytest.MonkeyPatch) -> None:
    with postgresql() as server:
        assert_keeps_its_promises(server, "postgresql", "sextant", monkeypatch)


def test_mariadb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mariadb(tmp_path) as server:
        assert_keeps_its_promises(server, "mysql", "shop", monkeypatch)
        found = read(
            server, "mysql", "SELECT who, day FROM sales WHERE day >= :from AND day < :until LIMIT 1", name="shop"
        )
        assert found == [{"who": "沈1", "day": date(2026, 1, 2)}]
