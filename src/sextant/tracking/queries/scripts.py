"""话术/做法: the library, with what its scripts were good for. Use and success are counted from packs."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from sextant.tracking.contracts.help import LIVE, Cause, PackOutcome, PackState
from sextant.tracking.contracts.help_rows import ScriptRow
from sextant.tracking.models import Script

MOST_OFFERED = 5
_JUDGED = (PackOutcome.TURNED, PackOutcome.SAME, PackOutcome.WORSE)
_COLUMNS = (
    "id",
    "title",
    "text",
    "metric_id",
    "metric__name",
    "cause",
    "file_name",
    "number",
    "written_by__name",
    "changed_at",
    "uses_count",
    "ended",
    "turned",
    "retired_at",
)


def list_scripts(*, metric_id: int | None = None, cause: str = "", with_retired: bool = False) -> list[ScriptRow]:
    """The scripts of the library, of one metric or cause when given, the last changed first. One query."""
    found = Script.objects.all() if with_retired else Script.objects.filter(retired_at=None)
    if metric_id is not None:
        found = found.filter(metric_id=metric_id)
    if cause:
        found = found.filter(cause=cause)
    return [_row(values) for values in _counted(found).order_by("-changed_at", "-id").values_list(*_COLUMNS)]


def find_script(script_id: int) -> ScriptRow | None:
    """One script, retired ones too. One query."""
    values = _counted(Script.objects.filter(id=script_id)).values_list(*_COLUMNS).first()
    return None if values is None else _row(values)


def offer_scripts(*, metric_id: int | None, cause: Cause | None) -> tuple[ScriptRow, ...]:
    """Scripts for a trouble with this metric: those for the assumed cause first, then those for this metric, then those
    that turned more lights. One query."""
    found = Script.objects.filter(Q(metric_id=metric_id) | Q(metric=None), retired_at=None)
    rows = [_row(values, cause=cause) for values in _counted(found).values_list(*_COLUMNS)]
    rows.sort(key=lambda one: (not one.fits, one.metric_id is None, -_success(one), -one.uses, one.id))
    return tuple(rows[:MOST_OFFERED])


def _success(row: ScriptRow) -> Decimal:
    """The share of lights turned, drawn towards a half while few ends are known: one of one is no proof."""
    return Decimal(row.turned + 1) / Decimal(row.ended + 2)


def _counted(found: "QuerySet[Script]") -> "QuerySet[Script]":
    live = Q(uses__state__in=LIVE)
    ended = live & Q(uses__pack__state=PackState.CLOSED, uses__pack__outcome__in=_JUDGED)
    return found.annotate(
        uses_count=Count("uses__pack", distinct=True, filter=live),
        ended=Count("uses__pack", distinct=True, filter=ended),
        turned=Count("uses__pack", distinct=True, filter=ended & Q(uses__pack__outcome=PackOutcome.TURNED)),
    )


def _row(values: tuple[Any, ...], *, cause: Cause | None = None) -> ScriptRow:
    *rest, retired_at = values
    script_id, title, text, metric_id, metric, told, file_name, number, writer, changed_at, uses, ended, turned = rest
    own = Cause(told) if told else None
    return ScriptRow(
        id=script_id,
        title=title,
        text=text,
        metric_id=metric_id,
        metric_name=metric or "",
        cause=own,
        file_name=file_name,
        number=number,
        writer_name=writer or "",
        changed_at=changed_at,
        uses=uses,
        ended=ended,
        turned=turned,
        is_retired=retired_at is not None,
        fits=own is not None and own is cause,
    )
