"""Running connectors: one at a time each, none in the way of another, every run in the log whatever became of it."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.damage import DataDamaged
from sextant.foundation.tabular import TableUnreadable
from sextant.metrics.actions.connector_delivery import SecretBook, SourceDelivery, Totals, first_rows
from sextant.metrics.connectors.contracts import Meter, RunOutcome, RunState, SourceFailed, Trigger
from sextant.metrics.connectors.document import FilesSource, parse_connector
from sextant.metrics.connectors.opening import Surroundings
from sextant.metrics.connectors.schedule import next_due
from sextant.metrics.contracts import IngestPreview
from sextant.metrics.documents import DocumentRefused
from sextant.metrics.engine import spill_root
from sextant.metrics.intake.delivery import judged_delivery
from sextant.metrics.intake.locks import locked
from sextant.metrics.models import Connector, ConnectorRun
from sextant.metrics.queries.connectors import get_run_outcome, get_text

logger = logging.getLogger(__name__)
PREVIEW_ROWS = 500
_FAR = timedelta(days=1)
"""What is due later is looked at again: few schedules are rarer than daily."""


def run_connector(
    connector_id: int,
    *,
    trigger: Trigger,
    actor: Actor,
    now: datetime,
    from_start: bool = False,
    around: Surroundings | None = None,
) -> RunOutcome:
    """Read the connector's source and take in what it gives; the run, also when it failed.

    `from_start` reads everything again, as if for the first time; records keep that from counting twice. Only one run
    of a connector at a time: a second waits. Raises AccessDenied, Connector.DoesNotExist.
    """
    require(actor, Permission.CONNECTOR_MANAGE)
    around = around or surroundings()
    with locked(f"metrics.connector:{connector_id}"):
        connector = Connector.objects.get(pk=connector_id)
        _close_interrupted(connector)
        run = ConnectorRun.objects.create(
            connector=connector,
            version=connector.version,
            trigger=trigger.value,
            state=RunState.RUNNING.value,
            started_at=now,
            started_by=actor.label,
        )
        started = around.clock.monotonic()
        meter, totals = Meter(), Totals()
        problem = _attempt(connector, meter, totals, actor=actor, now=now, from_start=from_start, around=around)
        seconds = Decimal(around.clock.monotonic() - started)
        _finish(run, meter, totals, problem=problem, seconds=seconds)
        return get_run_outcome(run.pk)


def preview_connector(
    text: str, *, actor: Actor, now: datetime, first: int = 12, around: Surroundings | None = None
) -> IngestPreview | None:
    """What the first rows of the source would give, under a document that need not be saved; None when it has no rows.

    Writes nothing, moves no mark. A saved connector's secrets are used, for the places they were set for. Raises
    AccessDenied, ConnectorRefused, SourceFailed (with secrets hidden), MappingRefused, TableUnreadable.
    """
    require(actor, Permission.CONNECTOR_MANAGE)
    around = around or surroundings()
    document = parse_connector(text)
    connector = Connector.objects.filter(name=document.name).first()
    secrets = SecretBook(connector.pk if connector else None, document)
    try:
        with first_rows(document, secrets, now=now, around=around, count=PREVIEW_ROWS) as delivery:
            if delivery is None:
                return None
            with judged_delivery(delivery, limit=PREVIEW_ROWS) as judged:
                return judged.preview(first=first)
    except SourceFailed as error:
        error.problem = secrets.hidden(error.problem)
        raise


def claim_due(*, now: datetime, start: Callable[[int], None], limit: int = 200) -> int:
    """Hand every connector whose time has come to `start`, and set when it is due next; how many were started.

    Times that passed while nothing ran count once. What `start` raises for one connector is logged, and the others
    start all the same.
    """
    _bring_forward(now=now)
    started = 0
    due = Connector.objects.filter(enabled=True, next_due_at__lte=now).order_by("next_due_at")
    for connector_id in list(due.values_list("id", flat=True)[:limit]):
        try:
            started += _claim(connector_id, now=now, start=start)
        except Exception:
            logger.exception("connector %s could not be started", connector_id)
    return started


def surroundings() -> Surroundings:
    """What this installation allows and offers to connectors."""
    return Surroundings(
        allowed_hosts=settings.SEXTANT_CONNECTOR_HOSTS,
        files_root=Path(settings.SEXTANT_CONNECTOR_FILES),
        work_folder=spill_root(),
    )


def _bring_forward(*, now: datetime) -> None:
    """Connectors that wait for a time their schedule does not name: the clock was ahead when it was set."""
    for connector in Connector.objects.filter(enabled=True, next_due_at__gt=now + _FAR):
        with suppress(DocumentRefused):
            due = next_due(parse_connector(get_text(connector.name)), after=now)
            if due is not None and connector.next_due_at is not None and due < connector.next_due_at:
                Connector.objects.filter(pk=connector.pk).update(next_due_at=due)


@transaction.atomic
def _claim(connector_id: int, *, now: datetime, start: Callable[[int], None]) -> int:
    connector = Connector.objects.select_for_update(skip_locked=True).filter(pk=connector_id).first()
    if connector is None or connector.next_due_at is None or connector.next_due_at > now:
        return 0
    connector.next_due_at = next_due(parse_connector(get_text(connector.name)), after=now)
    connector.save(update_fields=["next_due_at"])
    start(connector_id)
    return 1


def _close_interrupted(connector: Connector) -> None:
    """A run still marked as running has no process any more: we hold the lock."""
    problem = {"code": "connector.interrupted", "params": {}}
    running = connector.runs.filter(state=RunState.RUNNING.value)
    running.update(state=RunState.FAILED.value, problem=problem)


def _attempt(
    connector: Connector,
    meter: Meter,
    totals: Totals,
    *,
    actor: Actor,
    now: datetime,
    from_start: bool,
    around: Surroundings,
) -> Problem | None:
    """Read and deliver; the problem that stopped it, or None."""
    hidden: Callable[[Problem], Problem] = lambda problem: problem  # noqa: E731 - until there are secrets to hide
    try:
        document = parse_connector(get_text(connector.name))
        secrets = SecretBook(connector.pk, document)
        hidden = secrets.hidden
        delivery = SourceDelivery(connector, document, secrets, meter, totals, actor=actor, now=now, around=around)
        if isinstance(document.source, FilesSource):
            delivery.take_files(document.source)
        else:
            delivery.take_rows(from_start=from_start)
    except SourceFailed as error:
        return hidden(error.problem)
    except DocumentRefused as error:
        return hidden(error.problems[0])
    except TableUnreadable as error:
        return hidden(error.problem)
    except DataDamaged as error:
        return hidden(Problem("connector.ledger_damaged", {"detail": str(error)}))
    except Exception as error:
        logger.exception("connector %s failed", connector.name)
        return hidden(Problem("connector.broken", {"detail": f"{type(error).__name__}: {error}"[:300]}))
    return None


@transaction.atomic
def _finish(run: ConnectorRun, meter: Meter, totals: Totals, *, problem: Problem | None, seconds: Decimal) -> None:
    if problem is not None:
        run.state = RunState.FAILED.value
        run.problem = _stored(problem)
    else:
        run.state = (RunState.HELD if totals.is_held else RunState.DONE if totals.batches else RunState.UNCHANGED).value
    windows = [window for window in totals.windows if window.from_on is not None]
    run.from_on = windows[0].from_on if windows else None
    run.until_on = windows[-1].until_on if windows else None
    run.since = totals.since
    run.seconds = seconds
    run.requests, run.rows_read = meter.requests, meter.rows
    run.accepted, run.quarantined = totals.accepted, totals.quarantined
    run.ledger_version = totals.ledger_version
    run.save()
    run.batches.set(totals.batches)


def _stored(problem: Problem) -> dict[str, object]:
    """A problem as JSON; see queries.connectors.problem_of."""
    return {
        "code": problem.code,
        "params": {
            name: _stored(value)
            if isinstance(value, Problem)
            else value
            if isinstance(value, int | list)
            else str(value)
            for name, value in problem.params.items()
        },
    }
