"""The connector's document: which source, how it becomes measurements, when, and how far back.

Checked here for shape alone; docs/connectors.md explains every key. Secrets are only named, never written.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jmespath
from croniter import croniter
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator, model_validator

from sextant.engines.values import Problem
from sextant.metrics.connectors.query import parameters_of, refuse_unless_select
from sextant.metrics.documents import Document, DocumentRefused, keys_of, read_yaml, shape_problems
from sextant.metrics.mapping import KEYS as MAPPING_KEYS
from sextant.metrics.mapping import IngestMapping, Text

NAME = r"[a-z0-9][a-z0-9_-]{0,59}"
PLACEHOLDER = re.compile(r"\{(from|until|since)(?::([^{}]+))?\}")
"""`{from}`, `{until}`, `{since}` in parameters; `{from:%Y%m%d}` writes the day in another way."""


_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key"})
"""Headers whose values are secrets: they belong under `auth`, where only their name is written."""


class ConnectorRefused(DocumentRefused):
    """The document cannot be used; nothing was stored or read."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("connector.unknown_zone") from error
    return name


def _cron(text: str) -> str:
    if len(text.split()) != 5 or not croniter.is_valid(text):
        raise ValueError("connector.bad_cron")
    return text


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise ValueError("connector.bad_address") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.fragment:
        raise ValueError("connector.bad_address")
    return text


def _path_expression(text: str) -> str:
    try:
        jmespath.compile(text)
    except JMESPathError as error:
        raise ValueError("connector.bad_jmespath") from error
    return text


Address = Annotated[str, Field(max_length=2000), AfterValidator(_web_address)]
Path = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_path_expression)]
SecretName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]


class HeaderAuth(Document):
    """A header with a secret: `Authorization: Bearer …` unless told otherwise."""

    kind: Literal["header"]
    secret: SecretName
    header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,80}$")] = "Authorization"
    prefix: Annotated[str, Field(max_length=40, pattern=r"^[\x21-\x7e]*$")] = "Bearer"


class BasicAuth(Document):
    """User and password."""

    kind: Literal["basic"]
    user: Text
    secret: SecretName


class OAuth2Auth(Document):
    """OAuth2 client credentials: a token is fetched for each run, and renewed when it ends on the way."""

    kind: Literal["oauth2"]
    token_url: Address
    client_id: Text
    secret: SecretName
    scope: str | None = None


class PagePages(Document):
    """Pages by number. Reading ends with a page without rows, or, with `past_end: not_found`, with a 404."""

    kind: Literal["page"]
    param: Text = "page"
    first: Annotated[int, Field(ge=0, le=1)] = 1
    size_param: Text | None = None
    size: Annotated[int, Field(ge=1, le=100_000)] | None = None
    past_end: Literal["empty", "not_found"] = "empty"
    total: Path | None = None


class OffsetPages(Document):
    """Pages by the number of rows before them, counted as they arrive: a source may give less than asked for."""

    kind: Literal["offset"]
    param: Text = "offset"
    size_param: Text | None = "limit"
    size: Annotated[int, Field(ge=1, le=100_000)] | None = None
    total: Path | None = None


class CursorPages(Document):
    """The answer says how to go on: `next` leads to it. With `param` it is a value for that parameter, without it is
    the address of the next page."""

    kind: Literal["cursor"]
    next: Path
    param: Text | None = None
    total: Path | None = None


class LinkPages(Document):
    """The header `Link: <…>; rel="next"` (RFC 8288)."""

    kind: Literal["link"]
    total: Path | None = None


Pages = Annotated[PagePages | OffsetPages | CursorPages | LinkPages, Field(discriminator="kind")]


class Cursor(Document):
    """Only what is new: rows whose `field` is beyond the highest one taken in. `{since}` and `:since` stand for it.

    For days and moments the closing days are subtracted, so that late changes are seen.
    """

    field: Text
    type: Literal["number", "date", "datetime", "text"] = "datetime"
    initial: Text | None = None


class Limits(Document):
    """What a reading may cost at most; beyond it fails, because half a reading would look like all of it."""

    requests_per_minute: Annotated[int, Field(ge=1, le=6000)] | None = None
    attempts: Annotated[int, Field(ge=1, le=8)] = 5
    connect_seconds: Annotated[int, Field(ge=1, le=120)] = 10
    read_seconds: Annotated[int, Field(ge=1, le=600)] = 30
    total_seconds: Annotated[int, Field(ge=1, le=14_400)] = 900
    pages: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    rows: Annotated[int, Field(ge=1, le=100_000_000)] = 5_000_000
    megabytes: Annotated[int, Field(ge=1, le=100_000)] = 2_000


