"""What a driver is asked and what it answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from sextant.engines.values import Problem

Row = Mapping[str, object]


class SourceFailed(Exception):
    """The source could not be read; nothing of this reading counts. `problem` (codes `connector.*`) names the remedy
    through `messages.say`."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.problem = Problem(f"connector.{code}", params)


@dataclass(frozen=True, slots=True)
class Window:
    """The days to read, half-open. Both are None for a source that is not asked for days."""

    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One reading: the days, and where the cursor stood (`since`, as the source writes it; None the first time)."""

    window: Window = field(default_factory=Window)
    since: str | None = None


@dataclass(slots=True)
class Meter:
    """What a reading cost so far; the run log shows it, also of a reading that failed."""

    requests: int = 0
    rows: int = 0
    bytes: int = 0


SecretReader = Callable[[str], str]
"""The value of a secret the document names. Raises SourceFailed (`secret_unset`, `secret_elsewhere`)."""


class RowDriver(Protocol):
    """Reads rows from a source, one after another, in memory that does not grow with their number."""

    def rows(self, request: Request, *, meter: Meter, first: int | None = None) -> Iterator[Row]:
        """The rows of one reading; with `first` the reading may stop after that many. Raises SourceFailed."""
        ...


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file a source offers: `name` as people know it, `sha256` of its content, a local `path` to read it from."""

    name: str
    path: Path
    sha256: str


class FileDriver(Protocol):
    """Offers whole files, oldest first."""

    def files(self, *, meter: Meter) -> Iterator[FoundFile]:
        """Every file that lies there finished, oldest first. Raises SourceFailed."""
        ...

    def archive(self, file: FoundFile) -> None:
        """Put a file that was taken in where the document wants it. Raises SourceFailed."""
        ...


class RunState(StrEnum):
    """Life of a run: running → done | held | failed. `unchanged`: the source was read, and nothing was new. `held`: an
    audit rule keeps what came until a person decides."""

    RUNNING = "running"
    DONE = "done"
    UNCHANGED = "unchanged"
    HELD = "held"
    FAILED = "failed"


class Trigger(StrEnum):
    """What started a run."""

    SCHEDULE = "schedule"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """A run of a connector, as the log shows it. `error` is a sentence with its remedy, empty unless the run failed.

    Its rows: read at the source, measurements accepted, quarantine entries. `batches` are the ids of what it delivered.
    """

    id: int
    connector: str
    version: int
    trigger: Trigger
    state: RunState
    started_at: datetime
    started_by: str
    seconds: Decimal | None
    from_on: date | None
    until_on: date | None
    since: str | None
    requests: int
    rows_read: int
    accepted: int
    quarantined: int
    ledger_version: int | None
    batches: tuple[int, ...]
    error_code: str
    error: str


@dataclass(frozen=True, slots=True)
class SecretState:
    """A secret the document names. `is_set` is true only when it may be sent where the document now points;
    `is_elsewhere` says that it was set for another place."""

    name: str
    place: str
    is_set: bool
    is_elsewhere: bool
    set_at: datetime | None
    set_by: str


@dataclass(frozen=True, slots=True)
class ConnectorRow:
    """A connector in a list, with its last run (None before the first)."""

    id: int
    name: str
    title: str
    kind: str
    enabled: bool
    version: int
    next_due_at: datetime | None
    read_until: date | None
    high_water: str | None
    last_run: RunOutcome | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a connector's document."""

    number: int
    text: str
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True)
class StaleMetric:
    """A metric that promised fresher data than it has. `last_on` is the last day any delivery brought; None: none ever.

    `days` are the days since, `promised_days` the promise; `owner` is empty when the metric has none.
    """

    metric_id: int
    code: str
    name: str
    owner_person_id: int | None
    owner: str
    last_on: date | None
    days: int | None
    promised_days: int
