"""Operations of metrics for programs."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from sextant.foundation.api.contracts import CallRefused, FieldFault, Scope
from sextant.foundation.api.http import Call, operation
from sextant.metrics.actions.ingest import BatchKeyReused
from sextant.metrics.actions.push import MOST_DIMENSIONS, MOST_METRICS, PushedRow, PushRefused, RowFault
from sextant.metrics.actions.push import push_measurements as take_in
from sextant.metrics.contracts import IngestReport
from sextant.metrics.intake.messages import say_mapping
from sextant.metrics.mapping import DimensionName, MappingRefused
from sextant.metrics.queries.batches import get_batch, list_quarantine

MOST_ROWS = 10_000
LONGEST_NUMBER = 60
_SHOWN_FAULTS = 50

FAULTS: dict[str, Promise | str] = {
    "push.one_subject": _("每行写 person（工号）或 unit（部门编码），且只写一个。"),
    "push.mixed_subjects": _("同一批里不能既有人又有部门。请分成两批发送。"),
    "push.metric_not_agreed": _("约定不含这个指标。请联系负责人修改约定，或去掉这一行。"),
    "push.unknown_metric": _("指标库里没有这个编码。请核对编码，或请人先建立指标。"),
    "push.retired_metric": _("这个指标已停用，不再接收数据。"),
    "push.derived_metric": _("这个指标由其他指标算出，不接收数据。请发送它的来源指标。"),
    "push.not_a_ratio": _("只有比率指标才有 denominator。请去掉它，或核对指标。"),
    "push.counts_rows": _("这个指标每行计 1，不看 value。请去掉 value，或核对指标。"),
    "push.too_many_metrics": _("一批最多 %(metrics)s 个指标。请分成几批发送。"),
    "push.too_many_dimensions": _("一批最多 %(dimensions)s 种维度。请分成几批发送。"),
}


def _number_or_text(value: object) -> object:
    """A JSON number keeps the digits it was written with (int, Decimal); a text is read like a cell."""
    if isinstance(value, str) and len(value) > LONGEST_NUMBER:
        raise ValueError("number_or_text")
    if value is None or (isinstance(value, int | Decimal | str) and not isinstance(value, bool)):
        return value
    raise ValueError("number_or_text")


Key = Annotated[str, Field(min_length=1, max_length=200)]
Number = Annotated[
    Decimal | int | str | None,
    BeforeValidator(_number_or_text),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "maxLength": LONGEST_NUMBER}, {"type": "null"}]}),
]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Measurement(_Closed):
    """One number of one person or unit on one day."""

    person: Annotated[Key | None, Field(description="Employee number. Exactly one of person and unit.")] = None
    unit: Annotated[Key | None, Field(description="Code of the unit.")] = None
    metric: Annotated[str, Field(min_length=1, max_length=80, description="Code of the metric in the library.")]
    day: Annotated[
        str | None, Field(max_length=40, description="The day it belongs to, where the company works: 2026-11-20.")
    ]
    value: Annotated[
        Number,
        Field(
            description="As a number or a text of digits: both are taken exactly, to six decimals. The numerator of a"
            " ratio metric; null or absent for a metric that counts rows."
        ),
    ] = None
    denominator: Annotated[Number, Field(description="For ratio metrics, null otherwise.")] = None
    record: Annotated[
        Annotated[str, Field(max_length=200)] | None,
        Field(
            description="The sender's own id of what was measured. A later batch with the same metric and record"
            " corrects the earlier one; without it every row counts as new."
        ),
    ] = None
    dimensions: Annotated[
        dict[DimensionName, Annotated[str, Field(max_length=200)]],
        Field(
            max_length=MOST_DIMENSIONS,
            description="What the number is about, never a person of the company: a customer, a product.",
            examples=[{"customer": "宁波远洋"}],
        ),
    ] = {}


class PushBatch(_Closed):
    """A batch of measurements, taken in once, whole or not at all."""

    batch: Annotated[
        str,
        Field(
            pattern=r"^[\w.:/-]{1,120}$",
            description="The sender's name of this batch. Sent again with the same rows it adds nothing.",
            examples=["crm-2026-11-20"],
        ),
    ]
    rows: Annotated[list[Measurement], Field(min_length=1, max_length=MOST_ROWS)]


class KeptBack(BaseModel):
    """A row that was not taken in. It waits in the quarantine under the batch's page."""

    row: Annotated[int, Field(description="Place in `rows`, from one.")]
    reason: Annotated[str, Field(description="Code and sentence, separated by a colon.")]
    value: str