class RestSource(Document):
    """Answers in JSON over HTTP. `rows` leads from an answer to its list of rows."""

    kind: Literal["rest"]
    url: Address
    params: dict[Text, Text] = {}
    headers: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,80}$")], Text] = {}
    auth: Annotated[HeaderAuth | BasicAuth | OAuth2Auth, Field(discriminator="kind")] | None = None
    rows: Path = "@"
    pages: Pages | None = None
    cursor: Cursor | None = None
    limits: Limits = Limits()

    @field_validator("headers")
    @classmethod
    def _no_secrets(cls, headers: dict[str, str]) -> dict[str, str]:
        if _SECRET_HEADERS & {name.lower() for name in headers}:
            raise ValueError("connector.secret_in_document")
        return headers

    def uses(self) -> frozenset[str]:
        """Which of from, until, since the parameters ask for."""
        return frozenset(found[1] for text in self.params.values() for found in PLACEHOLDER.finditer(text))

    def secret_places(self) -> Iterator[tuple[str, str]]:
        """(secret, where it is sent). A secret set for one place is never sent to another."""
        if isinstance(self.auth, OAuth2Auth):
            yield self.auth.secret, origin_of(self.auth.token_url)
        elif self.auth is not None:
            yield self.auth.secret, origin_of(self.url)


DatabaseKind = Literal["postgresql", "sqlite", "mysql", "mssql", "oracle"]


class SqlSource(Document):
    """One SELECT against a database. `name` is the database (Oracle: the service), `file` that of SQLite."""

    kind: Literal["sql"]
    database: DatabaseKind
    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,255}$")] | None = None
    port: Annotated[int, Field(ge=1, le=65_535)] | None = None
    name: Text | None = None
    user: Text | None = None
    secret: SecretName | None = None
    tls: Literal["require", "verify", "off"] = "require"
    file: Text | None = None
    query: Annotated[str, Field(min_length=1, max_length=20_000)]
    cursor: Cursor | None = None
    limits: Limits = Limits()

    @field_validator("query")
    @classmethod
    def _only_reads(cls, query: str, fields: ValidationInfo) -> str:
        refuse_unless_select(query, database=fields.data.get("database", "postgresql"))
        return query

    @model_validator(mode="after")
    def _place(self) -> Self:
        if self.database == "sqlite":
            if self.file is None or any((self.host, self.port, self.name, self.user, self.secret)):
                raise ValueError("connector.sqlite_has_a_file")
        elif self.file is not None or not (self.host and self.name and self.user):
            raise ValueError("connector.server_needed")
        return self

    def uses(self) -> frozenset[str]:
        """Which of from, until, since the query asks for."""
        return parameters_of(self.query)

    def secret_places(self) -> Iterator[tuple[str, str]]:
        """(secret, where it is sent)."""
        if self.secret is not None:
            yield self.secret, f"{self.database}://{self.host}:{self.port or 'default'}"


class S3Store(Document):
    """A bucket of an S3-compatible store; `folder` and `archive` are prefixes in it."""

    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,62}$")]
    endpoint: Address | None = None
    region: Text | None = None
    access_key: Text
    secret: SecretName


class FilesSource(Document):
    """Whole files from a folder below SEXTANT_CONNECTOR_FILES, or from a bucket.

    Every content is taken in once. Files changed within `settle_seconds` may still be written and wait. `archive` moves
    a file there once it is in; without it the file stays and is remembered by its content.
    """

    kind: Literal["files"]
    folder: Annotated[str, Field(max_length=500)] = ""
    glob: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^/\\]+$")] = "*"
    archive: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    settle_seconds: Annotated[int, Field(ge=0, le=86_400)] = 30
    rows: Path | None = None
    s3: S3Store | None = None
    limits: Limits = Limits()

    def secret_places(self) -> Iterator[tuple[str, str]]:
        """(secret, where it is sent)."""
        if self.s3 is not None:
            yield self.s3.secret, origin_of(self.s3.endpoint) if self.s3.endpoint else "s3"


