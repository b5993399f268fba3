"""How long flows take: row by row for files and metrics, counted together for pages.

One definition of what counts serves both. What is over counts by when it was left; what is still open counts as late
from its limit on, or those who never answer would never be late.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from sextant.engines.flow import WAITING, Node
from sextant.lowcode.contracts.definitions import VersionState
from sextant.lowcode.contracts.flow_times import HOUR, TimeRow, TimesOf, TimesRow, TimeState
from sextant.lowcode.contracts.flows import STEP, WorkKind
from sextant.lowcode.models import DefinitionVersion
from sextant.lowcode.queries.flow_loading import flow_of

ASKED = (WorkKind.FILL.value, WorkKind.APPROVE.value, WorkKind.ADDED.value)
_AT_ONCE = 2000
_FIELDS = tuple(one.name for one in fields(TimeRow))

_RUNS = """
  SELECT run.id::text AS record, run.id AS instance_id, run.version_id, '' AS step, run.about_id AS person_id,
    run.about_id, run.started_at AS entered_at, NULL::timestamptz AS due_at, run.ended_at AS left_at,
    run.state = 'withdrawn' AS is_void
  FROM lowcode_flowinstance AS run WHERE run.definition_id = %(definition_id)s
"""
_STEPS = """
  SELECT run.id || '/' || step.serial AS record, run.id AS instance_id, run.version_id, step.node AS step,
    run.about_id AS person_id, run.about_id, step.opened_at AS entered_at, step.due_at, step.closed_at AS left_at,
    step.state = 'void' AS is_void
  FROM lowcode_flowinstance AS run JOIN lowcode_flowstep AS step ON step.instance_id = run.id
  WHERE run.definition_id = %(definition_id)s AND step.node = ANY(%(nodes)s)
"""
_ANSWERS = """
  SELECT run.id || '/' || step.serial || '/' || item.id AS record, run.id AS instance_id, run.version_id,
    step.node AS step, item.person_id, run.about_id, item.opened_at AS entered_at, item.due_at,
    item.closed_at AS left_at, item.outcome = 'void' AS is_void
  FROM lowcode_flowinstance AS run JOIN lowcode_flowstep AS step ON step.instance_id = run.id
  JOIN lowcode_workitem AS item ON item.subject_kind = %(subject)s AND item.subject_id = step.id
  WHERE run.definition_id = %(definition_id)s AND step.node = ANY(%(nodes)s) AND item.kind = ANY(%(asked)s)
"""
_TIMED = {TimesOf.RUNS: _RUNS, TimesOf.STEPS: _STEPS, TimesOf.ANSWERS: _ANSWERS}

# What has no limit is never late; what is open is late from its limit on.
_JUDGED = """
  SELECT *, CASE WHEN left_at IS NULL THEN 'open' WHEN is_void THEN 'void' ELSE 'left' END AS state,
    coalesce(due_at < coalesce(left_at, %(now)s), false) AS is_late
  FROM ({timed}) AS timed
"""
_ROWS = """
SELECT record, instance_id, version.number, step, person_id, about_id, entered_at, due_at, left_at, judged.state,
  is_late
FROM ({judged}) AS judged JOIN lowcode_definitionversion AS version ON version.id = version_id
WHERE coalesce(left_at, due_at) >= %(from_at)s AND coalesce(left_at, due_at) < %(until_at)s
  AND (judged.state = 'left' OR is_late)
ORDER BY record
"""
_COUNTED = """
SELECT {key} AS key, count(*) FILTER (WHERE state = 'left'),
  percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - entered_at))
    FILTER (WHERE state = 'left'),
  count(*) FILTER (WHERE due_at IS NOT NULL AND (state = 'left' OR is_late)), count(*) FILTER (WHERE is_late),
  count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'open' AND is_late)
FROM ({judged}) AS judged {groups}
WHERE left_at IS NULL OR (left_at >= %(from_at)s AND left_at < %(until_at)s AND (state = 'left' OR is_late))
GROUP BY 1
"""
_GROUPS = "JOIN unnest(%(persons)s::bigint[], %(groups)s::bigint[]) AS grouped (person, number) ON person = person_id"


def nodes_of(definition_id: int) -> dict[str, Node]:
    """Every step at which something waits, by code, in the order of the newest version; steps that only older versions
    have come last. One query, and one for each version nobody read before."""
    published = DefinitionVersion.objects.filter(definition_id=definition_id, state=VersionState.PUBLISHED.value)
    found: dict[str, Node] = {}
    for version_id, digest in published.order_by("-number").values_list("id", "digest"):
        for code, node in flow_of(version_id, digest).nodes.items():
            if node.kind in WAITING:
                found.setdefault(code, node)
    return found


def list_times(
    definition_id: int,
    *,
    of: TimesOf,
    from_at: datetime,
    until_at: datetime,
    steps: Collection[str] = (),
    now: datetime,
) -> Iterator[TimeRow]:
    """What became something else in [from_at, until_at): what was left then, and what is open and reached its limit
    then. A record may come again in a later period, when what was late is answered. `steps` narrows to those codes.

    Streamed; one query beside those of `nodes_of`.
    """
    values = _values(definition_id, from_at=from_at, until_at=until_at, steps=steps, now=now)
    query = _ROWS.format(judged=_JUDGED.format(timed=_TIMED[of]))
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, values)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from map(_time_row, rows)


def count_times(
    definition_id: int,
    *,
    of: TimesOf,
    from_at: datetime,
    until_at: datetime,
    groups: Mapping[int, int] | None = None,
    now: datetime,
) -> list[TimesRow]:
    """The same counted together, with everything that is open now: one row in all for runs, one for each step, one for
    each person who was asked; answers are counted by group where `groups` gives one for each person (those it leaves
    out are not counted). No order. One query beside those of `nodes_of`."""
    key = {TimesOf.RUNS: "''", TimesOf.STEPS: "step", TimesOf.ANSWERS: "number" if groups is not None else "person_id"}
    values = _values(definition_id, from_at=from_at, until_at=until_at, steps=(), now=now)
    if groups is not None:
        values |= {"persons": list(groups), "groups": list(groups.values())}
    joined = _GROUPS if groups is not None else ""
    query = _COUNTED.format(key=key[of], judged=_JUDGED.format(timed=_TIMED[of]), groups=joined)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [_times_row(row) for row in cursor.fetchall()]


def _time_row(row: tuple[Any, ...]) -> TimeRow:
    told = dict(zip(_FIELDS, row, strict=True))
    return TimeRow(**{**told, "state": TimeState(told["state"])})


def _times_row(row: tuple[Any, ...]) -> TimesRow:
    key, left, percentiles, limited, late, opened, open_late = row
    median, p90 = (_hours(one) for one in percentiles) if percentiles else (None, None)
    return TimesRow(key, left, median, p90, limited, late, opened, open_late)


def _hours(seconds: float) -> Decimal:
    return (Decimal(str(seconds)) / HOUR).quantize(Decimal("0.01"))


def _values(
    definition_id: int, *, from_at: datetime, until_at: datetime, steps: Collection[str], now: datetime
) -> dict[str, Any]:
    return {
        "definition_id": definition_id,
        "nodes": list(steps) or list(nodes_of(definition_id)),
        "subject": STEP,
        "asked": list(ASKED),
        "from_at": from_at,
        "until_at": until_at,
        "now": now,
    }
