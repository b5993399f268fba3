"""What a driver is asked and what it answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
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

    def files(self, *, known: Callable[[str], bool], meter: Meter) -> Iterator[FoundFile]:
        """Files whose content is not `known` (asked by SHA-256). Raises SourceFailed."""
        ...

    def archive(self, file: FoundFile) -> None:
        """Put a file that was taken in where the document wants it. Raises SourceFailed."""
        ...