class FlowsSource(Document):
    """How long a flow of this product takes: a row for each answer of a person, each step, or each whole run. `steps`
    narrows to some steps by code. Rows have the source's own id (`record`); docs/flows.md names the columns."""

    kind: Literal["flows"]
    flow: Text
    of: Literal["answers", "steps", "runs"] = "answers"
    steps: tuple[Text, ...] = ()
    limits: Limits = Limits()

    @property
    def cursor(self) -> None:
        """It is read by days."""
        return None

    def uses(self) -> frozenset[str]:
        """It is always asked for a range of days."""
        return frozenset({"from", "until"})

    def secret_places(self) -> Iterator[tuple[str, str]]:
        """It needs no secret."""
        return iter(())


RowSource = RestSource | SqlSource | FlowsSource
Source = Annotated[RestSource | SqlSource | FilesSource | FlowsSource, Field(discriminator="kind")]


class Schedule(Document):
    """When to run: five cron fields, in the source's time zone."""

    cron: Annotated[str, AfterValidator(_cron)]
    zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"


class Backfill(Document):
    """How far back the first reading goes, and in which slices; each slice is a batch of its own."""

    start: Annotated[date, Field(alias="from")]
    until: date | None = None
    slice_days: Annotated[int, Field(ge=1, le=3660)] = 92

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until <= self.start:
            raise ValueError("connector.backfill_reversed")
        return self


class ConnectorDocument(Document):
    """A whole connector."""

    name: Annotated[str, Field(pattern=f"^{NAME}$")]
    title: Annotated[str, Field(max_length=200)] = ""
    enabled: bool = True
    source: Source
    schedule: Schedule | None = None
    backfill: Backfill | None = None
    closing_days: Annotated[int, Field(ge=1, le=30)] = 7
    mapping: IngestMapping

    @model_validator(mode="after")
    def _reads_what_it_declares(self) -> Self:
        if isinstance(self.source, FilesSource):
            return self
        if self.uses_days and self.backfill is None:
            raise ValueError("connector.backfill_needed")
        if ("since" in self.source.uses()) != (self.source.cursor is not None):
            raise ValueError("connector.cursor_and_since")
        if any(not self.mapping.record_of(rule) for rule in self.mapping.measurements):
            raise ValueError("connector.record_needed")
        return self

    @property
    def uses_days(self) -> bool:
        """Whether the source is asked for a range of days."""
        return not isinstance(self.source, FilesSource) and bool(self.source.uses() & {"from", "until"})

    @property
    def label(self) -> str:
        """What people call it."""
        return self.title or self.mapping.source


def origin_of(address: str) -> str:
    """Scheme, host and port of a web address, in one spelling.

    >>> origin_of("HTTPS://Crm.example.com/api"), origin_of("http://[::1]:8080/")
    ('https://crm.example.com:443', 'http://::1:8080')
    """
    parts = urlsplit(address)
    return f"{parts.scheme.lower()}://{parts.hostname}:{parts.port or (443 if parts.scheme.lower() == 'https' else 80)}"


_KEYS = (
    *keys_of(
        ConnectorDocument, Schedule, Backfill, RestSource, SqlSource, FilesSource, FlowsSource, S3Store, Cursor, Limits
    ),
    *keys_of(HeaderAuth, BasicAuth, OAuth2Auth, PagePages, OffsetPages, CursorPages, LinkPages),
    *MAPPING_KEYS,
    "from",
)


def parse_connector(text: str) -> ConnectorDocument:
    """The connector in a YAML text; ConnectorRefused says what is wrong and where (`mapping.*` for the shape,
    `connector.*` for what only connectors have)."""
    try:
        return ConnectorDocument.model_validate(read_yaml(text))
    except ConnectorRefused:
        raise
    except DocumentRefused as error:
        raise ConnectorRefused(*error.problems) from error
    except ValidationError as error:
        raise ConnectorRefused(*map(_without_kinds, shape_problems(error, keys=_KEYS))) from error


_KINDS = re.compile(
    r"(?<=source)\.(?:rest|sql|files|flows)\b|(?<=auth)\.(?:header|basic|oauth2)\b|(?<=pages)\.(?:page|offset|cursor|link)\b"
)
"""pydantic names the chosen kind in the path, where the document has no such level."""


def _without_kinds(problem: Problem) -> Problem:
    path = _KINDS.sub("", str(problem.params.get("path", "")))
    return Problem(problem.code, {**problem.params, "path": path}) if "path" in problem.params else problem
