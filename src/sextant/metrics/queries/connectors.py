"""Reading connectors, their runs and versions, and which metrics wait for data."""

import difflib
from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import OuterRef, Prefetch, Subquery

from sextant.engines.values import Problem
from sextant.metrics.connectors.contracts import (
    ConnectorRow,
    RunOutcome,
    RunState,
    SecretState,
    StaleMetric,
    Trigger,
    VersionRow,
)
from sextant.metrics.connectors.document import ConnectorDocument, parse_connector
from sextant.metrics.connectors.messages import say
from sextant.metrics.models import Batch, Connector, ConnectorRun, ConnectorSecret, ConnectorVersion
from sextant.people.queries import names_of_persons


class ConnectorUnknown(Exception):
    """There is no connector of this name."""


def list_connectors(*, limit: int = 100, offset: int = 0) -> list[ConnectorRow]:
    """Connectors by name, each with its last run. Three queries, however many."""
    latest = ConnectorRun.objects.filter(connector=OuterRef("pk")).order_by("-started_at", "-id").values("id")[:1]
    found = list(Connector.objects.annotate(run_id=Subquery(latest)).order_by("name")[offset : offset + limit])
    runs = {run.id: run for run in _outcomes(one.run_id for one in found if one.run_id is not None)}
    return [_row(one, runs.get(one.run_id)) for one in found]


def count_connectors() -> int:
    """How many connectors there are, switched off ones too."""
    return Connector.objects.count()


def get_connector(name: str) -> ConnectorRow:
    """The connector of this name with its last run; ConnectorUnknown when there is none."""
    found = Connector.objects.filter(name=name).first()
    if found is None:
        raise ConnectorUnknown(name)
    return _row(found, next(iter(list_connector_runs(name, limit=1)), None))


def get_document(name: str) -> ConnectorDocument:
    """The document in force. Raises ConnectorUnknown, ConnectorRefused."""
    return parse_connector(get_text(name))


def get_text(name: str) -> str:
    """The document in force, as it was written. Raises ConnectorUnknown."""
    text = ConnectorVersion.objects.filter(connector__name=name).order_by("-number").values_list("text", flat=True)
    if (found := text.first()) is None:
        raise ConnectorUnknown(name)
    return found


def list_versions(name: str, *, limit: int = 20, offset: int = 0) -> list[VersionRow]:
    """Versions of a connector's document, the newest first."""
    found = ConnectorVersion.objects.filter(connector__name=name).order_by("-number")[offset : offset + limit]
    return [VersionRow(one.number, one.text, one.saved_at, one.saved_by) for one in found]


def diff_of(name: str, number: int) -> tuple[VersionRow, list[str]]:
    """A version, and the lines that differ from the one before it ("+ …", "- …", "  …"). Raises ConnectorUnknown."""
    wanted = ConnectorVersion.objects.filter(connector__name=name, number__in=(number - 1, number))
    found = {one.number: one for one in wanted}
    if number not in found:
        raise ConnectorUnknown(name)
    one, before = found[number], found.get(number - 1)
    lines = difflib.unified_diff(before.text.splitlines() if before else [], one.text.splitlines(), lineterm="", n=3)
    return VersionRow(one.number, one.text, one.saved_at, one.saved_by), [
        line for line in lines if not line.startswith(("---", "+++"))
    ]


def list_connector_runs(name: str, *, limit: int = 20, offset: int = 0) -> list[RunOutcome]:
    """Runs of a connector, newest first."""
    found = ConnectorRun.objects.filter(connector__name=name).order_by("-started_at", "-id")
    return _outcomes(found.values_list("id", flat=True)[offset : offset + limit])


def count_connector_runs(name: str) -> int:
    """How many runs a connector had."""
    return ConnectorRun.objects.filter(connector__name=name).count()


def get_run_outcome(run_id: int) -> RunOutcome:
    """One run; raises ConnectorUnknown."""
    found = _outcomes([run_id])
    if not found:
        raise ConnectorUnknown(run_id)
    return found[0]


def list_secrets(name: str, document: ConnectorDocument) -> list[SecretState]:
    """The secrets `document` names, and which of them the connector `name` holds for where they are sent."""
    held = {one.name: one for one in ConnectorSecret.objects.filter(connector__name=name).defer("sealed")}
    return [_secret_state(secret, place, held.get(secret)) for secret, place in document.source.secret_places()]


