"""One run's way from a source to the ledger.

Marks move only once the rows are in the ledger, so a run that is killed or fails anywhere is simply run again. What is
delivered has a key made of connector, days, content and the delivery before it: the same delivery after a crash is
recognised, and a value that went back to what it was is still a new one.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.foundation.secrets import SecretUnreadable, unseal
from sextant.foundation.tabular import TableUnreadable
from sextant.foundation.tabular.spool import Spooled, spooled
from sextant.metrics.actions.ingest import ingest_file, ingest_rows
from sextant.metrics.connectors.contracts import FoundFile, Meter, Request, Row, SourceFailed, Window
from sextant.metrics.connectors.document import ConnectorDocument, FilesSource
from sextant.metrics.connectors.json_files import is_json, read_json_rows
from sextant.metrics.connectors.opening import Surroundings, open_files, open_rows
from sextant.metrics.connectors.windows import higher, since_of, windows_to_read
from sextant.metrics.contracts import IngestReport
from sextant.metrics.documents import DocumentRefused
from sextant.metrics.intake.delivery import Delivery, deliver_rows, open_delivery
from sextant.metrics.models import Connector, ConnectorFile, ConnectorSecret

_HIDDEN = "•••"


@dataclass(slots=True)
class Totals:
    """What a run brought so far."""

    windows: list[Window] = field(default_factory=list)
    since: str | None = None
    accepted: int = 0
    quarantined: int = 0
    ledger_version: int | None = None
    is_held: bool = False
    batches: list[int] = field(default_factory=list)

    def add(self, report: IngestReport) -> None:
        """Count a delivery. One that was known before is named, and adds nothing."""
        if report.batch is not None:
            self.batches.append(report.batch)
            self.ledger_version = report.ledger_version
        self.is_held = self.is_held or report.is_held
        self.accepted += report.accepted
        self.quarantined += len(report.quarantined)


class SecretBook:
    """Unseals what the document names for where it is sent, and hides it again from everything that is said."""

    def __init__(self, connector_id: int | None, document: ConnectorDocument) -> None:
        self._places = dict(document.source.secret_places())
        self._connector_id = connector_id
        self._used: list[str] = []

    def read(self, name: str) -> str:
        """See SecretReader."""
        held = None
        if self._connector_id is not None:
            held = ConnectorSecret.objects.filter(connector_id=self._connector_id, name=name).first()
        if held is None:
            raise SourceFailed("secret_unset", secret=name)
        if held.place != self._places[name]:
            raise SourceFailed("secret_elsewhere", secret=name, was=held.place, place=self._places[name])
        try:
            value = unseal(bytes(held.sealed))
        except SecretUnreadable as error:
            raise SourceFailed("secret_unreadable", secret=name) from error
        self._used.append(value)
        return value

    def hidden(self, problem: Problem) -> Problem:
        """The problem without the secrets: a source may repeat them in its answer."""
        return Problem(problem.code, {name: self._hide(value) for name, value in problem.params.items()})

    def _hide(self, value: object) -> object:
        if isinstance(value, Problem):
            return self.hidden(value)
        if isinstance(value, str):
            for secret in self._used:
                value = value.replace(secret, _HIDDEN).replace(secret.strip(), _HIDDEN)
        return value


class SourceDelivery:
    """One run's way from the source to the ledger."""

    def __init__(
        self,
        connector: Connector,
        document: ConnectorDocument,
        secrets: SecretBook,
        meter: Meter,
        totals: Totals,
        *,
        actor: Actor,
        now: datetime,
        around: Surroundings,
    ) -> None:
        self._connector = connector
        self._document = document
        self._secrets = secrets.read
        self._meter = meter
        self._totals = totals
        self._actor = actor
        self._now = now
        self._around = around

    def take_rows(self, *, from_start: bool) -> None:
        """Every window in turn; what is in stays in when a later one fails."""
        source = self._document.source
        assert not isinstance(source, FilesSource)
        if from_start:
            self._connector.read_until = self._connector.high_water = None
        driver = open_rows(source, secrets=self._secrets, around=self._around, now=self._now)
        since = since_of(source.cursor, high_water=self._connector.high_water, closing_days=self._document.closing_days)
        self._totals.since = since
        today = company_day(self._now, zone_of(self._document))
        for window in windows_to_read(self._document, read_until=self._connector.read_until, today=today):
            self._totals.windows.append(window)
            mark = _Mark(self._connector.high_water)
            rows = driver.rows(Request(window, since), meter=self._meter)
            with spooled(self._marking(rows, mark), folder=self._around.work_folder) as taken:
                if taken is not None:
                    self._deliver(taken, window, mark)
                self._advance(window, mark)

    def take_files(self, source: FilesSource) -> None:
        """Every new file. One that cannot be taken in does not keep the others out; it is named at the end."""
        driver = open_files(source, secrets=self._secrets, around=self._around, now=self._now)
        refused: list[tuple[str, Problem]] = []
        for file in driver.files(meter=self._meter):
            if not self._connector.files.filter(sha256=file.sha256).exists():
                try:
                    self._totals.add(self._take_file(file, source))
                except (SourceFailed, TableUnreadable) as error:
                    refused.append((file.name, error.problem))
                    continue
                except DocumentRefused as error:
                    refused.append((file.name, error.problems[0]))
                    continue
                names = {"name": file.name[:500], "read_at": self._now}
                ConnectorFile.objects.get_or_create(connector=self._connector, sha256=file.sha256, defaults=names)
            driver.archive(file)
        if refused:
            name, problem = refused[0]
            raise SourceFailed("file_refused", count=len(refused), file=name, problem=problem)

    def _take_file(self, file: FoundFile, source: FilesSource) -> IngestReport:
        common = {"mapping": self._document.mapping, "actor": self._actor, "now": self._now}
        if is_json(file.path):
            rows = read_json_rows(file.path, name=file.name, rows=source.rows)
            self._meter.rows += len(rows)
            return ingest_rows(rows, source_name=file.name, batch_key=None, **common)  # type: ignore[arg-type]
        return ingest_file(file.path, filename=file.name, progress=self._count_rows, **common)  # type: ignore[arg-type]

    def _count_rows(self, more: int) -> None:
        self._meter.rows += more

    def _marking(self, rows: Iterator[Row], mark: "_Mark") -> Iterator[Row]:
        """The rows as they pass, the highest cursor value noted."""
        source = self._document.source
        cursor = None if isinstance(source, FilesSource) else source.cursor
        seen = False
        for row in rows:
            if cursor is not None:
                seen = seen or row.get(cursor.field) is not None
                mark.value = higher(cursor, mark.value, row.get(cursor.field))
            yield row
        if cursor is not None and self._meter.rows and not seen and mark.value is None:
            raise SourceFailed("cursor_missing", field=cursor.field)

    def _deliver(self, taken: Spooled, window: Window, mark: "_Mark") -> None:
        mapping = self._document.mapping
        content = hashlib.sha256(f"{taken.sha256} {mapping.digest()}".encode()).hexdigest()
        if content == self._connector.delivered_content:
            return
        report = ingest_rows(
            (row.cells for row in taken.table.rows()),
            mapping=mapping,
            source_name=self._name_of(window),
            batch_key=json.dumps([content, self._connector.last_batch_id]),
            actor=self._actor,
            now=self._now,
        )
        self._totals.add(report)
        self._connector.delivered_content = content
        self._connector.last_batch_id = report.batch

    def _name_of(self, window: Window) -> str:
        days = f" {window.from_on} – {window.until_on}" if window.from_on else ""
        return f"{self._connector.name}{days}"

    def _advance(self, window: Window, mark: "_Mark") -> None:
        """Remember how far the connector got; the rows are in the ledger now."""
        self._connector.read_until = window.until_on or self._connector.read_until
        self._connector.high_water = mark.value
        fields = ["read_until", "high_water", "delivered_content", "last_batch"]
        self._connector.save(update_fields=fields)


