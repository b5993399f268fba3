"""Sources that are databases: one SELECT, streamed, in a transaction that cannot write where the database knows such.

PostgreSQL and SQLite are always there; the other drivers are extras of the package.
"""

import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from sextant.metrics.connectors.contracts import Meter, Request, Row, SecretReader, SourceFailed
from sextant.metrics.connectors.document import SqlSource
from sextant.metrics.connectors.hosts import judged_address
from sextant.metrics.connectors.places import below
from sextant.metrics.connectors.query import parameters_of

ROWS_AT_ONCE = 2_000
_DRIVERS = {
    "postgresql": ("postgresql+psycopg", "psycopg", ""),
    "sqlite": ("sqlite", "sqlite3", ""),
    "mysql": ("mysql+pymysql", "pymysql", "mysql"),
    "mssql": ("mssql+pymssql", "pymssql", "mssql"),
    "oracle": ("oracle+oracledb", "oracledb", "oracle"),
}
"""Dialect, module, and the extra of the package that brings the module."""
_PORTS = {"postgresql": 5432, "mysql": 3306, "mssql": 1433, "oracle": 1521}
_PROGRESS_STEPS = 100_000
"""Steps of SQLite between two looks at the clock."""


class SqlDriver:
    """Reads a `SqlSource`: the rows of its query, a few thousand in memory at a time."""

    def __init__(
        self,
        source: SqlSource,
        *,
        secrets: SecretReader,
        root: Path,
        allowed_hosts: Collection[str] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._secrets = secrets
        self._root = root
        self._allowed_hosts = allowed_hosts
        self._monotonic = monotonic

    def rows(self, request: Request, *, meter: Meter, first: int | None = None) -> Iterator[Row]:
        """See RowDriver."""
        limits = self._source.limits
        ends_at = self._monotonic() + limits.total_seconds
        with self._reading() as connection:
            meter.requests += 1
            statement = sqlalchemy.text(self._source.query)
            found = connection.execute(statement, self._parameters(request))
            columns = _columns(list(found.keys()))
            for record in found:
                if meter.rows >= limits.rows:
                    raise SourceFailed("too_many_rows", rows=limits.rows)
                if meter.rows % ROWS_AT_ONCE == 0 and self._monotonic() > ends_at:
                    raise SourceFailed("too_slow", seconds=limits.total_seconds)
                meter.rows += 1
                yield dict(zip(columns, record, strict=True))
                if first is not None and meter.rows >= first:
                    return

    def _parameters(self, request: Request) -> Mapping[str, object]:
        cursor = self._source.cursor
        since: object = request.since
        if since is None and cursor is not None and cursor.type == "number":
            since = 0
        elif since is not None and cursor is not None and cursor.type == "number":
            since = _number(str(since))
        elif since is None and cursor is not None and cursor.type in {"date", "datetime"}:
            since = "0001-01-01"
        values = {"from": request.window.from_on, "until": request.window.until_on, "since": since or ""}
        if self._source.database == "sqlite":
            # SQLite has no days; text is what its own functions give and what exports hold
            values = {name: str(value) for name, value in values.items()}
            values["since"] = since if since is not None else ""
        return {name: value for name, value in values.items() if name in parameters_of(self._source.query)}

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A connection in a read-only transaction that is rolled back. Raises SourceFailed for all that goes wrong."""
        engine = self._engine()
        try:
            with engine.connect() as connection:
                # first: a statement that is no query cannot be streamed
                self._make_read_only(connection)
                yield connection.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE)
        except DBAPIError as error:
            raise self._failure(error) from error
        except SQLAlchemyError as error:
            raise SourceFailed("query_failed", detail=_first_line(error)) from error
        finally:
            engine.dispose()

    def _engine(self) -> Engine:
        dialect, module, extra = _DRIVERS[self._source.database]
        if find_spec(module) is None:
            raise SourceFailed("driver_missing", database=self._source.database, extra=extra)
        if self._source.database == "sqlite":
            return self._sqlite(below(self._root, self._source.file or ""))
        host, port = self._source.host or "", self._source.port or _PORTS[self._source.database]
        address = judged_address(host, port, allowed=self._allowed_hosts)
        password = self._secrets(self._source.secret) if self._source.secret else None
        url = URL.create(
            dialect,
            username=self._source.user,
            password=password,
            host=address if self._source.database == "mysql" else host,
            port=port,
            database=None if self._source.database == "oracle" else self._source.name,
            query={"service_name": self._source.name or ""} if self._source.database == "oracle" else {},
        )
        arguments = self._arguments(address)
        if self._source.database == "mysql" and password is not None:
            arguments["password"] = password.encode()  # the driver takes a text for Latin-1
        return sqlalchemy.create_engine(url, poolclass=NullPool, connect_args=arguments, hide_parameters=True)

    def _sqlite(self, path: Path) -> Engine:
        if not path.is_file():
            raise SourceFailed("file_missing", file=self._source.file)
        ends_at = self._monotonic() + self._source.limits.total_seconds
        # the address of a file may hold any character but those that have a meaning in it
        place = str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        engine = sqlalchemy.create_engine(f"sqlite:///file:{place}?mode=ro&uri=true", poolclass=NullPool)

        @sqlalchemy.event.listens_for(engine, "connect")
        def _guard(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA query_only = ON")
            connection.set_progress_handler(lambda: self._monotonic() > ends_at, _PROGRESS_STEPS)

        return engine

    def _arguments(self, address: str) -> dict[str, object]:
        """What a driver is told beside the address: how long to wait, and how to encrypt."""
        limits, tls = self._source.limits, self._source.tls
        match self._source.database:
            case "postgresql":
                mode = {"require": "require", "verify": "verify-full", "off": "disable"}[tls]
                found: dict[str, object] = {
                    "connect_timeout": limits.connect_seconds,
                    "sslmode": mode,
                    "hostaddr": address,
                    "options": f"-c statement_timeout={limits.total_seconds * 1000}",
                }
                return found if mode != "verify-full" else {**found, "sslrootcert": "system"}
            case "mysql":
                found = {"connect_timeout": limits.connect_seconds, "read_timeout": limits.read_seconds}
                if tls == "off":
                    return {**found, "ssl_disabled": True}
                return {**found, "ssl": _context(named=self._source.host or "", is_verified=tls == "verify")}
            case "mssql":
                found = {"login_timeout": limits.connect_seconds, "timeout": limits.total_seconds}
                return found if tls == "off" else {**found, "encryption": "require"}
        return {"tcp_connect_timeout": limits.connect_seconds}

    def _make_read_only(self, connection: Connection) -> None:
        milliseconds = self._source.limits.total_seconds * 1000
        match self._source.database:
            case "postgresql":
                connection.execute(sqlalchemy.text("SET TRANSACTION READ ONLY"))
            case "mysql":
                connection.execute(sqlalchemy.text("SET SESSION TRANSACTION READ ONLY"))
                is_mariadb = getattr(connection.dialect, "is_mariadb", False)
                limit = (
                    f"max_statement_time = {milliseconds // 1000}"
                    if is_mariadb
                    else f"MAX_EXECUTION_TIME = {milliseconds}"
                )
                connection.execute(sqlalchemy.text(f"SET SESSION {limit}"))
            case "oracle":
                connection.execute(sqlalchemy.text("SET TRANSACTION READ ONLY"))
                driver: Any = connection.connection.driver_connection
                driver.call_timeout = milliseconds

    def _failure(self, error: DBAPIError) -> SourceFailed:
        """What the database said, told apart as far as it says so."""
        said = _first_line(error.orig)
        state = str(getattr(error.orig, "sqlstate", "") or "")
        lowered = said.lower()
        if state.startswith("28") or any(word in lowered for word in ("password", "access denied", "login failed")):
            return SourceFailed("database_refused", host=self._source.host or "", user=self._source.user or "")
        if "certificate" in lowered:
            return SourceFailed("bad_certificate", host=self._source.host or "", detail=said)
        if state == "57014" or "interrupted" in lowered or "timeout" in lowered or "timed out" in lowered:
            return SourceFailed("too_slow", seconds=self._source.limits.total_seconds)
        if error.connection_invalidated or "connection" in lowered:
            return SourceFailed("no_connection", host=self._source.host or "", detail=said)
        return SourceFailed("query_failed", detail=said)


class _NamedContext(ssl.SSLContext):
    """Connects to an address that was judged, and asks for the certificate of the name it was found under."""

    named = ""

    def wrap_socket(self, sock: socket.socket, **options: Any) -> ssl.SSLSocket:  # type: ignore[override]
        """See ssl.SSLContext."""
        return super().wrap_socket(sock, **{**options, "server_hostname": self.named})


def _context(*, named: str, is_verified: bool) -> ssl.SSLContext:
    """Encryption for MySQL and MariaDB. Given a mapping instead, the driver verifies nothing without a file of
    authorities of its own; here the system's authorities vouch."""
    context = _NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.named = named
    context.check_hostname = is_verified
    context.verify_mode = ssl.CERT_REQUIRED if is_verified else ssl.CERT_NONE
    if is_verified:
        context.load_default_certs()
    return context


def _columns(names: list[str]) -> list[str]:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise SourceFailed("column_twice", column=name)
    return names


def _number(text: str) -> object:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else number


def _first_line(error: object) -> str:
    return str(error).strip().partition("\n")[0][:300]
