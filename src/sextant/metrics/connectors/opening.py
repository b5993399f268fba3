"""From a source in a document to the driver that reads it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sextant.metrics.connectors.contracts import RowDriver, SecretReader
from sextant.metrics.connectors.document import FilesSource, FlowsSource, RestSource, RowSource
from sextant.metrics.connectors.files import FilesDriver, open_store
from sextant.metrics.connectors.flows import FlowsDriver
from sextant.metrics.connectors.rest import RestDriver
from sextant.metrics.connectors.sql import SqlDriver
from sextant.metrics.connectors.web import Clock


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What this installation allows and offers: hosts that may be private, the folder of files, room for copies."""

    allowed_hosts: Collection[str]
    files_root: Path
    work_folder: Path
    clock: Clock = field(default_factory=Clock)


def open_rows(source: RowSource, *, secrets: SecretReader, around: Surroundings, now: datetime) -> RowDriver:
    """The driver of a source that gives rows."""
    if isinstance(source, RestSource):
        return RestDriver(source, secrets=secrets, allowed_hosts=around.allowed_hosts, clock=around.clock)
    if isinstance(source, FlowsSource):
        return FlowsDriver(source, now=now)
    return SqlDriver(
        source,
        secrets=secrets,
        root=around.files_root,
        allowed_hosts=around.allowed_hosts,
        monotonic=around.clock.monotonic,
    )


def open_files(source: FilesSource, *, secrets: SecretReader, around: Surroundings, now: datetime) -> FilesDriver:
    """The driver of a source that gives files. Raises SourceFailed."""
    store = open_store(source, root=around.files_root, secrets=secrets, allowed_hosts=around.allowed_hosts)
    return FilesDriver(source, store=store, work_folder=around.work_folder, now=now)