@dataclass(slots=True)
class _Mark:
    """The highest cursor value seen."""

    value: str | None


@contextmanager
def first_rows(
    document: ConnectorDocument, secrets: SecretBook, *, now: datetime, around: Surroundings, count: int
) -> Iterator[Delivery | None]:
    """The first `count` rows a source gives, or its first file, held against the mapping; None when there is nothing.

    Raises SourceFailed, MappingRefused, TableUnreadable.
    """
    today, source, meter = company_day(now, settings.SEXTANT_ZONE), document.source, Meter()
    if isinstance(source, FilesSource):
        driver = open_files(source, secrets=secrets.read, around=around, now=now)
        files = driver.files(meter=meter)
        file = next(files, None)
        if file is not None and not is_json(file.path):
            yield open_delivery(file.path, mapping=document.mapping, today=today)
            return
        rows: Iterator[Row] = iter(read_json_rows(file.path, name=file.name, rows=source.rows) if file else ())
    else:
        request = Request(_first_window(document, now=now), source.cursor.initial if source.cursor else None)
        rows = open_rows(source, secrets=secrets.read, around=around, now=now).rows(request, meter=meter, first=count)
    with spooled(rows, folder=around.work_folder) as taken:
        if taken is None:
            yield None
        else:
            yield deliver_rows(taken, mapping=document.mapping, source_name=document.name, batch_key=None, today=today)


def _first_window(document: ConnectorDocument, *, now: datetime) -> Window:
    """The newest slice: a preview of what runs will bring from now on."""
    windows = windows_to_read(document, read_until=None, today=company_day(now, zone_of(document)))
    return windows[-1] if windows else Window()


def zone_of(document: ConnectorDocument) -> ZoneInfo:
    """The time zone in which the source's days are meant."""
    zone: ZoneInfo = settings.SEXTANT_ZONE
    return ZoneInfo(document.schedule.zone) if document.schedule is not None else zone