class PushAnswer(BaseModel):
    """What became of a batch, as `sextant metrics ingest --json` says it."""

    batch: Annotated[int | None, Field(description="Number of the batch on its page; null for a dry run.")]
    accepted: Annotated[int, Field(description="Measurements taken in by this call; none when already known.")]
    quarantined: list[KeptBack]
    ledger_version: int | None
    already_known: bool
    held: Annotated[
        bool, Field(description="An audit rule holds the batch: nothing of it counts until somebody accepts it.")
    ]


@operation(
    scope=Scope.MEASUREMENT_PUSH,
    summary="Send measurements",
    accepts=PushBatch,
    answers=PushAnswer,
    flags={"dry_run": "Answer what would happen and change nothing."},
)
def push_measurements(call: Call, body: PushBatch) -> PushAnswer:
    """Up to 10,000 measurements of persons, or of units. Rows the company cannot use are kept back with a reason, the
    others count. Safe to repeat: the same batch with the same rows adds nothing and says so; with other rows it is
    refused (409)."""
    call.rows = len(body.rows)
    try:
        report = take_in(
            [PushedRow(**dict(row)) for row in body.rows],
            batch=body.batch,
            client=call.key,
            source=call.name,
            actor=call.actor,
            now=call.now,
            dry_run=call.flag("dry_run"),
        )
    except PushRefused as refused:
        raise _as_refusal(refused.faults) from refused
    except BatchKeyReused as reused:
        raise _other_rows(reused.batch, body) from reused
    except MappingRefused as refused:
        # the mapping is made here and fits; what is left is that another batch brought the same rows without records
        said = (_now("同样的数据已经送达过"), " ".join(say_mapping(problem) for problem in refused.problems))
        raise CallRefused(409, "push.same_rows", said=said) from refused
    return _answer(report)


def _answer(report: IngestReport) -> PushAnswer:
    """The report; for a batch that is already known with what was kept back then, because the first answer may have
    been lost on its way."""
    known = report.already_known and report.batch is not None
    kept = list_quarantine(report.batch) if known and report.batch is not None else report.quarantined
    return PushAnswer(
        batch=report.batch,
        accepted=report.accepted,
        quarantined=[KeptBack(row=one.row, reason=f"{one.code}: {one.reason}", value=one.value) for one in kept],
        ledger_version=report.ledger_version,
        already_known=report.already_known,
        held=report.is_held,
    )


def _as_refusal(faults: Iterable[RowFault]) -> CallRefused:
    found = tuple(faults)
    shown = tuple(
        FieldFault(fault.row, f"rows[{fault.row}].{fault.field}", fault.value, _say(fault.code))
        for fault in found[:_SHOWN_FAULTS]
    )
    return CallRefused(422, "api.bad_shape", faults=shown, count=len(found))


def _say(code: str) -> str:
    return str(FAULTS[code]) % {"metrics": MOST_METRICS, "dimensions": MOST_DIMENSIONS}


def _other_rows(batch_id: int, body: PushBatch) -> CallRefused:
    """The name of the batch is taken by other rows: both are named, as far as they can be told apart."""
    earlier = get_batch(batch_id)
    params = {
        "batch": body.batch,
        "number": batch_id,
        "at": earlier.delivered_at.isoformat(timespec="seconds"),
        "before": earlier.rows_read,
        "rows": len(body.rows),
    }
    said = (
        _now("同一批号，内容不同"),
        _now(
            "批号“%(batch)s”已于 %(at)s 送达（批次 %(number)s，%(before)s 行），"
            "这次是 %(rows)s 行，内容不同，没有入账。"
            "新数据请换批号；更正旧数据请换批号并写同样的 record。"
        )
        % params,
    )
    return CallRefused(409, "push.other_rows", said=said)