def list_stale_metrics(*, today: date, owner_id: int | None = None, limit: int = 50) -> list[StaleMetric]:
    """Metrics whose newest day lies further back than they promise, the longest waiting first; two queries. With
    `owner_id` only those this person answers for, without the name they know: one query.

    A metric's newest day is that of the newest delivery that names it: a delivery of several metrics counts for each,
    so a metric may look fresher than its own rows are, never staler. Derived and retired metrics are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STALE if owner_id is None else _STALE_OF, {"today": today, "owner": owner_id, "limit": limit})
        found = cursor.fetchall()
    named = found if owner_id is None else []
    owners = names_of_persons(owner for *_, owner, _last, _days in named if owner is not None)
    return [
        StaleMetric(metric_id, code, name, owner, owners.get(owner, ""), last_on, days, promised)
        for metric_id, code, name, promised, owner, last_on, days in found
    ]


_STALE = """
    WITH delivered AS (
        SELECT rule ->> 'metric' AS code, max(last_on) AS last_on
        FROM metrics_batch, jsonb_array_elements(mapping -> 'measurements') AS rule
        WHERE state = 'done' AND accepted > 0
        GROUP BY 1
    )
    SELECT id, code, name, freshness_days, owner_person_id, last_on, %(today)s - last_on
    FROM metrics_metric LEFT JOIN delivered USING (code)
    WHERE kind = 'measured' AND retired_at IS NULL AND (last_on IS NULL OR %(today)s - last_on > freshness_days)
    ORDER BY last_on NULLS FIRST, code
    LIMIT %(limit)s
"""


# batches are looked at only for the metrics of the one who asks: most people answer for none
_STALE_OF = """
    SELECT id, code, name, freshness_days, owner_person_id, last_on, %(today)s - last_on
    FROM metrics_metric LEFT JOIN LATERAL (
        SELECT max(batch.last_on) AS last_on
        FROM metrics_batch AS batch
        WHERE batch.state = 'done' AND batch.accepted > 0
            AND batch.mapping -> 'measurements' @> jsonb_build_array(jsonb_build_object('metric', code))
    ) AS delivered ON true
    WHERE kind = 'measured' AND retired_at IS NULL AND (last_on IS NULL OR %(today)s - last_on > freshness_days)
        AND owner_person_id = %(owner)s
    ORDER BY last_on NULLS FIRST, code
    LIMIT %(limit)s
"""


def _secret_state(name: str, place: str, held: ConnectorSecret | None) -> SecretState:
    if held is None:
        return SecretState(name, place, is_set=False, is_elsewhere=False, set_at=None, set_by="")
    fits = held.place == place
    return SecretState(name, place, is_set=fits, is_elsewhere=not fits, set_at=held.set_at, set_by=held.set_by)


def _row(one: Connector, last_run: RunOutcome | None) -> ConnectorRow:
    return ConnectorRow(
        id=one.pk,
        name=one.name,
        title=one.title,
        kind=one.kind,
        enabled=one.enabled,
        version=one.version,
        next_due_at=one.next_due_at,
        read_until=one.read_until,
        high_water=one.high_water,
        last_run=last_run,
    )


def _outcomes(ids: Iterable[int]) -> list[RunOutcome]:
    """Runs by id, newest first; two queries."""
    found = ConnectorRun.objects.filter(pk__in=list(ids)).select_related("connector")
    runs = found.prefetch_related(Prefetch("batches", Batch.objects.only("id"))).order_by("-started_at", "-id")
    return [_outcome(run) for run in runs]


def _outcome(run: ConnectorRun) -> RunOutcome:
    problem = problem_of(run.problem) if run.problem else None
    return RunOutcome(
        id=run.pk,
        connector=run.connector.name,
        version=run.version,
        trigger=Trigger(run.trigger),
        state=RunState(run.state),
        started_at=run.started_at,
        started_by=run.started_by,
        seconds=run.seconds,
        from_on=run.from_on,
        until_on=run.until_on,
        since=run.since,
        requests=run.requests,
        rows_read=run.rows_read,
        accepted=run.accepted,
        quarantined=run.quarantined,
        ledger_version=run.ledger_version,
        batches=tuple(sorted(batch.pk for batch in run.batches.all())),
        error_code=problem.code if problem else "",
        error=say(problem) if problem else "",
    )


def problem_of(stored: dict[str, object]) -> Problem:
    """A problem as a run keeps it (`{"code", "params"}`, problems within problems the same way)."""
    params = stored.get("params")
    given = params if isinstance(params, dict) else {}
    named = {
        name: problem_of(value) if isinstance(value, dict) and "code" in value else value
        for name, value in given.items()
    }
    return Problem(str(stored["code"]), named)
